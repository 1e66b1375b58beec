/** The error for a value that is not a model here, with the way to one. Knows models by their members alone. */
import { OptionError, show } from "./errors.js";

/** @param expected The model as the message describes it. */
export function notAModel(where: string, expected: string, value: unknown): OptionError {
  return new OptionError(`${where}: expected ${expected}, got ${show(value)}.${wayFrom(value)}`);
}

function wayFrom(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  if ("getWeights" in value && "save" in value)
    return ' It is in a worker: give await Sequential.load(await model.save()), of "simdgrad".';
  return "model" in value ? " Give its model." : "";
}
