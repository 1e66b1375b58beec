/** Columns to an even or a normal distribution, by their ranks. After scikit-learn's QuantileTransformer. */
import { counted } from "../../base/counted.js";
import { checkArguments, DataError } from "../../base/errors.js";
import { type Given, type Kept, number, oneOf, readOptions } from "../../base/options.js";
import { checkField } from "./json.js";
import { normalQuantile, normalShare } from "./normal.js";
import { mapValues, NumberTransformer, readSaved, type Values } from "./numberTransformer.js";
import { sample, subsampleOption } from "./sample.js";
import { type Columns, type NumberTable, percentile, presentValues, type Reshaped } from "./table.js";

const TYPE = "quantileTransformer";
/** This near to the ends of the uniform distribution counts as the end; the normal one is cut off there. */
const BOUND = 1e-7;
const EPSILON = 2.220446049250313e-16;

const table = {
  /** Quantiles to learn of each column; no more than there are rows. @default 1000 */
  nQuantiles: number({ min: 1, max: 1e6, integer: true }, 1000),
  /** From 0 to 1, or mean 0 and deviation 1. @default "uniform" */
  outputDistribution: oneOf(["uniform", "normal"], "uniform"),
  /** Learn from at most this many rows of a column, drawn by `seed`; `null` for all. @default 10000 */
  subsample: subsampleOption(10000),
  /** The same seed draws the same rows. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
};

/** Options of `quantileTransformer`. */
export interface QuantileTransformerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

interface Learned {
  /** Rising, as many for each column. */
  readonly quantiles: readonly Float64Array[];
}

/** Quantiles by column, learned by `fit`. Made by `quantileTransformer` or `fromJSON`. */
export class QuantileTransformer extends NumberTransformer<Options, Learned> {
  /** A transformer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): QuantileTransformer {
    checkArguments("QuantileTransformer.fromJSON", arguments, 1);
    const where = "QuantileTransformer.fromJSON";
    const read = (options: object) => readOptions(TYPE, table, options);
    const { saved, options, columns } = readSaved(where, json, TYPE, read);
    const isRising = (list: unknown) =>
      Array.isArray(list) &&
      list.length > 0 &&
      list.length <= options.nQuantiles &&
      list.every((value, i) => Number.isFinite(value) && (i === 0 || value >= list[i - 1]));
    const areLists = (lists: unknown) =>
      Array.isArray(lists) &&
      lists.length === columns &&
      lists.every((list) => isRising(list) && list.length === lists[0].length);
    const expected = `rising numbers for each of ${counted(columns, "column")}, as many for each`;
    const quantiles = checkField<number[][]>(where, saved, "quantiles", expected, areLists);
    return new QuantileTransformer(TYPE, options).restore(columns, {
      quantiles: quantiles.map((list) => Float64Array.from(list)),
    });
  }

  /** The quantiles of each column: [columns][quantiles]. @throws OptionError before `fit`. */
  get quantiles(): Float64Array[] {
    return this.fitted().learned.quantiles.map((list) => list.slice());
  }

  /** Undoes `transform`, as far as values lie within those of `fit`. */
  inverseTransform<Table extends NumberTable>(rows: Table): Reshaped<Table> {
    checkArguments("inverseTransform", arguments, 1);
    const { columns, learned } = this.fitted();
    const shares = sharesOf(learned.quantiles[0].length);
    const isNormal = this.options.outputDistribution === "normal";
    const margin = isNormal ? BOUND : 0;
    return this.invert(rows, columns, (_, own) =>
      mapValues(own, (value, column) => {
        const quantiles = learned.quantiles[column];
        const share = isNormal ? normalShare(value) : value;
        if (isBelow(share, 0, margin)) return quantiles[0];
        if (isBelow(-share, -1, margin)) return quantiles[quantiles.length - 1];
        return interpolate(share, shares, quantiles);
      }),
    );
  }

  protected learn(where: string, rows: Columns): Learned {
    const { nQuantiles, subsample, seed } = this.options;
    const count = Math.min(nQuantiles, rows.rows);
    const shares = sharesOf(count);
    const quantiles = Array.from({ length: rows.columns }, (_, column) => {
      const present = presentValues(rows, column);
      if (present.length === 0) {
        throw new DataError(`${where}: column ${column}: expected at least one number, got none. Drop the column.`);
      }
      const sorted = sample(present, subsample, seed, column).slice().sort();
      const own = shares.map((share) => percentile(sorted, share * 100));
      // Interpolation may round down.
      for (let i = 1; i < own.length; i++) own[i] = Math.max(own[i], own[i - 1]);
      return own;
    });
    return { quantiles };
  }

  protected apply(_: string, rows: Columns, { quantiles }: Learned): Values {
    const shares = sharesOf(quantiles[0].length);
    const negatives = shares.map((_, i) => -shares[shares.length - 1 - i]);
    const mirrored = quantiles.map((own) => own.map((_, i) => -own[own.length - 1 - i]));
    const isNormal = this.options.outputDistribution === "normal";
    const margin = isNormal ? BOUND : 0;
    const [low, high] = [normalQuantile(BOUND - EPSILON), normalQuantile(1 - (BOUND - EPSILON))];
    return mapValues(rows, (value, column) => {
      const own = quantiles[column];
      // From both sides: of values that are equal to several quantiles, the middle.
      let share = (interpolate(value, own, shares) - interpolate(-value, mirrored[column], negatives)) / 2;
      if (isBelow(-value, -own[own.length - 1], margin)) share = 1;
      if (isBelow(value, own[0], margin)) share = 0;
      return isNormal ? Math.min(Math.max(normalQuantile(share), low), high) : share;
    });
  }

  protected namesOf(inputs: readonly string[]): string[] {
    return [...inputs];
  }

  protected save({ quantiles }: Learned): object {
    return { quantiles: quantiles.map((own) => Array.from(own)) };
  }
}

/** True at the bound, or for a margin within it, and for what is beyond. */
function isBelow(value: number, bound: number, margin: number): boolean {
  return margin > 0 ? value - margin < bound : value === bound;
}

/** 0 to 1 in equal steps. */
function sharesOf(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (count === 1 ? 0 : i / (count - 1)));
}

/**
 * The value at x of the line through points in rising order of their places; beyond the ends that of the end (NumPy's
 * `interp`).
 */
function interpolate(x: number, places: Float64Array, values: Float64Array): number {
  const last = places.length - 1;
  if (Number.isNaN(x)) return x;
  if (x >= places[last]) return values[last];
  if (x < places[0]) return values[0];
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (places[middle] <= x) low = middle;
    else high = middle;
  }
  const slope = (values[low + 1] - values[low]) / (places[low + 1] - places[low]);
  return slope * (x - places[low]) + values[low];
}

/**
 * Each column to an even distribution from 0 to 1, or to a normal one, by the share of the values of `fit` below a
 * value: far outliers come near. Values between two quantiles are interpolated, those beyond all become the end.
 * Missing stays NaN. scikit-learn's `QuantileTransformer`, whose draws of `subsample` are others.
 * @throws OptionError
 */
export function quantileTransformer(options: QuantileTransformerOptions = {}): QuantileTransformer {
  return new QuantileTransformer(TYPE, readOptions(TYPE, table, options, arguments));
}
