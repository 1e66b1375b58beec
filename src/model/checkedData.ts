/** Data for the methods of a model that take them, and not only train: checked, or refused in words. */
import type { Data } from "../data/dataset.js";
import type { DataRows } from "../data/rows.js";
import type { Compiled } from "../program/types.js";
import { fitData } from "../training/fitData.js";
import type { Inside } from "./inside.js";

/** @throws OptionError before `compile`, ShapeError, DataError */
export function checkedData(core: Inside, where: string, data: Data): { compiled: Compiled; dataset: DataRows } {
  const compiled = core.checkCompiled(where);
  return { compiled, dataset: fitData(where, data, core.expectation(compiled)) };
}
