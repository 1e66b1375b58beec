/** A model and its training for Keras, on all devices of a machine. */
import { FormatError } from "../../base/errors.js";
import { handoverOf, type TrainingOptions } from "../handover.js";
import type { Portable } from "../portable.js";
import { trainPy } from "./trainPy.js";
import { writeKerasFor } from "./write.js";

/** Files that train in Keras. */
export interface KerasTrainingFiles {
  readonly "model.keras": Uint8Array;
  readonly "train.py": string;
  /** The rows, if they were given. */
  readonly "data.npz"?: Uint8Array;
}

/**
 * A `.keras` file with the optimizer's memory, and `train.py`, which trains it: on JAX on all devices of a machine
 * (`keras.distribution.DataParallel`), with a plain `fit` on TensorFlow and PyTorch. Each epoch ends with a checkpoint, a file
 * that `readKeras` reads; a new start goes on from the newest one.
 * @param source as `readKeras` and `portableOf` return it; compiled
 * @throws FormatError as `writeKeras`, and for `useEma`, whose averages Keras takes over at the end of each epoch; DataError,
 * ShapeError for data that do not fit; OptionError
 */
export async function writeKerasTraining(source: Portable, options: TrainingOptions = {}): Promise<KerasTrainingFiles> {
  return writeKerasTrainingFor("writeKerasTraining", source, options, arguments);
}

/** `writeKerasTraining` for the function `where`. */
export async function writeKerasTrainingFor(
  where: string,
  source: Portable,
  options: TrainingOptions,
  extra: ArrayLike<unknown> = [],
): Promise<KerasTrainingFiles> {
  const { defaults, files, onWarning } = await handoverOf(where, source, options, extra);
  const { compiled, inputShape } = source;
  const model = await writeKerasFor(where, source, { onWarning });
  if (compiled?.optimizer.useEma) {
    throw new FormatError(`${where}: optimizer: Keras goes on from the averages after each fit. Leave useEma out.`);
  }
  return { "model.keras": model, "train.py": trainPy(defaults, inputShape), ...files };
}
