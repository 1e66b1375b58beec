/** The records of an update, each with its kernel: what `run.ts` does not know by name. */
import { Op } from "../../src/plan/op";
import { adam, adamax, amsGrad, lion, nadam } from "./adam";
import { adadelta, adagrad, rmsProp } from "./adaptive";
import { kernelNorm, nonNegative, vectorNorm } from "./constraints";
import { accumulateGradients, blockNorms, clipNorm, clipValue, meanGradients } from "./gradients";
import { penalty, penaltyGradient, penaltyTotal } from "./penalties";
import {
  AccumulateGradients, Adadelta, Adagrad, Adam, Adamax, AmsGrad, AverageWeights, BlockNorms, ClipNorm, ClipValue,
  DecayWeights, KernelNorm, Lion, MeanGradients, Nadam, NonNegative, Penalty, PenaltyGradient, PenaltyTotal, RmsProp,
  Sgd, SgdTorch, VectorNorm,
} from "./record";
import { sgd, sgdTorch } from "./sgd";
import { averageWeights, decayWeights } from "./weights";

export function executeUpdate(record: usize, tid: i32, threads: i32): void {
  switch (load<i32>(record)) {
    case Op.Sgd: sgd(changetype<Sgd>(record), tid, threads); break;
    case Op.Adam: adam(changetype<Adam>(record), tid, threads); break;
    case Op.SgdTorch: sgdTorch(changetype<SgdTorch>(record), tid, threads); break;
    case Op.AmsGrad: amsGrad(changetype<AmsGrad>(record), tid, threads); break;
    case Op.Adamax: adamax(changetype<Adamax>(record), tid, threads); break;
    case Op.Nadam: nadam(changetype<Nadam>(record), tid, threads); break;
    case Op.Lion: lion(changetype<Lion>(record), tid, threads); break;
    case Op.RmsProp: rmsProp(changetype<RmsProp>(record), tid, threads); break;
    case Op.Adagrad: adagrad(changetype<Adagrad>(record), tid, threads); break;
    case Op.Adadelta: adadelta(changetype<Adadelta>(record), tid, threads); break;
    case Op.AccumulateGradients: accumulateGradients(changetype<AccumulateGradients>(record), tid, threads); break;
    case Op.MeanGradients: meanGradients(changetype<MeanGradients>(record), tid, threads); break;
    case Op.ClipValue: clipValue(changetype<ClipValue>(record), tid, threads); break;
    case Op.BlockNorms: blockNorms(changetype<BlockNorms>(record), tid, threads); break;
    case Op.ClipNorm: clipNorm(changetype<ClipNorm>(record), tid, threads); break;
    case Op.DecayWeights: decayWeights(changetype<DecayWeights>(record), tid, threads); break;
    case Op.AverageWeights: averageWeights(changetype<AverageWeights>(record), tid, threads); break;
    case Op.Penalty: penalty(changetype<Penalty>(record), tid, threads); break;
    case Op.PenaltyTotal: if (tid == 0) penaltyTotal(changetype<PenaltyTotal>(record)); break;
    case Op.PenaltyGradient: penaltyGradient(changetype<PenaltyGradient>(record), tid, threads); break;
    case Op.NonNegative: nonNegative(changetype<NonNegative>(record), tid, threads); break;
    case Op.KernelNorm: kernelNorm(changetype<KernelNorm>(record), tid, threads); break;
    case Op.VectorNorm: if (tid == 0) vectorNorm(changetype<VectorNorm>(record)); break;
  }
}
