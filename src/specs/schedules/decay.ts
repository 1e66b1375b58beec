/** Decays by powers, quotients, steps and polynomials: options, and the rate of any step. */
import { checkNumber, OptionError, show } from "../../base/errors.js";
import { pow } from "../../base/math.js";
import { flag, type Given, type Kept, makeSpec, number, type Option, type Spec, via } from "../../base/options.js";
import { type DecayOptions, type DecaySpec, decayOptions, type ScheduleDefinition } from "./schedule.js";

/** Options of `exponentialDecay` and `inverseTimeDecay`. */
const rateDecayOptions = {
  ...decayOptions,
  /** Rate of decay, > 0. */
  decayRate: number({ above: 0 }),
  /** Decay only at multiples of `decaySteps`. @default false */
  staircase: flag(false),
};

/** Options of `exponentialDecay` and `inverseTimeDecay`. */
export interface RateDecayOptions extends DecayOptions, Given<typeof rateDecayOptions> {}

/** An exponential decay with every option spelled out. */
export interface ExponentialDecaySpec extends DecaySpec, Spec<"exponentialDecay", typeof rateDecayOptions> {}

/** A decay by quotients with every option spelled out. */
export interface InverseTimeDecaySpec extends DecaySpec, Spec<"inverseTimeDecay", typeof rateDecayOptions> {}

function rateDecayPeriods({ decaySteps, staircase }: Kept<typeof rateDecayOptions>, step: number): number {
  return staircase ? Math.floor(step / decaySteps) : step / decaySteps;
}

/**
 * η = η₀ · decayRate^(t / decaySteps), Keras's `ExponentialDecay`; with `staircase` the exponent is cut to an integer.
 */
export function exponentialDecay(options: RateDecayOptions): ExponentialDecaySpec {
  return makeSpec("exponentialDecay", rateDecayOptions, options, arguments);
}

export const exponentialDecayDefinition: ScheduleDefinition<ExponentialDecaySpec, RateDecayOptions> = {
  resolve: exponentialDecay,
  rateAt: (spec, step) => spec.initialLearningRate * pow(spec.decayRate, rateDecayPeriods(spec, step)),
};

/**
 * η = η₀ / (1 + decayRate · t / decaySteps), Keras's `InverseTimeDecay`; with `staircase` the quotient is cut.
 */
export function inverseTimeDecay(options: RateDecayOptions): InverseTimeDecaySpec {
  return makeSpec("inverseTimeDecay", rateDecayOptions, options, arguments);
}

export const inverseTimeDecayDefinition: ScheduleDefinition<InverseTimeDecaySpec, RateDecayOptions> = {
  resolve: inverseTimeDecay,
  rateAt: (spec, step) => spec.initialLearningRate / (1 + spec.decayRate * rateDecayPeriods(spec, step)),
};

/** A list of numbers >= 0. */
// @__NO_SIDE_EFFECTS__
function numbersOption(integer: boolean): Option<readonly number[], readonly number[], "needed"> {
  return via<readonly number[], readonly number[]>((where, value) => {
    if (Array.isArray(value) && value.length > 0) {
      return Array.from(value, (item: unknown, i) => checkNumber(`${where}[${i}]`, item, { min: 0, integer }));
    }
    throw new OptionError(`${where}: expected a list of numbers, got ${show(value)}.`);
  });
}

/** Options of `piecewiseConstantDecay`. */
const piecewiseConstantDecayOptions = {
  /** Last step of each rate except the last, rising. */
  boundaries: numbersOption(true),
  /** The rates: one more than the boundaries. */
  values: numbersOption(false),
};

/** Options of `piecewiseConstantDecay`. */
export interface PiecewiseConstantDecayOptions extends Given<typeof piecewiseConstantDecayOptions> {}

/** A decay by steps with every option spelled out. */
export interface PiecewiseConstantDecaySpec
  extends Spec<"piecewiseConstantDecay", typeof piecewiseConstantDecayOptions> {}

/**
 * η = values[0] up to and with step boundaries[0], values[1] up to boundaries[1], …, and then the last value: Keras's
 * `PiecewiseConstantDecay`.
 * @throws OptionError for unknown options, boundaries that do not rise, or too many or too few values.
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): PiecewiseConstantDecaySpec {
  const spec = makeSpec("piecewiseConstantDecay", piecewiseConstantDecayOptions, options, arguments);
  const { type: where, boundaries, values } = spec;
  const falls = boundaries.findIndex((boundary, i) => i > 0 && boundary <= boundaries[i - 1]);
  if (falls > 0) {
    throw new OptionError(`${where}: boundaries must rise, got ${show(boundaries)}: see place ${falls}.`);
  }
  if (values.length !== boundaries.length + 1) {
    const expected = `${boundaries.length + 1} values, one more than boundaries`;
    throw new OptionError(`${where}: expected ${expected}, got ${values.length}.`);
  }
  return spec;
}

export const piecewiseConstantDecayDefinition: ScheduleDefinition<
  PiecewiseConstantDecaySpec,
  PiecewiseConstantDecayOptions
> = {
  resolve: piecewiseConstantDecay,
  rateAt({ boundaries, values }, step) {
    const index = boundaries.findIndex((boundary) => step <= boundary);
    return values[index < 0 ? boundaries.length : index];
  },
};

/** Options of `polynomialDecay`. */
const polynomialDecayOptions = {
  ...decayOptions,
  /** Rate at the end. @default 0.0001 */
  endLearningRate: number({ min: 0 }, 0.0001),
  /** 1 is a straight line. @default 1 */
  power: number({ above: 0 }, 1),
  /** Start again, over two, three, … times as many steps, instead of staying at the end. @default false */
  cycle: flag(false),
};

/** Options of `polynomialDecay`. */
export interface PolynomialDecayOptions extends DecayOptions, Given<typeof polynomialDecayOptions> {}

/** A polynomial decay with every option spelled out. */
export interface PolynomialDecaySpec extends DecaySpec, Spec<"polynomialDecay", typeof polynomialDecayOptions> {}

/**
 * η = (η₀ − end) · (1 − t / decaySteps)^power + end, and end from then on: Keras's `PolynomialDecay`. With `cycle`,
 * decaySteps is replaced by its smallest multiple that t has not passed.
 */
export function polynomialDecay(options: PolynomialDecayOptions): PolynomialDecaySpec {
  return makeSpec("polynomialDecay", polynomialDecayOptions, options, arguments);
}

export const polynomialDecayDefinition: ScheduleDefinition<PolynomialDecaySpec, PolynomialDecayOptions> = {
  resolve: polynomialDecay,
  rateAt(spec, step) {
    const { initialLearningRate, endLearningRate, power, cycle } = spec;
    const decaySteps = cycle ? spec.decaySteps * Math.max(1, Math.ceil(step / spec.decaySteps)) : spec.decaySteps;
    const left = 1 - Math.min(step, decaySteps) / decaySteps;
    return (initialLearningRate - endLearningRate) * pow(left, power) + endLearningRate;
  },
};
