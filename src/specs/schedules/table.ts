/** The table of the schedules that every program has: one entry per type. `every.ts` adds the others. */
import { checkName, located } from "../../base/errors.js";
import type { ScriptMaker, TapeRecord } from "../../plan/record.js";
import { resolveCosineDecay, resolveCosineDecayRestarts } from "./cosine.js";
import {
  resolveExponentialDecay,
  resolveInverseTimeDecay,
  resolvePiecewiseConstantDecay,
  resolvePolynomialDecay,
} from "./decay.js";
import type { ScheduleDefinition } from "./schedule.js";

export const scheduleTable = {
  exponentialDecay: { resolve: resolveExponentialDecay },
  inverseTimeDecay: { resolve: resolveInverseTimeDecay },
  piecewiseConstantDecay: { resolve: resolvePiecewiseConstantDecay },
  polynomialDecay: { resolve: resolvePolynomialDecay },
  cosineDecay: { resolve: resolveCosineDecay },
  cosineDecayRestarts: { resolve: resolveCosineDecayRestarts },
};

/** Any schedule, as plain data. */
export interface AnySchedule {
  readonly type: string;
}

/** The entry of a type, which takes every spec of that type. */
export function definitionOf(type: string): ScheduleDefinition<AnySchedule> {
  return scheduleTable[type as keyof typeof scheduleTable] as object as ScheduleDefinition<AnySchedule>;
}

/** Makes the rates of the schedules of the table known. */
export function addRates(rates: typeof import("./rates.js")["rates"]): void {
  for (const [type, rateAt] of Object.entries(rates)) Object.assign(definitionOf(type), { rateAt });
}

/** True for a schedule whose rates are not known yet. */
export function lacksRates(rate: unknown): boolean {
  return typeof rate === "object" && !definitionOf((rate as AnySchedule).type).rateAt;
}

/** The rate of a step; 0 while it is not known, which only a trace without an update may see. */
export function rateAt(rate: number | AnySchedule, step: number): number {
  return typeof rate === "number" ? rate : (definitionOf(rate.type).rateAt?.(rate, step) ?? 0);
}

/** The script of an update, if the schedule changes its momentum; it begins at step `step` of the optimizer. */
export function scriptFor(rate: unknown, record: TapeRecord | null, step: number): ScriptMaker | undefined {
  const { type } = rate as AnySchedule;
  return definitionOf(type)?.script?.(rate as AnySchedule, record, step);
}

/** A schedule, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveSchedule(where: string, value: object): AnySchedule {
  const { type, ...options } = value as { type?: unknown };
  const names = Object.keys(scheduleTable);
  const known = checkName(`${where}: type`, type, names, {}, " Pass any other as warmup() or the like.");
  return located(where, () => definitionOf(known).resolve(options as never));
}
