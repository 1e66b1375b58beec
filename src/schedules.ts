/**
 * Learning-rate schedules as plain data: options, defaults, and the rate at any step, a pure function of the step.
 * Only functions of `math.ts` and exact arithmetic, so every engine computes the same rates. Knows no optimizer.
 */
import { checkBoolean, checkKeys, checkName, checkNumber, OptionError, show } from "./errors.js";
import { cos, pow } from "./math.js";

/**
 * The learning rate of a step: optimizer steps counted from 0 since `compile`, and the number of the epoch.
 * A model whose rate is a function cannot be saved; schedules can.
 */
export type LearningRateFunction = (step: number, epoch: number) => number;

/** What an optimizer takes as learning rate. */
export type LearningRate = number | ScheduleSpec | LearningRateFunction;

/** Any schedule, as plain data. */
export type ScheduleSpec =
  | ExponentialDecaySpec
  | PiecewiseConstantDecaySpec
  | PolynomialDecaySpec
  | InverseTimeDecaySpec
  | CosineDecaySpec
  | CosineDecayRestartsSpec
  | OneCycleSpec;

/** What every decay starts from. */
interface DecayOptions {
  /** Rate of the first step, >= 0. */
  initialLearningRate: number;
  /** Steps over which it decays, an integer >= 1. */
  decaySteps: number;
}

/** Options of `exponentialDecay` and `inverseTimeDecay`. */
export interface RateDecayOptions extends DecayOptions {
  /** How fast it decays, > 0. */
  decayRate: number;
  /** Only at multiples of `decaySteps`. @default false */
  staircase?: boolean;
}

export type ExponentialDecaySpec = { readonly type: "exponentialDecay" } & Readonly<Required<RateDecayOptions>>;
export type InverseTimeDecaySpec = { readonly type: "inverseTimeDecay" } & Readonly<Required<RateDecayOptions>>;

function checkDecay(where: string, { initialLearningRate, decaySteps }: DecayOptions): Required<DecayOptions> {
  return {
    initialLearningRate: checkNumber(`${where}: initialLearningRate`, initialLearningRate, { min: 0 }),
    decaySteps: checkSteps(`${where}: decaySteps`, decaySteps),
  };
}

function checkSteps(where: string, steps: number): number {
  return checkNumber(where, steps, { min: 1, integer: true });
}

function checkRateDecay(where: string, options: RateDecayOptions): Required<RateDecayOptions> {
  checkKeys(where, options, ["initialLearningRate", "decaySteps", "decayRate", "staircase"]);
  const { decayRate, staircase = false } = options;
  return {
    ...checkDecay(where, options),
    decayRate: checkNumber(`${where}: decayRate`, decayRate, { above: 0 }),
    staircase: checkBoolean(`${where}: staircase`, staircase),
  };
}

/**
 * η = η₀ · decayRate^(t / decaySteps), Keras's `ExponentialDecay`; with `staircase` the exponent is cut to an integer.
 * @throws OptionError for unknown options or values out of range.
 */
export function exponentialDecay(options: RateDecayOptions): ExponentialDecaySpec {
  return { type: "exponentialDecay", ...checkRateDecay("exponentialDecay", options) };
}

/**
 * η = η₀ / (1 + decayRate · t / decaySteps), Keras's `InverseTimeDecay`; with `staircase` the quotient is cut.
 * @throws OptionError for unknown options or values out of range.
 */
export function inverseTimeDecay(options: RateDecayOptions): InverseTimeDecaySpec {
  return { type: "inverseTimeDecay", ...checkRateDecay("inverseTimeDecay", options) };
}

/** Options of `piecewiseConstantDecay`. */
export interface PiecewiseConstantDecayOptions {
  /** Last step of each rate but the last, rising. */
  boundaries: readonly number[];
  /** The rates: one more than there are boundaries. */
  values: readonly number[];
}

export type PiecewiseConstantDecaySpec = {
  readonly type: "piecewiseConstantDecay";
} & Readonly<PiecewiseConstantDecayOptions>;

