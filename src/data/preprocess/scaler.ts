/**
 * Scalers: each column shifted and divided by what was learned from data. One class for all kinds, since they differ
 * only in what they learn. After scikit-learn's StandardScaler, MinMaxScaler, RobustScaler and MaxAbsScaler.
 */
import { counted } from "../../base/counted.js";
import { checkArguments, DataError, OptionError, ShapeError } from "../../base/errors.js";
import { type Given, type Kept, optional, readOptions, unchecked } from "../../base/options.js";
import { checkField, checkNumbers, checkSaved, plainCopy, type Saved, savedHead, savedOptions } from "./json.js";
import { inputNames } from "./names.js";
import { type Kind, type ScalerType, type Seen, scalerKind, scalerTypes } from "./scalerKinds.js";
import {
  type Columns,
  type FitColumnsOptions,
  fitColumnsOptions,
  type NumberTable,
  presentValues,
  type Reshaped,
  readNumbers,
  shapeLike,
} from "./table.js";
import type { TransformerConfig } from "./transformer.js";
import { readWeights } from "./weights.js";

/** Options of a scaler's `fit` and `partialFit`. */
const fitOptions = {
  ...fitColumnsOptions,
  /**
   * Weight of each row, for `standardScaler` only. The weights of a Dataset are not taken unless they are given here.
   * @default 1 for each
   */
  sampleWeight: optional(unchecked<ArrayLike<number>>()),
};

/** Options of a scaler's `fit` and `partialFit`. */
export interface FitScalerOptions extends FitColumnsOptions, Given<typeof fitOptions> {}

/** A scaler as JSON: what was learned, not from what. */
export interface ScalerJSON {
  type: ScalerType;
  version: number;
  center: number[];
  scale: number[];
  base: number;
  /** The range that values are kept within, if they are. */
  clip?: [low: number, high: number];
  /** The options; JSON of earlier releases has none. */
  options?: object;
  /** The state from which `partialFit` continues, by column. */
  seen?: number[][];
}

/** The numbers learned from all columns; `seen` is missing in JSON of earlier releases. */
interface Fitted {
  readonly center: Float64Array;
  readonly scale: Float64Array;
  readonly seen: readonly Seen[] | null;
}

/**
 * Numbers by column, learned by `fit`. Made by `standardScaler`, `minMaxScaler`, `robustScaler`, `maxAbsScaler` or
 * `fromJSON`.
 */
export class Scaler {
  readonly #kind: Kind | null;
  readonly #base: number;
  readonly #limits: readonly [low: number, high: number] | null;
  #learned: Fitted | null = null;

  /** Use the factories, or `Scaler.fromJSON`. */
  constructor(
    /** The factory that made it. */
    readonly type: ScalerType,
    kind: Kind | null,
    { base, limits }: Pick<Kind, "base" | "limits">,
  ) {
    this.#kind = kind;
    this.#base = base;
    this.#limits = limits;
  }

  /**
   * A scaler from what `toJSON` returned: it transforms with the same bits, and goes on learning where it was.
   * @throws FormatError for anything else.
   */
  static fromJSON(json: unknown): Scaler {
    checkArguments("Scaler.fromJSON", arguments, 1);
    const where = "Scaler.fromJSON";
    const saved = checkSaved(where, json, scalerTypes);
    const type = saved.type as ScalerType;
    const center = checkNumbers(where, saved, "center");
    const scale = checkNumbers(where, saved, "scale", center.length);
    const base = checkField<number>(where, saved, "base", "a finite number", Number.isFinite);
    if (scale.some((value) => value <= 0)) checkField(where, saved, "scale", "numbers above 0", () => false);
    const limits = saved.clip === undefined ? null : checkNumbers(where, saved, "clip", 2);
    const kind =
      saved.options === undefined ? null : savedOptions(where, saved, (options) => scalerKind(type, options));
    const scaler = new Scaler(type, kind, { base, limits: limits && [limits[0], limits[1]] });
    const seen = kind && saved.seen !== undefined ? readSeen(where, saved, center.length, kind.size) : null;
    scaler.#learned = { center, scale, seen };
    return scaler;
  }

  /** Number subtracted from each column: mean, least value, median or 0. @throws OptionError before `fit`. */
  get center(): Float64Array {
    return this.#fitted().center.slice();
  }

  /** Divisor of each column; 1 for a constant column. @throws OptionError before `fit`. */
  get scale(): Float64Array {
    return this.#fitted().scale.slice();
  }

