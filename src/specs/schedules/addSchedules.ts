/** Adds to the table of schedules, which every program has. */
import { scheduleTable } from "./table.js";

/** Makes schedules known by their names. Their factories do so: a program that never calls one does not carry it. */
export function addSchedules(definitions: object): void {
  Object.assign(scheduleTable, definitions);
}
