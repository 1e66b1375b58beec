/** The one-cycle policy: options, and the rate of any step. */
import { checkKeys, checkName, checkNumber } from "../../base/errors.js";
import { checkSteps, cosineFall } from "./common.js";

const annealings = ["cosine", "linear"] as const;

/** Options of `oneCycle`. */
export interface OneCycleOptions {
  /** The highest rate, > 0. */
  maxLearningRate: number;
  /** Steps of the whole cycle, an integer >= 1: epochs times steps per epoch. */
  totalSteps: number;
  /** Share of the steps in which the rate rises, 0 to 1. @default 0.3 */
  warmupFraction?: number;
  /** The first rate is `maxLearningRate` / `divFactor`. @default 25 */
  divFactor?: number;
  /** The last rate is the first / `finalDivFactor`. @default 10000 */
  finalDivFactor?: number;
  /** How rates go from one to the other. @default "cosine" */
  anneal?: (typeof annealings)[number];
}

export type OneCycleSpec = { readonly type: "oneCycle" } & Readonly<Required<OneCycleOptions>>;

/**
 * The 1cycle policy (Smith and Topin 2018) in the form and with the defaults of PyTorch's `OneCycleLR`: from
 * max / divFactor up to max, then down to max / divFactor / finalDivFactor, and that from then on. Momentum stays as
 * it is (PyTorch cycles it unless told not to).
 * @throws OptionError for unknown options or values out of range.
 */
export function oneCycle(options: OneCycleOptions): OneCycleSpec {
  const where = "oneCycle";
  const known = ["maxLearningRate", "totalSteps", "warmupFraction", "divFactor", "finalDivFactor", "anneal"];
  checkKeys(where, options, known, arguments);
  const { maxLearningRate, totalSteps, warmupFraction = 0.3, divFactor = 25, finalDivFactor = 1e4 } = options;
  return {
    type: where,
    maxLearningRate: checkNumber(`${where}: maxLearningRate`, maxLearningRate, { above: 0 }),
    totalSteps: checkSteps(`${where}: totalSteps`, totalSteps),
    warmupFraction: checkNumber(`${where}: warmupFraction`, warmupFraction, { min: 0, max: 1 }),
    divFactor: checkNumber(`${where}: divFactor`, divFactor, { min: 1 }),
    finalDivFactor: checkNumber(`${where}: finalDivFactor`, finalDivFactor, { min: 1 }),
    anneal: checkName(`${where}: anneal`, options.anneal ?? "cosine", annealings),
  };
}

export function oneCycleAt(spec: OneCycleSpec, step: number): number {
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
