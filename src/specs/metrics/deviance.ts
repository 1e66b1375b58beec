/** Tweedie deviances of predicted means, Poisson's and the gamma distribution's among them. Knows arrays only. */
import { checkNumber, OptionError } from "../../base/errors.js";
import { log, pow } from "../../base/math.js";
import { type Given, via } from "../../base/options.js";
import { outputMeans, outputVariances, type RegressionRows } from "./columns.js";
import { checkRanges, type RegressionOptions, regressionOptions, regressionScore } from "./regressionScore.js";
import type { Score } from "./score.js";

/** Options of the scores of a Tweedie deviance. */
const tweedieOptions = {
  ...regressionOptions,
  /**
   * The variance is proportional to that power of the mean. 0 is the normal distribution, 1 Poisson's, 2 the gamma
   * distribution, 3 the inverse Gaussian; not between 0 and 1. @default 0
   */
  power: via<number, number>(checkPower, 0),
};

/** Options of the scores of a Tweedie deviance. */
export interface TweedieOptions extends RegressionOptions, Given<typeof tweedieOptions> {}

/**
 * Mean Tweedie deviance (scikit-learn `mean_tweedie_deviance`): (y − ŷ)² for power 0, 2 (y ln(y/ŷ) − y + ŷ) for 1,
 * 2 (ln(ŷ/y) + y/ŷ − 1) for 2, else 2 (max(y, 0)²⁻ᵖ / ((1 − p)(2 − p)) − y ŷ¹⁻ᵖ / (1 − p) + ŷ²⁻ᵖ / (2 − p)).
 * @param targets [n] or [n, outputs]; >= 0 from power 1 on, > 0 from power 2 on.
 * @param predictions as many; > 0 unless the power is 0.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const meanTweedieDevianceScore: Score<TweedieOptions> = /* @__PURE__ */ regressionScore(
  "meanTweedieDevianceScore",
  tweedieOptions,
  {
    check: (where, input, { power }) => checkDomain(where, input, power),
    perOutput: (input, { power }) => outputMeans(input, deviance(power)),
  },
);

/**
 * Mean Poisson deviance: mean 2 (y ln(y/ŷ) − y + ŷ) (scikit-learn `mean_poisson_deviance`), for counts and frequencies.
 * @param targets [n] or [n, outputs], >= 0. @param predictions as many, > 0.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const meanPoissonDevianceScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "meanPoissonDevianceScore",
  regressionOptions,
  {
    check: (where, input) => checkDomain(where, input, 1),
    perOutput: (input) => outputMeans(input, deviance(1)),
  },
);

/**
 * Mean gamma deviance: mean 2 (ln(ŷ/y) + y/ŷ − 1) (scikit-learn `mean_gamma_deviance`), which reads relative errors.
 * @param targets [n] or [n, outputs], > 0. @param predictions as many, > 0.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const meanGammaDevianceScore: Score<RegressionOptions> = /* @__PURE__ */ regressionScore(
  "meanGammaDevianceScore",
  regressionOptions,
  {
    check: (where, input) => checkDomain(where, input, 2),
    perOutput: (input) => outputMeans(input, deviance(2)),
  },
);

/**
 * Share of a Tweedie deviance that is explained: 1 − deviance / deviance of the mean of y (scikit-learn
 * `d2_tweedie_score`); for power 0 that is R². 1 is perfect, 0 what the mean of y would do; where y is constant NaN if
 * it is met and −Infinity if not, as there.
 * @param targets [n] or [n, outputs] with at least 2 rows; in the range that `meanTweedieDevianceScore` has.
 * @param predictions as many.
 * @returns One number; with `multioutput: "rawValues"` one per output.
 * @throws ShapeError, DataError naming the row; OptionError.
 */
export const d2TweedieScore: Score<TweedieOptions> = /* @__PURE__ */ regressionScore("d2TweedieScore", tweedieOptions, {
  needs: [2, "one has no spread to explain"],
  check: (where, input, { power }) => checkDomain(where, input, power),
  perOutput: (input, { power }) => {
    const unit = deviance(power);
    const means = outputMeans(input, (y) => y);
    const variances = outputVariances(input);
    const left = outputMeans(input, unit);
    const all = outputMeans(input, (y, _, j) => (variances[j] === 0 ? 0 : unit(y, means[j])));
    return left.map((part, j) => 1 - part / all[j]);
  },
});

function checkPower(where: string, value: unknown): number {
  const power = checkNumber(where, value);
  if (power <= 0 || power >= 1) return power;
  throw new OptionError(`${where}: expected a number <= 0 or >= 1, got ${power}. No distribution has one between.`);
}

function checkDomain(where: string, input: RegressionRows, power: number): void {
  if (power === 0) return;
  const hint = "Power 0 takes any numbers: meanSquaredErrorScore.";
  const targets = power < 1 ? {} : power < 2 ? { min: 0 } : { above: 0 };
  checkRanges(where, input, { targets, predictions: { above: 0 } }, hint);
}

/** The unit deviance of a target y and a mean p; exactly 0 where they are equal. */
function deviance(power: number): (y: number, p: number) => number {
  const unit = formula(power);
  return (y, p) => (y === p ? 0 : unit(y, p));
}

function formula(power: number): (y: number, p: number) => number {
  if (power === 0) return (y, p) => (y - p) * (y - p);
  if (power === 1) return (y, p) => 2 * ((y === 0 ? 0 : y * log(y / p)) - y + p);
  if (power === 2) return (y, p) => 2 * (log(p / y) + y / p - 1);
  const [a, b] = [1 - power, 2 - power];
  return (y, p) => 2 * (pow(Math.max(y, 0), b) / (a * b) - (y * pow(p, a)) / a + pow(p, b) / b);
}
