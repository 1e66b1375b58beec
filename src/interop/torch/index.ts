/** `simdgrad/torch`: PyTorch's safetensors, both ways, with a Python file of the model. */
import { checkArguments } from "../../base/errors.js";
import type { RuntimeOptions } from "../../model/options.js";
import { exported } from "../exported.js";
import type { Savable } from "../fromModel.js";
import type { TrainingOptions } from "../handover.js";
import { type Imported, importedFrom } from "../toModel.js";
import { type ReadTorchOptions, readTorchFor, readTorchOptions, type TorchWeights } from "./read.js";
import { type TorchTrainingFiles, writeTorchTrainingFor } from "./training.js";
import { type TorchFiles, type WriteTorchOptions, writeTorchFor } from "./write.js";

export type { TrainingOptions } from "../handover.js";
export * from "../shared.js";
export { isTorch, type ReadTorchOptions, readTorch, type TorchWeights } from "./read.js";
export { type TorchTrainingFiles, writeTorchTraining } from "./training.js";
export { type TorchFiles, type WriteTorchOptions, writeTorch } from "./write.js";

/**
 * A model from PyTorch's weights; see `readTorch`.
 * @example
 * const layers = [dense({ units: 16, activation: "relu" }), dense({ units: 3, activation: "softmax" })];
 * const { model, notes } = await importTorch(await readFile("model.safetensors"), { layers });
 */
export async function importTorch(
  source: Uint8Array | ArrayBuffer | TorchWeights,
  options: ReadTorchOptions & RuntimeOptions = {},
): Promise<Imported> {
  checkArguments("importTorch", arguments, 2);
  return importedFrom("importTorch", (where, own) => readTorchFor(where, source, own), options, readTorchOptions);
}

/**
 * A model as files for PyTorch; see `writeTorch`.
 * @example
 * for (const [name, content] of Object.entries(await exportTorch(model))) await writeFile(name, content);
 */
export async function exportTorch(model: Savable, options: WriteTorchOptions = {}): Promise<TorchFiles> {
  checkArguments("exportTorch", arguments, 2);
  return exported("exportTorch", model, options, writeTorchFor);
}

/**
 * A model as files that train it in PyTorch, on many processes; see `writeTorchTraining`.
 * @example
 * const files = await exportTorchTraining(model, { data: { x, y }, epochs: 100, batchSize: 4096 });
 * for (const [name, content] of Object.entries(files)) await writeFile(name, content);
 */
export async function exportTorchTraining(model: Savable, options: TrainingOptions = {}): Promise<TorchTrainingFiles> {
  checkArguments("exportTorchTraining", arguments, 2);
  return exported("exportTorchTraining", model, options, writeTorchTrainingFor);
}
