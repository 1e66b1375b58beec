/**
 * Adds an optimizer to the table that `compile` reads. Its factory does so, and a program that never calls it does not
 * carry it.
 */
import { optimizerTable } from "./table.js";

/** Makes optimizers known by their names. */
export function addOptimizers(definitions: object): void {
  Object.assign(optimizerTable, definitions);
}
