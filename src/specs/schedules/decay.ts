/** Options of decays by powers, quotients, steps and polynomials. */
import { counted } from "../../base/counted.js";
import { checkNumber, OptionError, show } from "../../base/errors.js";
import { flag, type Given, makeSpec, number, type Option, type Spec, via } from "../../base/options.js";
import { type DecayOptions, type DecaySpec, decayOptions } from "./schedule.js";

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

/** @throws OptionError */
export function resolveExponentialDecay(options: RateDecayOptions, args?: ArrayLike<unknown>): ExponentialDecaySpec {
  return makeSpec("exponentialDecay", rateDecayOptions, options, args);
}

/** @throws OptionError */
export function resolveInverseTimeDecay(options: RateDecayOptions, args?: ArrayLike<unknown>): InverseTimeDecaySpec {
  return makeSpec("inverseTimeDecay", rateDecayOptions, options, args);
}

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

/** @throws OptionError */
export function resolvePiecewiseConstantDecay(
  options: PiecewiseConstantDecayOptions,
  args?: ArrayLike<unknown>,
): PiecewiseConstantDecaySpec {
  const spec = makeSpec("piecewiseConstantDecay", piecewiseConstantDecayOptions, options, args);
  const { type: where, boundaries, values } = spec;
  const falls = boundaries.findIndex((boundary, i) => i > 0 && boundary <= boundaries[i - 1]);
  if (falls > 0) {
    throw new OptionError(`${where}: boundaries must rise, got ${show(boundaries)}: see place ${falls}.`);
  }
  if (values.length !== boundaries.length + 1) {
    const expected = `${counted(boundaries.length + 1, "value")}, one more than boundaries`;
    throw new OptionError(`${where}: expected ${expected}, got ${values.length}.`);
  }
  return spec;
}

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

/** @throws OptionError */
export function resolvePolynomialDecay(
  options: PolynomialDecayOptions,
  args?: ArrayLike<unknown>,
): PolynomialDecaySpec {
  return makeSpec("polynomialDecay", polynomialDecayOptions, options, args);
}
