/** The schedules that only programs with their factories carry, other than `warmup`, which contains them. */
import { linearScheduleDefinition } from "./linear.js";
import { oneCycleDefinition } from "./oneCycle.js";
import type { scheduleTable } from "./table.js";

export const moreSchedules = {
  oneCycle: oneCycleDefinition,
  linearSchedule: linearScheduleDefinition,
};

type Table = typeof scheduleTable & typeof moreSchedules;
type Type = keyof Table;
type Resolve<T extends Type> = Table[T]["resolve"];

/** Any schedule other than a warm-up, as plain data. */
export type PlainScheduleSpec = { [T in Type]: ReturnType<Resolve<T>> }[Type];

/** Such a schedule with the options that its factory needs: defaults may be omitted. */
export type PlainSchedule = { [T in Type]: { readonly type: T } & Readonly<Parameters<Resolve<T>>[0]> }[Type];