/**
 * η = values[0] up to and with step boundaries[0], values[1] up to boundaries[1], …, and then the last value: Keras's
 * `PiecewiseConstantDecay`.
 * @throws OptionError for unknown options, boundaries that do not rise, or too many or too few values.
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): PiecewiseConstantDecaySpec {
  const where = "piecewiseConstantDecay";
  checkKeys(where, options, ["boundaries", "values"]);
  const list = (name: "boundaries" | "values"): number[] => {
    const given: unknown = options[name];
    if (!Array.isArray(given) || given.length === 0) {
      throw new OptionError(`${where}: ${name}: expected a list of numbers, got ${show(given)}.`);
    }
    const range = { min: 0, integer: name === "boundaries" };
    return Array.from(given, (value: unknown, i) => checkNumber(`${where}: ${name}[${i}]`, value, range));
  };
  const [boundaries, values] = [list("boundaries"), list("values")];
  const falls = boundaries.findIndex((boundary, i) => i > 0 && boundary <= boundaries[i - 1]);
  if (falls > 0) {
    throw new OptionError(`${where}: boundaries must rise, got ${show(boundaries)}: see place ${falls}.`);
  }
  if (values.length !== boundaries.length + 1) {
    const expected = `${boundaries.length + 1} values, one more than boundaries`;
    throw new OptionError(`${where}: expected ${expected}, got ${values.length}.`);
  }
  return { type: where, boundaries, values };
}

/** Options of `polynomialDecay`. */
export interface PolynomialDecayOptions extends DecayOptions {
  /** Rate at the end. @default 0.0001 */
  endLearningRate?: number;
  /** 1 is a straight line. @default 1 */
  power?: number;
  /** Begin again, over twice, three times, … as many steps, instead of staying at the end. @default false */
  cycle?: boolean;
}

export type PolynomialDecaySpec = { readonly type: "polynomialDecay" } & Readonly<Required<PolynomialDecayOptions>>;

/**
 * η = (η₀ − end) · (1 − t / decaySteps)^power + end, and end from then on: Keras's `PolynomialDecay`. With `cycle`,
 * decaySteps is replaced by its next multiple that t has not passed.
 * @throws OptionError for unknown options or values out of range.
 */
export function polynomialDecay(options: PolynomialDecayOptions): PolynomialDecaySpec {
  const where = "polynomialDecay";
  checkKeys(where, options, ["initialLearningRate", "decaySteps", "endLearningRate", "power", "cycle"]);
  const { endLearningRate = 0.0001, power = 1, cycle = false } = options;
  return {
    type: where,
    ...checkDecay(where, options),
    endLearningRate: checkNumber(`${where}: endLearningRate`, endLearningRate, { min: 0 }),
    power: checkNumber(`${where}: power`, power, { above: 0 }),
    cycle: checkBoolean(`${where}: cycle`, cycle),
  };
}

/** Options of `cosineDecay`. */
export interface CosineDecayOptions extends DecayOptions {
  /** Rate at the end as a share of the rate it decays from, 0 to 1. @default 0 */
  alpha?: number;
  /** Rise to this rate in a straight line first, and decay from it. `null` for none. @default null */
  warmupTarget?: number | null;
  /** Steps of the rise, before `decaySteps` begin; needs a `warmupTarget`. @default 0 */
  warmupSteps?: number;
}

export type CosineDecaySpec = { readonly type: "cosineDecay" } & Readonly<Required<CosineDecayOptions>>;

/**
 * η = η₀ · ((1 − alpha) · ½(1 + cos(π t / decaySteps)) + alpha), and alpha · η₀ from then on (Loshchilov and Hutter
 * 2016): Keras's `CosineDecay`. With `warmupTarget`, η rises from η₀ to it in `warmupSteps`, and decays from there.
 * @throws OptionError for unknown options or values out of range.
 */
export function cosineDecay(options: CosineDecayOptions): CosineDecaySpec {
  const where = "cosineDecay";
  checkKeys(where, options, ["initialLearningRate", "decaySteps", "alpha", "warmupTarget", "warmupSteps"]);
  const { alpha = 0, warmupTarget = null, warmupSteps = 0 } = options;
  if (warmupTarget !== null) checkNumber(`${where}: warmupTarget`, warmupTarget, { min: 0 });
  checkNumber(`${where}: warmupSteps`, warmupSteps, { min: 0, integer: true });
  if (warmupTarget === null && warmupSteps > 0) {
    throw new OptionError(`${where}: warmupSteps needs a warmupTarget, the rate to rise to, got none.`);
  }
  const alphaChecked = checkNumber(`${where}: alpha`, alpha, { min: 0, max: 1 });
  return { type: where, ...checkDecay(where, options), alpha: alphaChecked, warmupTarget, warmupSteps };
}

/** Options of `cosineDecayRestarts`. */
export interface CosineDecayRestartsOptions {
  /** Rate of the first step, >= 0. */
  initialLearningRate: number;
  /** Steps until the first restart, an integer >= 1. */
  firstDecaySteps: number;
  /** Each period is so many times as long as the one before, >= 1. @default 2 */
  tMul?: number;
  /** Each period starts from so many times the rate of the one before, > 0. @default 1 */
  mMul?: number;
  /** Rate at the end of a period as a share of `initialLearningRate`, 0 to 1. @default 0 */
  alpha?: number;
}

export type CosineDecayRestartsSpec = {
  readonly type: "cosineDecayRestarts";
} & Readonly<Required<CosineDecayRestartsOptions>>;

