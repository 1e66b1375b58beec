/** Functions for the records of an update. */
import { Op } from "../../../plan/op.js";
import { adam, adamax, amsGrad, lion, nadam, radam } from "./adam.js";
import { adadelta, adagrad, rmsProp } from "./adaptive.js";
import { kernelNorm, nonNegative, vectorNorm } from "./constraints.js";
import { accumulateGradients, blockNorms, clipNorm, clipValue, meanGradients } from "./gradients.js";
import { penalty, penaltyGradient, penaltyTotal } from "./penalties.js";
import { sgd, sgdTorch } from "./sgd.js";
import { averageWeights, decayWeights } from "./weights.js";

export const updateFunctions = {
  [Op.Sgd]: sgd,
  [Op.SgdTorch]: sgdTorch,
  [Op.Adam]: adam,
  [Op.AmsGrad]: amsGrad,
  [Op.Adamax]: adamax,
  [Op.Nadam]: nadam,
  [Op.Radam]: radam,
  [Op.Lion]: lion,
  [Op.RmsProp]: rmsProp,
  [Op.Adagrad]: adagrad,
  [Op.Adadelta]: adadelta,
  [Op.AccumulateGradients]: accumulateGradients,
  [Op.MeanGradients]: meanGradients,
  [Op.ClipValue]: clipValue,
  [Op.BlockNorms]: blockNorms,
  [Op.ClipNorm]: clipNorm,
  [Op.DecayWeights]: decayWeights,
  [Op.AverageWeights]: averageWeights,
  [Op.Penalty]: penalty,
  [Op.PenaltyTotal]: penaltyTotal,
  [Op.PenaltyGradient]: penaltyGradient,
  [Op.NonNegative]: nonNegative,
  [Op.KernelNorm]: kernelNorm,
  [Op.VectorNorm]: vectorNorm,
};
