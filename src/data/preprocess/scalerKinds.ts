/**
 * The kinds of scalers: what each learns of a column, and how a later portion of rows changes it. Knows columns of
 * numbers, not tables.
 */

import { columnMeans, columnVariances } from "../../base/columnStats.js";
import { checkNumber, OptionError, show } from "../../base/errors.js";
import { flag, type Given, type OptionTable, readOptions, via } from "../../base/options.js";
import { quantile } from "./table.js";

type Range = readonly [low: number, high: number];

/** Two numbers in rising order. @throws OptionError */
// @__NO_SIDE_EFFECTS__
function rangeWithin(least: number, most: number) {
  return (where: string, pair: unknown): Range => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new OptionError(`${where}: expected [low, high], got ${show(pair)}.`);
    }
    checkNumber(`${where}: low`, pair[0], { min: least, max: most });
    checkNumber(`${where}: high`, pair[1], { above: pair[0], max: most });
    return [pair[0], pair[1]];
  };
}

const standardOptions = {
  /** Subtract the mean. @default true */
  withMean: flag(true),
  /** Divide by the standard deviation. @default true */
  withStd: flag(true),
};

const minMaxOptions = {
  /** The new least and greatest value. @default [0, 1] */
  range: via<Range, Range>(rangeWithin(-1e30, 1e30), [0, 1]),
  /**
   * Keep values beyond those that `fit` saw within `range`; `inverseTransform` cannot bring them back. @default false
   */
  clip: flag(false),
};

const robustOptions = {
  /** Subtract the median. @default true */
  withCentering: flag(true),
  /** Divide by the distance of the quantiles. @default true */
  withScaling: flag(true),
  /** The two quantiles, in percent. @default [25, 75] */
  quantileRange: via<Range, Range>(rangeWithin(0, 100), [25, 75]),
};

/** Options of `standardScaler`. */
export interface StandardScalerOptions extends Given<typeof standardOptions> {}

/** Options of `minMaxScaler`. */
export interface MinMaxScalerOptions extends Given<typeof minMaxOptions> {}

/** Options of `robustScaler`. */
export interface RobustScalerOptions extends Given<typeof robustOptions> {}

export const scalerTypes = ["standardScaler", "minMaxScaler", "robustScaler", "maxAbsScaler"] as const;
export type ScalerType = (typeof scalerTypes)[number];

/** The scaling of a column: x becomes (x - center) / scale + base. */
export interface Learned {
  readonly center: number;
  readonly scale: number;
}

/** Summary of a column so far: a few numbers, as many for every column of a kind. */
export type Seen = readonly number[];

/** The present values of a column (at least one), and their weights if they have some. */
export interface Present {
  readonly values: Float64Array;
  readonly weights: Float64Array | null;
}

/** The learning of a scaler, with its options. */
export interface Kind {
  /** The options, all of them. */
  readonly options: object;
  /** The value that center becomes. */
  readonly base: number;
  /** The range that values are kept within, if they are. */
  readonly limits: Range | null;
  readonly takesWeights: boolean;
  /** Numbers in `Seen`. */
  readonly size: number;
  see(present: Present): Seen;
  /** The summary with more rows added; `null` if it needs all rows at once. */
  readonly add: ((seen: Seen, present: Present) => Seen) | null;
  learn(seen: Seen): Learned;
}

const EPSILON = 2.220446049250313e-16;

/** A spread that is nothing but rounding counts as constant: such a column is only shifted. */
function orOne(spread: number): number {
  return spread < 10 * EPSILON ? 1 : spread;
}

/** [count, mean, variance of the population (ddof 0)]. */
function moments({ values, weights }: Present): Seen {
  if (!weights) {
    const means = columnMeans(values, 1);
    return [values.length, means[0], columnVariances(values, means)[0]];
  }
  const sum = (of: (value: number) => number) => values.reduce((total, value, i) => total + weights[i] * of(value), 0);
  const count = sum(() => 1);
  const mean = sum((value) => value) / count;
  return [count, mean, sum((value) => (value - mean) * (value - mean)) / count];
}

/** Moments of two portions together (Chan, Golub and LeVeque 1983). */
function joinMoments([n, mean, variance]: Seen, [m, otherMean, otherVariance]: Seen): Seen {
  const count = n + m;
  const distance = otherMean - mean;
  const squares = n * variance + m * otherVariance + (distance * distance * n * m) / count;
  return [count, (n * mean + m * otherMean) / count, squares / count];
}

const makers = {
  standardScaler: (options: object) => {
    const { withMean, withStd } = options as Required<StandardScalerOptions>;
    return {
      takesWeights: true,
      size: 3,
      see: moments,
      add: (seen, present) => joinMoments(seen, moments(present)),
      learn: ([count, mean, variance]) => {
        const error = count * mean * EPSILON;
        // The variance is within rounding of 0.
        const isConstant = variance <= count * EPSILON * variance + error * error;
        return { center: withMean ? mean : 0, scale: !withStd || isConstant ? 1 : Math.sqrt(variance) };
      },
    };
  },
  minMaxScaler: (options: object) => {
    const { range, clip } = options as Required<MinMaxScalerOptions>;
    const see = ({ values }: Present): Seen => [
      values.reduce((least, value) => Math.min(least, value)),
      values.reduce((most, value) => Math.max(most, value)),
    ];
    return {
      base: range[0],
      limits: clip ? range : null,
      size: 2,
      see,
      add: ([least, most], present) => {
        const [low, high] = see(present);
        return [Math.min(least, low), Math.max(most, high)];
      },
      learn: ([least, most]) => ({ center: least, scale: orOne(most - least) / (range[1] - range[0]) }),
    };
  },
  robustScaler: (options: object) => {
    const { withCentering, withScaling, quantileRange } = options as Required<RobustScalerOptions>;
    return {
      size: 2,
      see: ({ values }) => {
        const sorted = values.slice().sort();
        const [low, high] = quantileRange.map((percent) => quantile(sorted, percent / 100));
        return [quantile(sorted, 0.5), high - low];
      },
      learn: ([median, spread]) => ({
        center: withCentering ? median : 0,
        scale: withScaling ? orOne(spread) : 1,
      }),
    };
  },
  maxAbsScaler: () => {
    const see = ({ values }: Present): Seen => [values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)];
    return {
      size: 1,
      see,
      add: ([most], present) => [Math.max(most, see(present)[0])],
      learn: ([most]) => ({ center: 0, scale: orOne(most) }),
    };
  },
} satisfies Record<ScalerType, (options: object) => Partial<Kind> & Pick<Kind, "size" | "see" | "learn">>;

const tables: Readonly<Record<ScalerType, OptionTable>> = {
  standardScaler: standardOptions,
  minMaxScaler: minMaxOptions,
  robustScaler: robustOptions,
  maxAbsScaler: {},
};

/** A kind of scaler with its options. @throws OptionError */
export function scalerKind(type: ScalerType, given: object, args?: ArrayLike<unknown>): Kind {
  const options = readOptions(type, tables[type], given, args);
  return { base: 0, limits: null, takesWeights: false, add: null, options, ...makers[type](options) };
}
