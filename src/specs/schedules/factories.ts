/** The factories of the schedules that every program knows by name. Each brings the rates. */
import {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  type CosineDecayRestartsSpec,
  type CosineDecaySpec,
  resolveCosineDecay,
  resolveCosineDecayRestarts,
} from "./cosine.js";
import {
  type ExponentialDecaySpec,
  type InverseTimeDecaySpec,
  type PiecewiseConstantDecayOptions,
  type PiecewiseConstantDecaySpec,
  type PolynomialDecayOptions,
  type PolynomialDecaySpec,
  type RateDecayOptions,
  resolveExponentialDecay,
  resolveInverseTimeDecay,
  resolvePiecewiseConstantDecay,
  resolvePolynomialDecay,
} from "./decay.js";
import { rates } from "./rates.js";
import { addRates } from "./table.js";

/**
 * η = η₀ · decayRate^(t / decaySteps), Keras's `ExponentialDecay`; with `staircase` the exponent is cut to an integer.
 */
export function exponentialDecay(options: RateDecayOptions): ExponentialDecaySpec {
  addRates(rates);
  return resolveExponentialDecay(options, arguments);
}

/**
 * η = η₀ / (1 + decayRate · t / decaySteps), Keras's `InverseTimeDecay`; with `staircase` the quotient is cut.
 */
export function inverseTimeDecay(options: RateDecayOptions): InverseTimeDecaySpec {
  addRates(rates);
  return resolveInverseTimeDecay(options, arguments);
}

/**
 * η = values[0] up to and with step boundaries[0], values[1] up to boundaries[1], …, and then the last value: Keras's
 * `PiecewiseConstantDecay`.
 * @throws OptionError for unknown options, boundaries that do not rise, or too many or too few values.
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): PiecewiseConstantDecaySpec {
  addRates(rates);
  return resolvePiecewiseConstantDecay(options, arguments);
}

/**
 * η = (η₀ − end) · (1 − t / decaySteps)^power + end, and end from then on: Keras's `PolynomialDecay`. With `cycle`,
 * decaySteps is replaced by its smallest multiple that t has not passed.
 */
export function polynomialDecay(options: PolynomialDecayOptions): PolynomialDecaySpec {
  addRates(rates);
  return resolvePolynomialDecay(options, arguments);
}

/**
 * η = η₀ · ((1 − alpha) · ½(1 + cos(π t / decaySteps)) + alpha), and alpha · η₀ from then on (Loshchilov and Hutter
 * 2016): Keras's `CosineDecay`. With `warmupTarget`, η rises from η₀ to it in `warmupSteps`, and decays from there.
 */
export function cosineDecay(options: CosineDecayOptions): CosineDecaySpec {
  addRates(rates);
  return resolveCosineDecay(options, arguments);
}

/**
 * SGDR (Loshchilov and Hutter 2016): a cosine decay that starts again, as Keras's `CosineDecayRestarts`. In period i,
 * after a share p of it, η = η₀ · ((1 − alpha) · mMulⁱ · ½(1 + cos πp) + alpha).
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): CosineDecayRestartsSpec {
  addRates(rates);
  return resolveCosineDecayRestarts(options, arguments);
}
