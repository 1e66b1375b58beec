/** A straight rise before any other learning rate: options, and the rate of any step. */
import { checkNumber, OptionError, show } from "../../base/errors.js";
import { type Given, makeSpec, number, type Spec, via } from "../../base/options.js";
import { addSchedules } from "./addSchedules.js";
import type { PlainSchedule, PlainScheduleSpec } from "./more.js";
import { rates } from "./rates.js";
import { type ScheduleDefinition, stepsOption } from "./schedule.js";
import { addRates, rateAt, resolveSchedule, scriptFor } from "./table.js";

/** Options of `warmup` other than `learningRate`. */
const riseOptions = {
  /** Rate of the first step, >= 0. @default 0 */
  initialLearningRate: number({ min: 0 }, 0),
  /** Steps of the rise, an integer >= 1. */
  warmupSteps: stepsOption,
};

function checkNext(where: string, value: unknown): unknown {
  if (typeof value === "number") return checkNumber(where, value, { min: 0 });
  if (typeof value === "object" && value !== null) return resolveSchedule(where, value);
  const remedy = typeof value === "function" ? " Let the function itself compute the rates of the warm-up." : "";
  throw new OptionError(`${where}: expected a number >= 0 or a schedule, got ${show(value)}.${remedy}`);
}

/** Options of `warmup`. */
export interface WarmupOptions extends Given<typeof riseOptions> {
  /** Number or schedule that follows: the rate to which it rises, and all rates after that. */
  learningRate: number | PlainSchedule | ({ readonly type: "warmup" } & Readonly<WarmupOptions>);
}

/** A warm-up with every option spelled out. */
export interface WarmupSpec extends Spec<"warmup", typeof riseOptions> {
  /** Number or schedule that follows. */
  readonly learningRate: number | PlainScheduleSpec | WarmupSpec;
}

/**
 * A linear warm-up before any schedule or number: η = η₀ + (next(0) − η₀) · t / warmupSteps, and from step warmupSteps
 * on η = next(t − warmupSteps). η₀ is `initialLearningRate`, and next is `learningRate`: it starts at its own step 0.
 * In PyTorch it is a `SequentialLR` of a `LinearLR` and another scheduler. Momentum that `next` cycles waits at its
 * first value.
 * @throws OptionError for unknown options, values out of range, or a function as `learningRate`.
 */
export function warmup(options: WarmupOptions): WarmupSpec {
  addSchedules({ warmup: warmupDefinition });
  addRates(rates); // the schedule that follows may be plain data
  // A warm-up holds a schedule, which may be a warm-up: its type cannot follow from a table.
  const table = { ...riseOptions, learningRate: via<unknown, unknown>(checkNext) };
  return makeSpec("warmup", table, options, arguments) as WarmupSpec;
}

export const warmupDefinition: ScheduleDefinition<WarmupSpec, WarmupOptions> = {
  resolve: warmup,
  rateAt({ initialLearningRate, warmupSteps, learningRate }, step) {
    const rate = rateAt(learningRate, Math.max(step - warmupSteps, 0));
    const share = Math.min(step / warmupSteps, 1);
    return share < 1 ? initialLearningRate + (rate - initialLearningRate) * share : rate;
  },
  script: ({ warmupSteps, learningRate }, record, step) => scriptFor(learningRate, record, step + warmupSteps),
};
