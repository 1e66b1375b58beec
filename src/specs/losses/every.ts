/** All losses at once, and their names. */

import { addLosses } from "./addLosses.js";
import { customLosses } from "./custom.js";
import { moreLosses } from "./more.js";
import { addOutputWeights } from "./outputWeights.js";
import { addReductions } from "./reduction.js";
import { type LossName, lossTable } from "./table.js";

/** Adds all losses to the table, for programs that read specs from files or messages; returns every name. */
export function addEveryLoss(): readonly LossName[] {
  const names = Object.keys({ ...lossTable, ...moreLosses }) as LossName[];
  addLosses({ ...moreLosses, ...customLosses });
  addOutputWeights();
  addReductions();
  return names.filter((name) => !Object.hasOwn(customLosses, name));
}

/** Every loss name, for menus and documentation. A program that reads the list may use all of them by name. */
export const lossNames = /* @__PURE__ */ addEveryLoss();
