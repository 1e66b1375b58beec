/** A model and its training for PyTorch's DistributedDataParallel. */

import { FormatError } from "../../base/errors.js";
import { withWarnings } from "../../data/onWarning.js";
import { isIdle } from "../chain.js";
import { handoverOf, type TrainingOptions } from "../handover.js";
import type { Portable } from "../portable.js";
import { currentOptimizer, torchOptimizer } from "./optimizers.js";
import { type PlacedModules, placeModules } from "./place.js";
import { lossCode } from "./python.js";
import { trainDdp } from "./trainDdp.js";
import { type TorchFiles, writeTorchFor } from "./write.js";

/** Files that train in PyTorch. */
export interface TorchTrainingFiles extends TorchFiles {
  readonly "train_ddp.py": string;
  /** The rows, if they were given. */
  readonly "data.npz"?: Uint8Array;
}

/**
 * The files of `writeTorch` with `train_ddp.py`, which trains the model on many processes: `torchrun --nproc-per-node=2
 * --max-restarts=1 train_ddp.py`. A step has the gradient of the mean loss of `batchSize` rows, whatever the number of
 * processes. Each epoch ends with a checkpoint, a folder that `readTorch` reads; a killed process is started again from it.
 * @param source as `readTorch` and `portableOf` return it; compiled
 * @throws FormatError naming the layer, optimizer or loss that PyTorch lacks or trains otherwise; DataError, ShapeError for
 * data that do not fit; OptionError
 */
export async function writeTorchTraining(source: Portable, options: TrainingOptions = {}): Promise<TorchTrainingFiles> {
  return writeTorchTrainingFor("writeTorchTraining", source, options, arguments);
}

/** `writeTorchTraining` for the function `where`. */
export async function writeTorchTrainingFor(
  where: string,
  source: Portable,
  options: TrainingOptions,
  extra: ArrayLike<unknown> = [],
): Promise<TorchTrainingFiles> {
  const { defaults, files, onWarning } = await handoverOf(where, source, options, extra);
  const { inputShape, layers, compiled } = source as Portable & { compiled: NonNullable<Portable["compiled"]> };
  const placed = placeModules(
    where,
    layers.map(({ spec }) => spec),
    inputShape,
  );
  for (const one of placed) checkTraining(where, one);
  const optimizer = torchOptimizer(currentOptimizer(compiled.optimizer, source.training?.learningRate));
  if (typeof optimizer === "string") {
    throw new FormatError(
      `${where}: optimizer: PyTorch's takes other steps than ${compiled.optimizer.type}: ${optimizer}.`,
    );
  }
  const modules = placed.flatMap((one) => one.modules);
  if (!lossCode(compiled.loss, modules)) {
    throw new FormatError(
      `${where}: loss: PyTorch has none like this ${compiled.loss.type}. Compile with meanSquaredError, ` +
        "meanAbsoluteError, huber or a cross-entropy after its own activation, without further options.",
    );
  }
  const frozen = placed.filter(({ layer }) => layer.spec.type === "batchNormalization").map(({ first }) => first);
  const said = new Set(modules.flatMap(({ notes = [] }) => notes)); // of frozen layers, which the script keeps as they are
  const written = await withWarnings({ onWarning }, (told) =>
    writeTorchFor(where, source, { onWarning: (note) => !said.has(note) && told.onWarning(note) }),
  );
  return { ...written, "train_ddp.py": trainDdp(defaults, inputShape, frozen), ...files };
}

/** @throws FormatError for a layer that several processes of PyTorch would train otherwise */
function checkTraining(where: string, { layer, modules }: PlacedModules): void {
  const { name, spec, parameters } = layer;
  const refuse = (reason: string) => {
    throw new FormatError(`${where}: ${name}: ${reason}`);
  };
  if (spec.type === "batchNormalization") {
    if (!spec.trainable) return;
    refuse(
      "each process would normalize with the statistics of its own rows. Use layerNormalization, or freeze it; PyTorch's " +
        "SyncBatchNorm, which shares them, needs GPUs: exportTorch writes the model for a script of your own.",
    );
  }
  if (isIdle(spec.type) && modules.length === 0) refuse(`PyTorch has no module for ${spec.type}. Leave the layer out.`);
  for (const { notes = [] } of modules) if (notes[0]) refuse(`${notes[0].replace(`${name}: `, "")} Leave that out.`);
  const other = parameters.find(({ regularizer }) => regularizer && regularizer.type !== "l1l2");
  if (other) refuse(`${other.name}: PyTorch has no ${other.regularizer?.type}. Leave it out.`);
}
