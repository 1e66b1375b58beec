/**
 * Adds an optimizer to the table that `compile` reads. Its factory does so, and a program that never calls it does not
 * carry it.
 */
import { moreOps } from "../../plan/moreOps.js";
import { addOps, type scripts } from "../../plan/record.js";
import { optimizerTable } from "./table.js";

/** Makes optimizers known by their names, with the scripts of their records. */
export function addOptimizers(definitions: Readonly<Record<string, { readonly scripts: typeof scripts }>>): void {
  for (const definition of Object.values(definitions)) addOps(moreOps, definition.scripts);
  Object.assign(optimizerTable, definitions);
}
