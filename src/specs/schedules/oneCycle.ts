/** The one-cycle policy: options, and the rate of any step. */
import { type Given, makeSpec, number, oneOf, type Spec } from "../../base/options.js";
import { cosineFall, type ScheduleDefinition, stepsOption } from "./schedule.js";
import { addSchedules } from "./table.js";

/** Options of `oneCycle`. */
const oneCycleOptions = {
  /** The highest rate, > 0. */
  maxLearningRate: number({ above: 0 }),
  /** Steps of the whole cycle, an integer >= 1: epochs times steps per epoch. */
  totalSteps: stepsOption,
  /** Share of the steps during which the rate rises, 0 to 1. @default 0.3 */
  warmupFraction: number({ min: 0, max: 1 }, 0.3),
  /** The first rate is `maxLearningRate` / `divFactor`. @default 25 */
  divFactor: number({ min: 1 }, 25),
  /** The last rate is the first / `finalDivFactor`. @default 10000 */
  finalDivFactor: number({ min: 1 }, 1e4),
  /** Shape of the change from one rate to the next. @default "cosine" */
  anneal: oneOf(["cosine", "linear"], "cosine"),
};

/** Options of `oneCycle`. */
export interface OneCycleOptions extends Given<typeof oneCycleOptions> {}

/** A cycle with every option spelled out. */
export interface OneCycleSpec extends Spec<"oneCycle", typeof oneCycleOptions> {}

/**
 * The 1cycle policy (Smith and Topin 2018) in the form and with the defaults of PyTorch's `OneCycleLR`: from
 * max / divFactor up to max, then down to max / divFactor / finalDivFactor, where it stays. Momentum does not
 * change (PyTorch cycles it unless told not to).
 */
export function oneCycle(options: OneCycleOptions): OneCycleSpec {
  addSchedules({ oneCycle: oneCycleDefinition });
  return makeSpec("oneCycle", oneCycleOptions, options, arguments);
}

function oneCycleAt(spec: OneCycleSpec, step: number): number {
  const { maxLearningRate, totalSteps, warmupFraction, divFactor, finalDivFactor, anneal } = spec;
  const first = maxLearningRate / divFactor;
  // PyTorch's phases end at these steps, which need not be integers.
  const [peak, last] = [warmupFraction * totalSteps - 1, totalSteps - 1];
  const isRising = step <= peak;
  const [from, to] = isRising ? [first, maxLearningRate] : [maxLearningRate, first / finalDivFactor];
  const [begin, end] = isRising ? [0, peak] : [Math.max(peak, 0), last];
  const share = end > begin ? Math.min((step - begin) / (end - begin), 1) : 1;
  return anneal === "linear" ? from + (to - from) * share : to + (from - to) * cosineFall(share);
}

export const oneCycleDefinition: ScheduleDefinition<OneCycleSpec, OneCycleOptions> = {
  resolve: oneCycle,
  rateAt: oneCycleAt,
};
