/** The file of a model with smaller kernels, from its file. */
import { smaller } from "../formats/smaller.js";
import type { ModelFile } from "./readModelFile.js";
import { COMPACT_VERSION, writeModelFile } from "./writeModelFile.js";

/** As `save` writes it with these weights. @throws OptionError for values beyond float16; FormatError */
export function compactFile(
  where: string,
  { description, tensors }: ModelFile,
  weights: "float16" | "int8",
): Uint8Array<ArrayBuffer> {
  const own = [...tensors.values()].filter(({ name }) => isWeight(name, description));
  return writeModelFile(forPrediction(description), smaller(where, own, weights), COMPACT_VERSION);
}

/** True for weights of layers: the memory of the optimizer and of a run has other names. */
function isWeight(name: string, { layers }: ModelFile["description"]): boolean {
  return Array.isArray(layers) && /^[^/]+\/[^/]+$/.test(name) && !/^(?:optimizer|run)\//.test(name);
}

/** The description as `save({ optimizer: false })` writes it. */
function forPrediction({ run: _, averaged: __, optimizer: ___, ...rest }: ModelFile["description"]): object {
  const { epoch } = rest.progress as { epoch: number };
  return { ...rest, progress: { step: 0, epoch, learningRate: null }, optimizer: false };
}
