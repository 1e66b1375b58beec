/**
 * `simdgrad/keras`: models from Keras, and to Keras. `.keras` files of Keras 3 in both directions, with the optimizer's
 * memory; `.h5` files of Keras 2 and 3 are read.
 */
import { checkArguments } from "../../base/errors.js";
import type { LoadOptions } from "../../model/loadOptions.js";
import type { RuntimeOptions } from "../../model/options.js";
import { exported } from "../exported.js";
import type { Savable } from "../fromModel.js";
import type { TrainingOptions } from "../handover.js";
import { type Imported, importedFrom } from "../toModel.js";
import { readKerasFor } from "./read.js";
import { type KerasTrainingFiles, writeKerasTrainingFor } from "./training.js";
import { type KerasWriteOptions, writeKerasFor } from "./write.js";

export type { TrainingOptions } from "../handover.js";
export * from "../shared.js";
export { isKeras, readKeras } from "./read.js";
export { type KerasTrainingFiles, writeKerasTraining } from "./training.js";
export { type KerasWriteOptions, writeKeras } from "./write.js";

/**
 * A model from the bytes of a `.keras` or `.h5` file, and a sentence for everything that was left out. If Keras has trained
 * it, `fit` goes on with the optimizer's memory.
 * @example const { model, notes } = await importKeras(await readFile("model.keras"));
 * @param bytes of the file
 * @param options as those of `Sequential.load`, such as `backend` and `threads`
 * @throws FormatError as `readKeras`; OptionError, BackendError as `Sequential.load`.
 */
export async function importKeras(
  bytes: Uint8Array | ArrayBuffer,
  options: RuntimeOptions & LoadOptions = {},
): Promise<Imported> {
  checkArguments("importKeras", arguments, 2);
  return importedFrom("importKeras", (where) => readKerasFor(where, bytes), options);
}

/**
 * The bytes of a `.keras` file from a model, here or in a worker, or from the bytes of its `save()`.
 * @example await writeFile("model.keras", await exportKeras(model));
 * @throws FormatError, OptionError as `writeKeras`.
 */
export async function exportKeras(model: Savable, options: KerasWriteOptions = {}): Promise<Uint8Array> {
  checkArguments("exportKeras", arguments, 2);
  return exported("exportKeras", model, options, writeKerasFor);
}

/**
 * A model as files that train it in Keras; see `writeKerasTraining`.
 * @example
 * const files = await exportKerasTraining(model, { data: { x, y }, epochs: 100, batchSize: 4096 });
 * for (const [name, content] of Object.entries(files)) await writeFile(name, content);
 */
export async function exportKerasTraining(model: Savable, options: TrainingOptions = {}): Promise<KerasTrainingFiles> {
  checkArguments("exportKerasTraining", arguments, 2);
  return exported("exportKerasTraining", model, options, writeKerasTrainingFor);
}
