/**
 * Scalers: each column shifted and divided by what was learned from data. One class for the three kinds, since they
 * differ only in what they learn. After scikit-learn's StandardScaler, MinMaxScaler and RobustScaler.
 */
import {
  checkArguments,
  checkBoolean,
  checkKeys,
  checkNumber,
  DataError,
  OptionError,
  show,
} from "../../base/errors.js";
import { checkField, checkNumbers, checkSaved, savedHead } from "./json.js";
import {
  type Columns,
  type FitColumnsOptions,
  type NumberTable,
  presentValues,
  quantile,
  type Reshaped,
  readNumbers,
  shapeLike,
} from "./table.js";

/** Options of `standardScaler`. */
export interface StandardScalerOptions {
  /** Subtract the mean. @default true */
  withMean?: boolean;
  /** Divide by the standard deviation. @default true */
  withStd?: boolean;
}

/** Options of `minMaxScaler`. */
export interface MinMaxScalerOptions {
  /** Where the least and the greatest value go. @default [0, 1] */
  range?: readonly [low: number, high: number];
  /** Keep values beyond those that `fit` saw within `range`; `inverseTransform` cannot bring them back. @default false */
  clip?: boolean;
}

/** Options of `robustScaler`. */
export interface RobustScalerOptions {
  /** Subtract the median. @default true */
  withCentering?: boolean;
  /** Divide by the distance of the quantiles. @default true */
  withScaling?: boolean;
  /** The two quantiles, in percent. @default [25, 75] */
  quantileRange?: readonly [low: number, high: number];
}

/** A scaler as JSON: what was learned, not from what. */
export interface ScalerJSON {
  type: ScalerType;
  version: number;
  center: number[];
  scale: number[];
  base: number;
  /** The range that values are kept within, if they are. */
  clip?: [low: number, high: number];
}

const scalerTypes = ["standardScaler", "minMaxScaler", "robustScaler"] as const;
type ScalerType = (typeof scalerTypes)[number];

/** What is learned of one column: x becomes (x - center) / scale + base, within limits if there are any. */
interface Learned {
  center: number;
  scale: number;
}

type Limits = readonly [low: number, high: number];

/** Learns from the values of a column that are there; at least one is. */
type Learn = (values: Float64Array) => Learned;

const EPSILON = 2.220446049250313e-16;

/** Numbers by column, learned by `fit`. Made by `standardScaler`, `minMaxScaler`, `robustScaler` or `fromJSON`. */
export class Scaler {
  readonly #learn: Learn | null;
  readonly #base: number;
  readonly #limits: Limits | null;
  #center: Float64Array | null = null;
  #scale: Float64Array | null = null;

  /** Use the factories, or `Scaler.fromJSON`. */
  constructor(
    /** Which of the factories made it. */
    readonly type: ScalerType,
    learn: Learn | null,
    base = 0,
    limits: Limits | null = null,
  ) {
    this.#learn = learn;
    this.#base = base;
    this.#limits = limits;
  }

  /**
   * A scaler from what `toJSON` returned: it transforms at once, with the same bits, but does not learn anew.
   * @throws FormatError for anything else.
   */
  static fromJSON(json: unknown): Scaler {
    checkArguments("Scaler.fromJSON", arguments, 1);
    const where = "Scaler.fromJSON";
    const saved = checkSaved(where, json, scalerTypes);
    const center = checkNumbers(where, saved, "center");
    const scale = checkNumbers(where, saved, "scale", center.length);
    const base = checkField<number>(where, saved, "base", "a finite number", Number.isFinite);
    if (scale.some((value) => value <= 0)) checkField(where, saved, "scale", "numbers above 0", () => false);
    const limits = saved.clip === undefined ? null : checkNumbers(where, saved, "clip", 2);
    const scaler = new Scaler(saved.type as ScalerType, null, base, limits && [limits[0], limits[1]]);
    [scaler.#center, scaler.#scale] = [center, scale];
    return scaler;
  }

  /** What is subtracted from each column: mean, least value or median. @throws OptionError before `fit`. */
  get center(): Float64Array {
    return this.#fitted().center.slice();
  }

  /** By what each column is divided; 1 for a column that is constant. @throws OptionError before `fit`. */
  get scale(): Float64Array {
    return this.#fitted().scale.slice();
  }

  /**
   * Learns from the rows that are given, and from these alone; what is missing is left out. Give it the training data
   * only. @returns the scaler itself
   * @throws DataError for a column without a number; DataError, ShapeError, OptionError for what is no table.
   */
  fit(table: NumberTable, options: FitColumnsOptions = {}): this {
    const where = `${this.type}.fit`;
    checkKeys(where, options, ["features"], arguments);
    if (this.#learn === null) {
      throw new OptionError(`${where}: a scaler from JSON keeps what it learned. Make a new one: ${this.type}().`);
    }
    const columns = readNumbers(where, table, options.features);
    const learned = this.#learnAll(where, columns, this.#learn);
    this.#center = Float64Array.from(learned, ({ center }) => center);
    this.#scale = Float64Array.from(learned, ({ scale }) => scale);
    return this;
  }

  /** Scales rows: a Dataset gives a Dataset, rows give rows, a typed array a Float32Array. Missing stays NaN. */
  transform<Table extends NumberTable>(table: Table): Reshaped<Table> {
    checkArguments("transform", arguments, 1);
    const { center, scale } = this.#fitted();
    const [base, [low, high]] = [this.#base, this.#limits ?? [-Infinity, Infinity]];
    return this.#map("transform", table, (value, column) => {
      return Math.min(Math.max((value - center[column]) / scale[column] + base, low), high);
    });
  }