/**
 * SGDR (Loshchilov and Hutter 2016): a cosine decay that starts again, as Keras's `CosineDecayRestarts`. In period i,
 * whose share p has passed, η = η₀ · ((1 − alpha) · mMulⁱ · ½(1 + cos πp) + alpha).
 * @throws OptionError for unknown options or values out of range.
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): CosineDecayRestartsSpec {
  const where = "cosineDecayRestarts";
  checkKeys(where, options, ["initialLearningRate", "firstDecaySteps", "tMul", "mMul", "alpha"]);
  const { initialLearningRate, firstDecaySteps, tMul = 2, mMul = 1, alpha = 0 } = options;
  return {
    type: where,
    initialLearningRate: checkNumber(`${where}: initialLearningRate`, initialLearningRate, { min: 0 }),
    firstDecaySteps: checkSteps(`${where}: firstDecaySteps`, firstDecaySteps),
    tMul: checkNumber(`${where}: tMul`, tMul, { min: 1 }),
    mMul: checkNumber(`${where}: mMul`, mMul, { above: 0 }),
    alpha: checkNumber(`${where}: alpha`, alpha, { min: 0, max: 1 }),
  };
}

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
  checkKeys(where, options, known);
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

/** ½(1 + cos πp): from 1 at p = 0 to 0 at p = 1. */
function cosineFall(p: number): number {
  return 0.5 * (1 + cos(Math.PI * p));
}

function rateDecayPeriods({ decaySteps, staircase }: Required<RateDecayOptions>, step: number): number {
  return staircase ? Math.floor(step / decaySteps) : step / decaySteps;
}

function polynomialAt(spec: PolynomialDecaySpec, step: number): number {
  const { initialLearningRate, endLearningRate, power, cycle } = spec;
  const decaySteps = cycle ? spec.decaySteps * Math.max(1, Math.ceil(step / spec.decaySteps)) : spec.decaySteps;
  const left = 1 - Math.min(step, decaySteps) / decaySteps;
  return (initialLearningRate - endLearningRate) * pow(left, power) + endLearningRate;
}

function cosineAt(spec: CosineDecaySpec, step: number): number {
  const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = spec;
  if (warmupTarget !== null && step < warmupSteps) {
    return ((warmupTarget - initialLearningRate) * step) / warmupSteps + initialLearningRate;
  }
  const fall = cosineFall(Math.min(step - warmupSteps, decaySteps) / decaySteps);
  return (warmupTarget ?? initialLearningRate) * ((1 - alpha) * fall + alpha);
}

function restartsAt(spec: CosineDecayRestartsSpec, step: number): number {
  const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = spec;
  let [passed, length, factor] = [step, firstDecaySteps, 1];
  if (tMul === 1) {
    factor = pow(mMul, Math.floor(step / length));
    passed = step % length;
  }
  for (; passed >= length; length *= tMul, factor *= mMul) passed -= length;
  return initialLearningRate * ((1 - alpha) * factor * cosineFall(passed / length) + alpha);
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

function scheduleAt(spec: ScheduleSpec, step: number): number {
  switch (spec.type) {
    case "exponentialDecay":
      return spec.initialLearningRate * pow(spec.decayRate, rateDecayPeriods(spec, step));
    case "inverseTimeDecay":
      return spec.initialLearningRate / (1 + spec.decayRate * rateDecayPeriods(spec, step));
    case "piecewiseConstantDecay": {
      const index = spec.boundaries.findIndex((boundary) => step <= boundary);
      return spec.values[index < 0 ? spec.boundaries.length : index];
    }
    case "polynomialDecay":
      return polynomialAt(spec, step);
    case "cosineDecay":
      return cosineAt(spec, step);
    case "cosineDecayRestarts":
      return restartsAt(spec, step);
    case "oneCycle":
      return oneCycleAt(spec, step);
    default:
      return spec satisfies never;
  }
}

/**
 * The learning rate of a step.
 * @param step Optimizer steps taken before it.
 * @throws OptionError when a function returns what is not a number >= 0.
 */
export function learningRateAt(rate: LearningRate, step: number, epoch: number): number {
  if (typeof rate === "number") return rate;
  if (typeof rate !== "function") return scheduleAt(rate, step);
  const value: unknown = rate(step, epoch);
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new OptionError(
    `learningRate: the function returned ${show(value)} for step ${step} of epoch ${epoch}. It must return a number >= 0.`,
  );
}

const factories = {
  exponentialDecay,
  inverseTimeDecay,
  piecewiseConstantDecay,
  polynomialDecay,
  cosineDecay,
  cosineDecayRestarts,
  oneCycle,
} as const satisfies Record<ScheduleSpec["type"], unknown>;

/** A number, schedule or function, checked. @throws OptionError with the nearest known name. */
export function resolveLearningRate(where: string, value: unknown): LearningRate {
  if (typeof value === "function") return value as LearningRateFunction;
  if (typeof value !== "object" || value === null) return checkNumber(where, value, { min: 0 });
  const { type, ...options } = value as { type?: unknown };
  const factory = factories[checkName(`${where}: type`, type, Object.keys(factories) as ScheduleSpec["type"][])];
  return factory(options as never);
}
