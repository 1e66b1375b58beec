/**
 * The learning rates that an optimizer accepts: numbers, functions, and the schedules of the table.
 * Schedules are plain data. The rate is a pure function of the step that uses only `math.ts` and exact arithmetic, so
 * every engine computes the same rates. Knows no optimizer.
 */
import { checkNumber, OptionError, show } from "../../base/errors.js";
import type { PlainSchedule, PlainScheduleSpec } from "./more.js";
import { rateAt, resolveSchedule } from "./table.js";
import type { WarmupOptions, WarmupSpec } from "./warmup.js";

/** Any schedule, as plain data. */
export type ScheduleSpec = PlainScheduleSpec | WarmupSpec;

/** A schedule with the options that its factory needs: defaults may be omitted. */
export type Schedule = PlainSchedule | ({ readonly type: "warmup" } & Readonly<WarmupOptions>);

/**
 * The learning rate of a step: optimizer steps counted from 0 since `compile`, and the number of the epoch. With
 * `gradientAccumulationSteps` steps are updates, as for schedules; Keras counts batches (ADR 23).
 * A model whose rate is a function cannot be saved; schedules can.
 */
export type LearningRateFunction = (step: number, epoch: number) => number;

/** A learning rate as an optimizer accepts it. */
export type LearningRate = number | Schedule | LearningRateFunction;

/**
 * The learning rate of a step.
 * @param step Optimizer steps taken before it.
 * @throws OptionError if a function returns anything other than a number >= 0.
 */
export function learningRateAt(rate: LearningRate, step: number, epoch: number): number {
  if (typeof rate !== "function") return rateAt(rate, step);
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
  return resolveSchedule(where, value) as ScheduleSpec;
}
