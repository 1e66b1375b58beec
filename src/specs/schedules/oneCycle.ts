/** The one-cycle policy: options, and the rate of any step. */
import { OptionError } from "../../base/errors.js";
import { flag, type Given, makeSpec, number, oneOf, type Spec } from "../../base/options.js";
import { cycledMomentum } from "../optimizers/cycledMomentum.js";
import { addSchedules } from "./addSchedules.js";
import { cosineFall } from "./cosineFall.js";
import { type ScheduleDefinition, stepsOption } from "./schedule.js";

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
  /** Cycle the momentum of `sgd`, or beta1 of `adam` and `adamw`, against the rate. PyTorch does. @default false */
  cycleMomentum: flag(false),
  /** Momentum at the highest rate, 0 to below 1; for `cycleMomentum`. @default 0.85 */
  baseMomentum: number({ min: 0, below: 1 }, 0.85),
  /** Momentum of the first and the last step, 0 to below 1; for `cycleMomentum`. @default 0.95 */
  maxMomentum: number({ min: 0, below: 1 }, 0.95),
};

/** Options of `oneCycle`. */
export interface OneCycleOptions extends Given<typeof oneCycleOptions> {}

/** A cycle with every option spelled out. */
export interface OneCycleSpec extends Spec<"oneCycle", typeof oneCycleOptions> {}

/**
 * The 1cycle policy (Smith and Topin 2018) in the form and with the defaults of PyTorch's `OneCycleLR`: from
 * max / divFactor up to max, then down to max / divFactor / finalDivFactor, where it stays.
 *
 * With `cycleMomentum` the momentum of `sgd` or beta1 of `adam` falls from `maxMomentum` to `baseMomentum` while the
 * rate rises, and rises again while it falls; that of the optimizer has no effect. PyTorch does so unless told not to.
 * It is a function of the step, as the rate is, so training resumes with the same bits. Such updates run in TypeScript.
 * @throws OptionError for unknown options, values out of range, and momenta without `cycleMomentum`.
 */
export function oneCycle(options: OneCycleOptions): OneCycleSpec {
  addSchedules({ oneCycle: oneCycleDefinition });
  const spec = makeSpec("oneCycle", oneCycleOptions, options, arguments);
  const { cycleMomentum, baseMomentum, maxMomentum } = spec;
  const isPlain = baseMomentum === 0.85 && maxMomentum === 0.95;
  if (!cycleMomentum && !isPlain) {
    throw new OptionError("oneCycle: baseMomentum and maxMomentum have no effect without cycleMomentum: true.");
  }
  if (baseMomentum > maxMomentum) {
    const got = `got ${baseMomentum} and ${maxMomentum}`;
    throw new OptionError(`oneCycle: baseMomentum must be at most maxMomentum, ${got}.`);
  }
  return spec;
}

/** A value that goes from `first` to `middle`, while the rate rises, and then to `final`. */
function cycleAt(spec: OneCycleSpec, step: number, first: number, middle: number, final: number): number {
  const { totalSteps, warmupFraction, anneal } = spec;
  // PyTorch's phases end at these steps, which need not be integers.
  const [peak, last] = [warmupFraction * totalSteps - 1, totalSteps - 1];
  const isRising = step <= peak;
  const [from, to] = isRising ? [first, middle] : [middle, final];
  const [begin, end] = isRising ? [0, peak] : [Math.max(peak, 0), last];
  const share = end > begin ? Math.min((step - begin) / (end - begin), 1) : 1;
  return anneal === "linear" ? from + (to - from) * share : to + (from - to) * cosineFall(share);
}

export const oneCycleDefinition: ScheduleDefinition<OneCycleSpec, OneCycleOptions> = {
  resolve: oneCycle,
  rateAt(spec, step) {
    const first = spec.maxLearningRate / spec.divFactor;
    return cycleAt(spec, step, first, spec.maxLearningRate, first / spec.finalDivFactor);
  },
  script(spec, record, begin) {
    if (!spec.cycleMomentum) return undefined;
    const { baseMomentum, maxMomentum } = spec;
    return cycledMomentum("oneCycle", record, (step) => {
      return cycleAt(spec, Math.max(step - begin, 0), maxMomentum, baseMomentum, maxMomentum);
    });
  },
};
