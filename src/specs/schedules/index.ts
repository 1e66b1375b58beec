/**
 * The learning rates that an optimizer accepts: numbers, functions, and the schedules of the table.
 * Schedules are plain data. The rate is a pure function of the step that uses only `math.ts` and exact arithmetic, so
 * every engine computes the same rates. Knows no optimizer.
 */
import { checkName, checkNumber, located, OptionError, show } from "../../base/errors.js";
import type { MoreSchedules } from "./more.js";
import type { ScheduleDefinition } from "./schedule.js";
import { scheduleTable } from "./table.js";

type Table = typeof scheduleTable & MoreSchedules;
type Type = keyof Table;
type Resolve<T extends Type> = Table[T]["resolve"];

/** Any schedule, as plain data. */
export type ScheduleSpec = { [T in Type]: ReturnType<Resolve<T>> }[Type];

/** A schedule with the options that its factory needs: defaults may be omitted. */
export type Schedule = { [T in Type]: { readonly type: T } & Readonly<Parameters<Resolve<T>>[0]> }[Type];

/**
 * The learning rate of a step: optimizer steps counted from 0 since `compile`, and the number of the epoch. With
 * `gradientAccumulationSteps` steps are updates, as for schedules; Keras counts batches (ADR 23).
 * A model whose rate is a function cannot be saved; schedules can.
 */
export type LearningRateFunction = (step: number, epoch: number) => number;

/** A learning rate as an optimizer accepts it. */
export type LearningRate = number | Schedule | LearningRateFunction;

/** The entry of a type, which takes every spec of that type. */
function definitionOf(type: Type): ScheduleDefinition<ScheduleSpec> {
  return (scheduleTable as object as Table)[type] as object as ScheduleDefinition<ScheduleSpec>;
}

/**
 * The learning rate of a step.
 * @param step Optimizer steps taken before it.
 * @throws OptionError if a function returns anything other than a number >= 0.
 */
export function learningRateAt(rate: LearningRate, step: number, epoch: number): number {
  if (typeof rate === "number") return rate;
  if (typeof rate !== "function") return definitionOf(rate.type).rateAt(rate as ScheduleSpec, step);
  const value: unknown = rate(step, epoch);
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new OptionError(
    `learningRate: the function returned ${show(value)} for step ${step} of epoch ${epoch}. It must return a number >= 0.`,
  );
}

/** A number, schedule or function, checked. @throws OptionError with the nearest known name. */
export function resolveLearningRate(where: string, value: unknown): LearningRate {
  if (typeof value === "function") return value as LearningRateFunction;
  if (typeof value !== "object" || value === null) return checkNumber(where, value, { min: 0 });
  const { type, ...options } = value as { type?: unknown };
  const names = Object.keys(scheduleTable) as Type[];
  const definition = definitionOf(
    checkName(`${where}: type`, type, names, {}, " Pass any other as warmup() or the like."),
  );
  return located(where, () => definition.resolve(options as never));
}
