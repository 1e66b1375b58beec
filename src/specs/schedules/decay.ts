/** Decays by powers, quotients, steps and polynomials: options, and the rate of any step. */
import { checkArguments, checkBoolean, checkKeys, checkNumber, OptionError, show } from "../../base/errors.js";
import { pow } from "../../base/math.js";
import { checkDecay, type DecayOptions } from "./common.js";

/** Options of `exponentialDecay` and `inverseTimeDecay`. */
export interface RateDecayOptions extends DecayOptions {
  /** How fast it decays, > 0. */
  decayRate: number;
  /** Only at multiples of `decaySteps`. @default false */
  staircase?: boolean;
}

export type ExponentialDecaySpec = { readonly type: "exponentialDecay" } & Readonly<Required<RateDecayOptions>>;
export type InverseTimeDecaySpec = { readonly type: "inverseTimeDecay" } & Readonly<Required<RateDecayOptions>>;

function checkRateDecay(where: string, options: RateDecayOptions): Required<RateDecayOptions> {
  checkKeys(where, options, ["initialLearningRate", "decaySteps", "decayRate", "staircase"]);
  const { decayRate, staircase = false } = options;
  return {
    ...checkDecay(where, options),
    decayRate: checkNumber(`${where}: decayRate`, decayRate, { above: 0 }),
    staircase: checkBoolean(`${where}: staircase`, staircase),
  };
}

function rateDecayPeriods({ decaySteps, staircase }: Required<RateDecayOptions>, step: number): number {
  return staircase ? Math.floor(step / decaySteps) : step / decaySteps;
}

/**
 * η = η₀ · decayRate^(t / decaySteps), Keras's `ExponentialDecay`; with `staircase` the exponent is cut to an integer.
 * @throws OptionError for unknown options or values out of range.
 */
export function exponentialDecay(options: RateDecayOptions): ExponentialDecaySpec {
  checkArguments("exponentialDecay", arguments, 1);
  return { type: "exponentialDecay", ...checkRateDecay("exponentialDecay", options) };
}

export function exponentialAt(spec: ExponentialDecaySpec, step: number): number {
  return spec.initialLearningRate * pow(spec.decayRate, rateDecayPeriods(spec, step));
}

/**
 * η = η₀ / (1 + decayRate · t / decaySteps), Keras's `InverseTimeDecay`; with `staircase` the quotient is cut.
 * @throws OptionError for unknown options or values out of range.
 */
export function inverseTimeDecay(options: RateDecayOptions): InverseTimeDecaySpec {
  checkArguments("inverseTimeDecay", arguments, 1);
  return { type: "inverseTimeDecay", ...checkRateDecay("inverseTimeDecay", options) };
}

export function inverseTimeAt(spec: InverseTimeDecaySpec, step: number): number {
  return spec.initialLearningRate / (1 + spec.decayRate * rateDecayPeriods(spec, step));
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
  checkKeys(where, options, ["boundaries", "values"], arguments);
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

export function piecewiseConstantAt({ boundaries, values }: PiecewiseConstantDecaySpec, step: number): number {
  const index = boundaries.findIndex((boundary) => step <= boundary);
  return values[index < 0 ? boundaries.length : index];
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
  checkKeys(where, options, ["initialLearningRate", "decaySteps", "endLearningRate", "power", "cycle"], arguments);
  const { endLearningRate = 0.0001, power = 1, cycle = false } = options;
  return {
    type: where,
    ...checkDecay(where, options),
    endLearningRate: checkNumber(`${where}: endLearningRate`, endLearningRate, { min: 0 }),
    power: checkNumber(`${where}: power`, power, { above: 0 }),
    cycle: checkBoolean(`${where}: cycle`, cycle),
  };
}

export function polynomialAt(spec: PolynomialDecaySpec, step: number): number {
  const { initialLearningRate, endLearningRate, power, cycle } = spec;
  const decaySteps = cycle ? spec.decaySteps * Math.max(1, Math.ceil(step / spec.decaySteps)) : spec.decaySteps;
  const left = 1 - Math.min(step, decaySteps) / decaySteps;
  return (initialLearningRate - endLearningRate) * pow(left, power) + endLearningRate;
}
