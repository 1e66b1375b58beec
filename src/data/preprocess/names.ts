/** Names of the columns that go into a transformer, checked. Knows strings only. */
import { counted } from "../../base/counted.js";
import { OptionError, ShapeError, show } from "../../base/errors.js";

/** The names as a copy; `x0`, `x1`, … where there are none. @throws ShapeError, OptionError */
export function inputNames(type: string, inputs: readonly string[] | undefined, columns: number): string[] {
  if (inputs === undefined) return Array.from({ length: columns }, (_, column) => `x${column}`);
  if (!Array.isArray(inputs) || inputs.length !== columns) {
    throw new ShapeError(`${type}.featureNames: expected ${counted(columns, "name")}, got ${show(inputs)}.`);
  }
  const stray = inputs.find((name) => typeof name !== "string");
  if (stray === undefined) return Array.from(inputs);
  throw new OptionError(`${type}.featureNames: expected an array of strings, got ${show(stray)} in it.`);
}
