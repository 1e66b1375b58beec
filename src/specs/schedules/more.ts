/** The schedules that only programs with their factories carry. */
import { linearScheduleDefinition } from "./linear.js";
import { oneCycleDefinition } from "./oneCycle.js";
import { addSchedules } from "./table.js";
import { warmupDefinition } from "./warmup.js";

export const moreSchedules = {
  oneCycle: oneCycleDefinition,
  linearSchedule: linearScheduleDefinition,
  warmup: warmupDefinition,
};

export type MoreSchedules = typeof moreSchedules;

/** Adds them all, for programs that read specs of any type from files or messages. */
export function addEverySchedule(): void {
  addSchedules(moreSchedules);
}
