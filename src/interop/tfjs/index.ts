/** `simdgrad/tfjs`: layers models of TensorFlow.js, both ways. */
import { checkArguments } from "../../base/errors.js";
import type { LoadOptions } from "../../model/loadOptions.js";
import type { RuntimeOptions } from "../../model/options.js";
import { exported } from "../exported.js";
import type { Savable } from "../fromModel.js";
import { type Imported, importedFrom } from "../toModel.js";
import { readTfjsFor, type TfjsArtifacts, type TfjsFiles } from "./read.js";
import { type WriteTfjsOptions, type WrittenTfjs, writeTfjsFor } from "./write.js";

export * from "../shared.js";
export { isTfjs, readTfjs, type TfjsArtifacts, type TfjsFiles } from "./read.js";
export { type WriteTfjsOptions, type WrittenTfjs, writeTfjs } from "./write.js";

/**
 * A model from the files of a layers model of TensorFlow.js; see `readTfjs`.
 * @example
 * const names = ["model.json", "group1-shard1of1.bin"];
 * const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(name)])));
 * const { model, notes } = await importTfjs(files);
 */
export async function importTfjs(
  source: TfjsFiles | TfjsArtifacts,
  options: RuntimeOptions & LoadOptions = {},
): Promise<Imported> {
  checkArguments("importTfjs", arguments, 2);
  return importedFrom("importTfjs", (where) => readTfjsFor(where, source), options);
}

/**
 * A model as files for `tf.loadLayersModel`; see `writeTfjs`.
 * @example
 * for (const [name, content] of Object.entries(await exportTfjs(model))) await writeFile(name, content);
 */
export async function exportTfjs(model: Savable, options: WriteTfjsOptions = {}): Promise<WrittenTfjs> {
  checkArguments("exportTfjs", arguments, 2);
  return exported("exportTfjs", model, options, writeTfjsFor);
}
