/** Numbers to bins. After scikit-learn's KBinsDiscretizer. */
import { counted } from "../../base/counted.js";
import { checkArguments, checkNumber, DataError, OptionError, ShapeError, show } from "../../base/errors.js";
import { type Given, type Kept, number, oneOf, readOptions, via } from "../../base/options.js";
import { checkField } from "./json.js";
import { kMeans } from "./kMeans.js";
import { mapValues, NumberTransformer, readSaved, type Values } from "./numberTransformer.js";
import { sample, subsampleOption } from "./sample.js";
import { type Columns, type NumberTable, percentile, presentValues, type Reshaped, refuseMissing } from "./table.js";

const TYPE = "kBinsDiscretizer";
/** Bins that are not wider than this are joined with the one before, as in scikit-learn. */
const NARROWEST = 1e-8;
const BINS = { min: 2, max: 2 ** 20, integer: true };

type Bins = number | readonly number[];

const table = {
  /** Number of bins, of all columns or of each. @default 5 */
  nBins: via<Bins, Bins>((where, bins) => {
    if (typeof bins === "number") return checkNumber(where, bins, BINS);
    if (!Array.isArray(bins) || bins.length === 0) {
      throw new OptionError(`${where}: expected a number of bins, or one for each column, got ${show(bins)}.`);
    }
    return Array.from(bins, (own, column) => checkNumber(`${where}: column ${column}`, own, BINS));
  }, 5),
  /** A column of 0 and 1 for each bin, or the number of the bin. @default "onehot" */
  encode: oneOf(["onehot", "ordinal"], "onehot"),
  /** Bins with as many values each, of the same width, or around the centres of k-means. @default "quantile" */
  strategy: oneOf(["quantile", "uniform", "kmeans"], "quantile"),
  /**
   * Edges of quantiles: a value or the middle of two (`averagedInvertedCdf`, the default of scikit-learn from 1.9 on), a
   * value (`invertedCdf`), or a point between two (`linear`, its default before). @default "averagedInvertedCdf"
   */
  quantileMethod: oneOf(["averagedInvertedCdf", "invertedCdf", "linear"], "averagedInvertedCdf"),
  /** Learn quantiles from at most this many rows, drawn by `seed`; `null` for all. @default 200000 */
  subsample: subsampleOption(200000),
  /** The same seed draws the same rows. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
};

/** Options of `kBinsDiscretizer`. */
export interface KBinsDiscretizerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

interface Learned {
  /**
   * Rising: bin i of a column is from edge i to edge i + 1. Of a constant column both edges of its only bin are its
   * value.
   */
  readonly edges: readonly Float64Array[];
}

/** `count` + 1 numbers from low to high in equal steps (NumPy's `linspace`). */
function evenEdges(low: number, high: number, count: number): Float64Array {
  const step = (high - low) / count;
  return Float64Array.from({ length: count + 1 }, (_, i) => (i === count ? high : i * step + low));
}

/** The value that a share of the sorted numbers do not exceed (NumPy's methods without interpolation). */
function stepQuantile(sorted: Float64Array, percent: number, isAveraged: boolean): number {
  const place = sorted.length * (percent / 100) - 1;
  const below = Math.floor(place);
  const [low, high] = [below, below + 1].map((at) => sorted[Math.min(Math.max(at, 0), sorted.length - 1)]);
  if (place > below) return high;
  return isAveraged ? high - (high - low) * 0.5 : low;
}

function edgesOf(values: Float64Array, count: number, { strategy, quantileMethod }: Options): Float64Array {
  const sorted = values.slice().sort();
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  if (low === high) return Float64Array.of(low, high);
  const even = evenEdges(low, high, count);
  if (strategy === "uniform") return even;
  const own =
    strategy === "quantile"
      ? evenEdges(0, 100, count).map((percent) =>
          quantileMethod === "linear"
            ? percentile(sorted, percent)
            : stepQuantile(sorted, percent, quantileMethod === "averagedInvertedCdf"),
        )
      : around(values, even);
  return own.filter((edge, i) => i === 0 || edge - own[i - 1] > NARROWEST);
}

/** Edges half way between the centres of k-means, which begins in the middle of even bins. */
function around(values: Float64Array, even: Float64Array): Float64Array {
  const middles = even.subarray(1).map((edge, i) => (edge + even[i]) / 2);
  const centers = kMeans(values, middles).sort();
  const between = centers.subarray(1).map((center, i) => (center + centers[i]) / 2);
  return Float64Array.of(even[0], ...between, even[even.length - 1]);
}

/** The bin of a value: that whose lower edge it reaches last; those beyond the ends belong to the end. */
function binOf(value: number, edges: Float64Array): number {
  let bin = 0;
  let above = edges.length - 1;
  while (above - bin > 1) {
    const middle = (bin + above) >> 1;
    if (value >= edges[middle]) bin = middle;
    else above = middle;
  }
  return bin;
}

/** Bins by column, learned by `fit`. Made by `kBinsDiscretizer` or `fromJSON`. */
export class KBinsDiscretizer extends NumberTransformer<Options, Learned> {
  /** A discretizer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): KBinsDiscretizer {
    checkArguments("KBinsDiscretizer.fromJSON", arguments, 1);
    const where = "KBinsDiscretizer.fromJSON";
    const read = (options: object) => readOptions(TYPE, table, options);
    const { saved, options, columns } = readSaved(where, json, TYPE, read);
    const isRising = (list: unknown) =>
      Array.isArray(list) &&
      list.length >= 2 &&
      list.every((edge, i) => Number.isFinite(edge) && (i === 0 || list.length === 2 || edge > list[i - 1])) &&
      list[0] <= list[list.length - 1];
    const areLists = (lists: unknown) => Array.isArray(lists) && lists.length === columns && lists.every(isRising);
    const edges = checkField<number[][]>(
      where,
      saved,
      "edges",
      `rising edges for each of ${counted(columns, "column")}`,
      areLists,
    );
    return new KBinsDiscretizer(TYPE, options).restore(columns, {
      edges: edges.map((list) => Float64Array.from(list)),
    });
  }

  /** The edges of the bins of each column, rising. @throws OptionError before `fit`. */
  get binEdges(): Float64Array[] {
    return this.fitted().learned.edges.map((edges) => edges.slice());
  }

  /** The middle of the bin of each value: of the number of a bin, or the greatest of the columns of its bins. */
  inverseTransform<Table extends NumberTable>(rows: Table): Reshaped<Table> {
    checkArguments("inverseTransform", arguments, 1);
    const { edges } = this.fitted().learned;
    const isOneHot = this.options.encode === "onehot";
    const counts = edges.map((own) => own.length - 1);
    const width = isOneHot ? counts.reduce((sum, count) => sum + count, 0) : edges.length;
    return this.invert(rows, width, (where, own) => {
      refuseMissing(where, own);
      const bins = isOneHot ? greatestOf(own, counts) : mapValues(own, (value) => value);
      return mapValues({ ...bins, rows: own.rows }, (bin, column, place) => {
        if (Number.isInteger(bin) && bin >= 0 && bin < counts[column]) {
          return (edges[column][bin] + edges[column][bin + 1]) / 2;
        }
        const at = `row ${(place - column) / edges.length}, column ${column}`;
        throw new DataError(`${where}: ${at}: expected a bin from 0 to ${counts[column] - 1}, got ${bin}.`);
      });
    });
  }

  protected learn(where: string, rows: Columns): Learned {
    refuseMissing(where, rows);
    const { nBins, strategy, subsample, seed } = this.options;
    if (typeof nBins !== "number" && nBins.length !== rows.columns) {
      throw new ShapeError(
        `${where}: expected ${counted(nBins.length, "column")}, as many as nBins has, got ${rows.columns}.`,
      );
    }
    const edges = Array.from({ length: rows.columns }, (_, column) => {
      const values = presentValues(rows, column);
      const some = strategy === "quantile" ? sample(values, subsample, seed, column) : values;
      return edgesOf(some, typeof nBins === "number" ? nBins : nBins[column], this.options);
    });
    return { edges };
  }

  protected apply(where: string, rows: Columns, { edges }: Learned): Values {
    refuseMissing(where, rows);
    const bins = mapValues(rows, (value, column) => binOf(value, edges[column]));
    if (this.options.encode === "ordinal") return bins;
    const width = edges.reduce((sum, own) => sum + own.length - 1, 0);
    const values = new Float64Array(rows.rows * width);
    for (let row = 0, at = 0, begin = 0; row < rows.rows; row++) {
      for (const own of edges) {
        values[begin + bins.values[at++]] = 1;
        begin += own.length - 1;
      }
    }
    return { values, columns: width };
  }

  protected namesOf(inputs: readonly string[], { edges }: Learned): string[] {
    if (this.options.encode === "ordinal") return [...inputs];
    return edges.flatMap((own, column) =>
      Array.from({ length: own.length - 1 }, (_, bin) => `${inputs[column]}_${bin}`),
    );
  }

  protected save({ edges }: Learned): object {
    return { edges: edges.map((own) => Array.from(own)) };
  }
}

/** The place of the greatest of each group of columns. */
function greatestOf({ values, rows, columns }: Columns, counts: readonly number[]): Values {
  const places = new Float64Array(rows * counts.length);
  for (let row = 0; row < rows; row++) {
    let begin = row * columns;
    counts.forEach((count, column) => {
      let best = 0;
      for (let bin = 1; bin < count; bin++) if (values[begin + bin] > values[begin + best]) best = bin;
      places[row * counts.length + column] = best;
      begin += count;
    });
  }
  return { values: places, columns: counts.length };
}

/**
 * Each column cut into bins: with as many values each (`"quantile"`), of the same width (`"uniform"`), or around
 * centres (`"kmeans"`). Values beyond those of `fit` belong to the first or last bin; a constant column has one bin.
 * scikit-learn's `KBinsDiscretizer`.
 * @throws OptionError
 */
export function kBinsDiscretizer(options: KBinsDiscretizerOptions = {}): KBinsDiscretizer {
  return new KBinsDiscretizer(TYPE, readOptions(TYPE, table, options, arguments));
}
