/** Makes every schedule known, for programs that read specs of any type from files or messages. */

import { addSchedules } from "./addSchedules.js";
import { moreSchedules } from "./more.js";
import { warmupDefinition } from "./warmup.js";

/** Adds all that programs do not have from the start. */
export function addEverySchedule(): void {
  addSchedules({ ...moreSchedules, warmup: warmupDefinition });
}
