/** Columns to powers of themselves that look like a normal distribution. After scikit-learn's PowerTransformer. */

import { columnMeans, columnVariances } from "../../base/columnStats.js";
import { checkArguments, DataError, show } from "../../base/errors.js";
import { exp, expm1, log, log1p } from "../../base/math.js";
import { flag, type Given, type Kept, oneOf, readOptions } from "../../base/options.js";
import { minimize } from "./brent.js";
import { checkField, checkNumbers } from "./json.js";
import { mapValues, NumberTransformer, readSaved, type Values } from "./numberTransformer.js";
import { scalerKind } from "./scalerKinds.js";
import { type Columns, type NumberTable, presentValues, type Reshaped } from "./table.js";

const TYPE = "powerTransformer";
const EPSILON = 2.220446049250313e-16;
/** Powers whose spread is less are mostly rounding. */
const BLURRED = 1e-10;
/** A variance below this has no logarithm to be trusted. */
const SMALLEST_NORMAL = 2.2250738585072014e-308;
/** Lambda is looked for from here on. */
const BRACKET = [-2, 2] as const;

const table = {
  /** `"boxCox"` takes numbers above 0 only. @default "yeoJohnson" */
  method: oneOf(["yeoJohnson", "boxCox"], "yeoJohnson"),
  /** Give each column mean 0 and standard deviation 1 afterwards. @default true */
  standardize: flag(true),
};

/** Options of `powerTransformer`. */
export interface PowerTransformerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

interface Learned {
  readonly lambdas: Float64Array;
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** A power with its way back, and what it adds to the log-likelihood of a value for each 1 of lambda. */
interface Method {
  power(x: number, lambda: number): number;
  root(y: number, lambda: number): number;
  slope(x: number): number;
}

/** (e^(lambda · t) - 1) / lambda, which is t for lambda 0. */
const stretch = (t: number, lambda: number) => (Math.abs(lambda) < EPSILON ? t : expm1(lambda * t) / lambda);
/** The way back: t. NaN for what no t gives. */
const shrink = (y: number, lambda: number) => (Math.abs(lambda) < EPSILON ? y : log1p(lambda * y) / lambda);

const methods: Readonly<Record<Options["method"], Method>> = {
  yeoJohnson: {
    power: (x, lambda) => (x >= 0 ? stretch(log1p(x), lambda) : -stretch(log1p(-x), 2 - lambda)),
    root: (y, lambda) => (y >= 0 ? expm1(shrink(y, lambda)) : -expm1(shrink(-y, 2 - lambda))),
    slope: (x) => (x >= 0 ? log1p(x) : -log1p(-x)),
  },
  boxCox: {
    power: (x, lambda) => stretch(log(x), lambda),
    root: (y, lambda) => exp(shrink(y, lambda)),
    slope: log,
  },
};

/** The range of numbers, as a share of the largest. */
function spreadOf(values: Float64Array): number {
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return low === high ? 0 : (high - low) / Math.max(-low, high);
}

/** The lambda of the greatest log-likelihood: Σ slope(x) · (lambda - 1) - n/2 · ln variance of the powers. */
function lambdaOf(values: Float64Array, { power, slope }: Method): number {
  if (values.every((value) => value === values[0])) return 1;
  let slopes = 0;
  for (const value of values) slopes += slope(value);
  const powers = new Float64Array(values.length);
  return minimize(
    (lambda) => {
      for (let i = 0; i < values.length; i++) powers[i] = power(values[i], lambda);
      const [variance] = columnVariances(powers, columnMeans(powers, 1));
      if (!(variance >= SMALLEST_NORMAL && variance < Infinity)) return Infinity;
      return (values.length / 2) * log(variance) - (lambda - 1) * slopes;
    },
    ...BRACKET,
  );
}

/** Powers by column, learned by `fit`. Made by `powerTransformer` or `fromJSON`. */
export class PowerTransformer extends NumberTransformer<Options, Learned> {
  /** A transformer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): PowerTransformer {
    checkArguments("PowerTransformer.fromJSON", arguments, 1);
    const where = "PowerTransformer.fromJSON";
    const read = (options: object) => readOptions(TYPE, table, options);
    const { saved, options, columns } = readSaved(where, json, TYPE, read);
    const [lambdas, means, deviations] = ["lambdas", "means", "deviations"].map((key) =>
      checkNumbers(where, saved, key, columns),
    );
    if (deviations.some((value) => value <= 0)) checkField(where, saved, "deviations", "numbers above 0", () => false);
    return new PowerTransformer(TYPE, options).restore(columns, { lambdas, means, deviations });
  }

  /** The power of each column. @throws OptionError before `fit`. */
  get lambdas(): Float64Array {
    return this.fitted().learned.lambdas.slice();
  }