  /** `fit`, then `transform` of the same rows. */
  fitTransform<Table extends NumberTable>(table: Table, options: FitColumnsOptions = {}): Reshaped<Table> {
    checkArguments("fitTransform", arguments, 2);
    return this.fit(table, options).transform(table);
  }

  /** Undoes `transform`. */
  inverseTransform<Table extends NumberTable>(table: Table): Reshaped<Table> {
    checkArguments("inverseTransform", arguments, 1);
    const { center, scale } = this.#fitted();
    const base = this.#base;
    return this.#map("inverseTransform", table, (value, column) => (value - base) * scale[column] + center[column]);
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): ScalerJSON {
    const { center, scale } = this.#fitted();
    return {
      ...savedHead(this.type),
      center: Array.from(center),
      scale: Array.from(scale),
      base: this.#base,
      ...(this.#limits && { clip: [...this.#limits] }),
    };
  }

  #fitted(): { center: Float64Array; scale: Float64Array } {
    if (this.#center && this.#scale) return { center: this.#center, scale: this.#scale };
    throw new OptionError(`${this.type}: nothing has been learned yet. Call fit(data) first.`);
  }

  #learnAll(where: string, columns: Columns, learn: Learn): Learned[] {
    return Array.from({ length: columns.columns }, (_, column) => {
      const values = presentValues(columns, column);
      if (values.length > 0) return learn(values);
      throw new DataError(`${where}: column ${column}: expected at least one number, got none. Drop the column.`);
    });
  }

  #map<Table extends NumberTable>(
    verb: string,
    table: Table,
    formula: (value: number, column: number) => number,
  ): Reshaped<Table> {
    const { values, columns } = readNumbers(`${this.type}.${verb}`, table, this.#fitted().center.length);
    const mapped = new Float64Array(values.length);
    for (let i = 0; i < mapped.length; i++) mapped[i] = formula(values[i], i % columns);
    return shapeLike(table, mapped, columns);
  }
}

/** A spread that is nothing but rounding counts as constant: such a column is only shifted. */
function orOne(spread: number): number {
  return spread < 10 * EPSILON ? 1 : spread;
}

/** Mean, and the standard deviation of the population (ddof 0); 1 where the variance is within rounding of 0. */
function meanAndDeviation(values: Float64Array): Learned {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const center = sum / n;
  let squares = 0;
  for (const value of values) squares += (value - center) * (value - center);
  const variance = squares / n;
  const error = n * center * EPSILON;
  const isConstant = variance <= n * EPSILON * variance + error * error;
  return { center, scale: isConstant ? 1 : Math.sqrt(variance) };
}

/**
 * (x - mean) / standard deviation, by column; the deviation of the population (ddof 0), 1 for a constant column.
 * scikit-learn's `StandardScaler`.
 * @throws OptionError
 */
export function standardScaler(options: StandardScalerOptions = {}): Scaler {
  checkKeys("standardScaler", options, ["withMean", "withStd"], arguments);
  const withMean = checkBoolean("standardScaler: withMean", options.withMean ?? true);
  const withStd = checkBoolean("standardScaler: withStd", options.withStd ?? true);
  return new Scaler("standardScaler", (values) => {
    const { center, scale } = meanAndDeviation(values);
    return { center: withMean ? center : 0, scale: withStd ? scale : 1 };
  });
}

function checkPair(where: string, pair: unknown, low: number, high: number): [low: number, high: number] {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new OptionError(`${where}: expected [low, high], got ${show(pair)}.`);
  }
  checkNumber(`${where}: low`, pair[0], { min: low, max: high });
  checkNumber(`${where}: high`, pair[1], { above: pair[0], max: high });
  return [pair[0], pair[1]];
}

/**
 * (x - least) / (greatest - least), by column, stretched to `range`, and kept within it with `clip`; a constant column
 * becomes the low end.
 * scikit-learn's `MinMaxScaler`.
 * @throws OptionError
 */
export function minMaxScaler(options: MinMaxScalerOptions = {}): Scaler {
  checkKeys("minMaxScaler", options, ["range", "clip"], arguments);
  const [low, high] = checkPair("minMaxScaler: range", options.range ?? [0, 1], -1e30, 1e30);
  const clip = checkBoolean("minMaxScaler: clip", options.clip ?? false);
  const learn: Learn = (values) => {
    const center = values.reduce((least, value) => Math.min(least, value));
    const greatest = values.reduce((most, value) => Math.max(most, value));
    return { center, scale: orOne(greatest - center) / (high - low) };
  };
  return new Scaler("minMaxScaler", learn, low, clip ? [low, high] : null);
}

/**
 * (x - median) / (upper quantile - lower quantile), by column: far outliers change it little. A column whose quantiles
 * are equal is divided by 1. scikit-learn's `RobustScaler`.
 * @throws OptionError
 */
export function robustScaler(options: RobustScalerOptions = {}): Scaler {
  checkKeys("robustScaler", options, ["withCentering", "withScaling", "quantileRange"], arguments);
  const withCentering = checkBoolean("robustScaler: withCentering", options.withCentering ?? true);
  const withScaling = checkBoolean("robustScaler: withScaling", options.withScaling ?? true);
  const [low, high] = checkPair("robustScaler: quantileRange", options.quantileRange ?? [25, 75], 0, 100);
  return new Scaler("robustScaler", (values) => {
    const sorted = values.slice().sort();
    const spread = quantile(sorted, high / 100) - quantile(sorted, low / 100);
    return { center: withCentering ? quantile(sorted, 0.5) : 0, scale: withScaling ? orOne(spread) : 1 };
  });
}