  /** Type and options as plain data, for `transformerFromConfig`. */
  getConfig(): TransformerConfig {
    return { type: this.type, options: plainCopy(this.#options("getConfig").options) };
  }

  /** Names of the columns that `transform` gives: those of the inputs. @throws ShapeError, OptionError */
  featureNames(inputs?: readonly string[]): string[] {
    checkArguments("featureNames", arguments, 1);
    return inputNames(this.type, inputs, this.#fitted().center.length);
  }

  /**
   * Learns from the rows that are given, and from these alone; what is missing is left out. Give it the training data
   * only. @returns the scaler itself
   * @throws DataError for a column without a number; DataError, ShapeError, OptionError for anything that is not a
   * table.
   */
  fit(table: NumberTable, options: FitScalerOptions = {}): this {
    const where = `${this.type}.fit`;
    this.#learn(where, table, readOptions(where, fitOptions, options, arguments), null);
    return this;
  }

  /**
   * Learns from further rows, in addition to those of `fit` and `partialFit` before: the result is that of `fit` with
   * all of them, but for rounding. `robustScaler` cannot, because a median needs all rows at once. @throws as `fit`.
   */
  partialFit(table: NumberTable, options: FitScalerOptions = {}): this {
    const where = `${this.type}.partialFit`;
    const checked = readOptions(where, fitOptions, options, arguments);
    if (!this.#options("partialFit").add) {
      throw new OptionError(`${where}: ${this.type} needs all rows at once. Call fit with all of them.`);
    }
    const before = this.#learned;
    if (before && !before.seen) throw this.#keeps(where);
    this.#learn(where, table, checked, before?.seen ?? null);
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
  fitTransform<Table extends NumberTable>(table: Table, options: FitScalerOptions = {}): Reshaped<Table> {
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
    const { center, scale, seen } = this.#fitted();
    return {
      ...savedHead(this.type),
      center: Array.from(center),
      scale: Array.from(scale),
      base: this.#base,
      ...(this.#limits && { clip: [...this.#limits] }),
      ...(this.#kind && { options: plainCopy(this.#kind.options) }),
      ...(seen && { seen: seen.map((column) => [...column]) }),
    };
  }

  #fitted(): Fitted {
    if (this.#learned) return this.#learned;
    throw new OptionError(`${this.type}: nothing has been learned yet. Call fit(data) first.`);
  }

  #options(verb: string): Kind {
    if (this.#kind) return this.#kind;
    throw this.#keeps(`${this.type}.${verb}`);
  }

  #keeps(where: string): OptionError {
    const reason = "a scaler from JSON of an earlier release keeps what it learned";
    return new OptionError(`${where}: ${reason}. Make a new one: ${this.type}().`);
  }

  /** Replaces what was learned, once all of it is there. */
  #learn(where: string, table: NumberTable, options: Kept<typeof fitOptions>, before: readonly Seen[] | null): void {
    const kind = this.#options(where.slice(this.type.length + 1));
    const { features = before?.length, sampleWeight } = options;
    const columns = readNumbers(where, table, features);
    if (before && before.length !== columns.columns) {
      throw new ShapeError(`${where}: expected ${counted(before.length, "column")} as before, got ${columns.columns}.`);
    }
    if (sampleWeight !== undefined && !kind.takesWeights) {
      throw new OptionError(`${where}: sampleWeight has no effect on ${this.type}. Leave it out.`);
    }
    const weights = sampleWeight === undefined ? null : readWeights(where, sampleWeight, columns.rows);
    const seen = Array.from({ length: columns.columns }, (_, column): Seen => {
      const present = presentOf(columns, column, weights);
      const own = before?.[column];
      if (present.values.length > 0) return own && kind.add ? kind.add(own, present) : kind.see(present);
      if (own) return own;
      throw new DataError(`${where}: column ${column}: expected at least one number, got none. Drop the column.`);
    });
    const learned = seen.map((own, column) => {
      const found = kind.learn(own);
      if ([...own, found.center, found.scale].every(Number.isFinite)) return found;
      throw new DataError(`${where}: column ${column}: its numbers are too large to be scaled. Divide them first.`);
    });
    this.#learned = {
      center: Float64Array.from(learned, ({ center }) => center),
      scale: Float64Array.from(learned, ({ scale }) => scale),
      seen: kind.add && seen,
    };
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

/** The values of a column that are there and count. */
function presentOf(table: Columns, column: number, weights: Float64Array | null) {
  const values = presentValues(table, column);
  if (!weights) return { values, weights };
  const { values: cells, rows, columns } = table;
  const counts = (row: number) => weights[row] > 0 && !Number.isNaN(cells[row * columns + column]);
  const counted = Array.from({ length: rows }, (_, row) => row).filter(counts);
  return {
    values: Float64Array.from(counted, (row) => cells[row * columns + column]),
    weights: Float64Array.from(counted, (row) => weights[row]),
  };
}

function readSeen(where: string, saved: Saved, columns: number, size: number): Seen[] {
  const isColumn = (value: unknown) => Array.isArray(value) && value.length === size && value.every(Number.isFinite);
  const areColumns = (value: unknown) => Array.isArray(value) && value.length === columns && value.every(isColumn);
  const expected = `${size} finite numbers for each of ${counted(columns, "column")}`;
  return checkField<number[][]>(where, saved, "seen", expected, areColumns).map((column) => [...column]);
}