  /** Undoes `transform`. A number that no x has for its power becomes NaN. */
  inverseTransform<Table extends NumberTable>(rows: Table): Reshaped<Table> {
    checkArguments("inverseTransform", arguments, 1);
    const { columns, learned } = this.fitted();
    const { lambdas, means, deviations } = learned;
    const { root } = methods[this.options.method];
    return this.invert(rows, columns, (_, own) =>
      mapValues(own, (value, column) => root(value * deviations[column] + means[column], lambdas[column])),
    );
  }

  protected learn(where: string, rows: Columns): Learned {
    const method = methods[this.options.method];
    this.#check(where, rows);
    const standard = scalerKind("standardScaler", {});
    const learned = Array.from({ length: rows.columns }, (_, column) => {
      const values = presentValues(rows, column);
      if (values.length === 0) {
        throw new DataError(`${where}: column ${column}: expected at least one number, got none. Drop the column.`);
      }
      const lambda = lambdaOf(values, method);
      if (!this.options.standardize) return { lambda, center: 0, scale: 1 };
      const powers = values.map((value) => method.power(value, lambda));
      if (spreadOf(powers) < BLURRED && spreadOf(values) > 10 * EPSILON) {
        const reason = "its numbers are too close together, too far from 0, for a power to tell them apart";
        throw new DataError(`${where}: column ${column}: ${reason}. Scale them first: standardScaler().`);
      }
      return { lambda, ...standard.learn(standard.see({ values: powers, weights: null })) };
    });
    return {
      lambdas: Float64Array.from(learned, ({ lambda }) => lambda),
      means: Float64Array.from(learned, ({ center }) => center),
      deviations: Float64Array.from(learned, ({ scale }) => scale),
    };
  }

  protected apply(where: string, rows: Columns, { lambdas, means, deviations }: Learned): Values {
    this.#check(where, rows);
    const { power } = methods[this.options.method];
    return mapValues(rows, (value, column) => (power(value, lambdas[column]) - means[column]) / deviations[column]);
  }

  protected namesOf(inputs: readonly string[]): string[] {
    return [...inputs];
  }

  protected save({ lambdas, means, deviations }: Learned): object {
    return { lambdas: Array.from(lambdas), means: Array.from(means), deviations: Array.from(deviations) };
  }

  /** @throws DataError for numbers that Box-Cox has no logarithm of. */
  #check(where: string, { values, columns }: Columns): void {
    if (this.options.method !== "boxCox") return;
    const place = values.findIndex((value: number) => value <= 0);
    if (place < 0) return;
    const at = `row ${Math.floor(place / columns)}, column ${place % columns}`;
    const remedy = 'Use method: "yeoJohnson", which takes any number';
    throw new DataError(`${where}: ${at}: "boxCox" expects numbers above 0, got ${show(values[place])}. ${remedy}.`);
  }
}

/**
 * Each column to a power, lambda, so that it looks most like a normal distribution; then to mean 0 and deviation 1.
 * Yeo-Johnson: ((x + 1)^λ - 1) / λ for x >= 0, -((1 - x)^(2 - λ) - 1) / (2 - λ) below, with logarithms for λ of 0 and
 * 2. Box-Cox: (x^λ - 1) / λ, ln x for λ = 0. λ has the greatest log-likelihood (Brent's method); it is 1 for a constant
 * column. Missing stays NaN. scikit-learn's `PowerTransformer`.
 * @throws OptionError
 */
export function powerTransformer(options: PowerTransformerOptions = {}): PowerTransformer {
  return new PowerTransformer(TYPE, readOptions(TYPE, table, options, arguments));
}
