/** Model files of half and a quarter the size, for downloads: kernels as float16 or int8, which `Sequential.load` reads. */

import { type Given, oneOf, readOptions } from "../../base/options.js";
import { compactFile } from "../../model/compactFile.js";
import type { ModelFile } from "../../model/readModelFile.js";
import { modelFileOf, type Savable } from "../savable.js";
import { type WritingOptions, writingOptions } from "../writing.js";

const compactOptions = {
  /**
   * `float16`: half the bytes; a weight changes by at most 0.05 %, or 3e-8. `int8`: a quarter of the bytes; each column of
   * a kernel has a scale, its largest value by 127, and a weight changes by at most half of it.
   */
  weights: oneOf(["float16", "int8"]),
  ...writingOptions,
};

/** Options of `compact`. */
export interface CompactOptions extends WritingOptions, Given<typeof compactOptions> {}

/**
 * The file of a model with its kernels as float16 or int8, for downloads. `Sequential.load` reads it as any other, and then
 * has float32 weights again, those that the file says. Biases, statistics and other vectors stay float32. What training
 * needs to go on is left out, as by `save({ optimizer: false })`; metadata and attachment stay as they are.
 *
 * @param model here or in a worker, or the bytes of its `save()`
 * @example await writeFile("model.simdgrad", await compact(model, { weights: "float16" }));
 * @throws OptionError for anything that is not a model, unknown options, and kernels with values beyond 65504, the largest
 * of float16; FormatError for bytes that are not its file
 */
export async function compact(model: Savable, options: CompactOptions): Promise<Uint8Array<ArrayBuffer>> {
  const where = "compact";
  const { weights, onWarning } = readOptions(where, compactOptions, options, arguments);
  const read = await modelFileOf(where, model);
  const file = compactFile(where, read, weights);
  for (const note of notesOn(read.description)) await onWarning(note);
  return file;
}

/** One sentence for each thing that does not become small, or is left out. */
function notesOn({ compiled, attachment }: ModelFile["description"]): string[] {
  const { members } = (attachment ?? {}) as { members?: unknown };
  return [
    ...(compiled ? ["The optimizer's memory is left out: training begins anew from this file."] : []),
    ...(Array.isArray(members) && members.length > 0
      ? [`Networks after the first one stay float32, as they are in the attachment: ${members.length}.`]
      : []),
  ];
}
