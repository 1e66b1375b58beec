/** `simdgrad/brain`: networks of brain.js 1.6 and 2, both ways. */
import { checkArguments } from "../../base/errors.js";
import type { RuntimeOptions } from "../../model/options.js";
import { exported } from "../exported.js";
import type { Savable } from "../fromModel.js";
import { type Imported, importedFrom } from "../toModel.js";
import { readBrainFor } from "./read.js";
import { type WriteBrainOptions, writeBrainFor } from "./write.js";

export * from "../shared.js";
export { isBrain, readBrain } from "./read.js";
export { type WriteBrainOptions, writeBrain } from "./write.js";

/**
 * A model from the JSON of a network of brain.js; see `readBrain`.
 * @example const { model, notes } = await importBrain(net.toJSON());
 */
export async function importBrain(
  source: string | Uint8Array | object,
  runtime: RuntimeOptions = {},
): Promise<Imported> {
  checkArguments("importBrain", arguments, 2);
  return importedFrom("importBrain", (where) => readBrainFor(where, source), runtime);
}

/**
 * A model as JSON for brain.js; see `writeBrain`.
 * @example const net = new brain.NeuralNetwork().fromJSON(await exportBrain(model));
 */
export async function exportBrain(model: Savable, options: WriteBrainOptions = {}): Promise<object> {
  checkArguments("exportBrain", arguments, 2);
  return exported("exportBrain", model, options, writeBrainFor);
}
