/** The optimizers that only programs with their factories carry, and the names of all. */

import { addEverySchedule } from "../schedules/every.js";
import { adafactorDefinition } from "./adafactor.js";
import { addOptimizers } from "./add.js";
import { asgdDefinition } from "./asgd.js";
import { ftrlDefinition } from "./ftrl.js";
import { lambDefinition } from "./lamb.js";
import { muonDefinition } from "./muon.js";
import { rpropDefinition } from "./rprop.js";
import { scheduleFreeDefinition } from "./scheduleFree.js";
import { optimizerTable } from "./table.js";

export const moreOptimizers = {
  rprop: rpropDefinition,
  muon: muonDefinition,
  scheduleFree: scheduleFreeDefinition,
  asgd: asgdDefinition,
  adafactor: adafactorDefinition,
  lamb: lambDefinition,
  ftrl: ftrlDefinition,
};

export type MoreOptimizers = typeof moreOptimizers;

/**
 * Adds them all, and all schedules, for programs that read specs of any type from files or messages; returns every
 * name.
 */
export function addEveryOptimizer(): readonly (keyof (typeof optimizerTable & MoreOptimizers))[] {
  addOptimizers(moreOptimizers);
  addEverySchedule();
  return Object.keys(optimizerTable) as (keyof (typeof optimizerTable & MoreOptimizers))[];
}

/** Every optimizer name, for menus and documentation. A program that reads the list may use all of them by name. */
export const optimizerNames = /* @__PURE__ */ addEveryOptimizer();
