/** Fills in what is missing from the rows that are nearest. After scikit-learn's KNNImputer. */

import { columnMeans } from "../../base/columnStats.js";
import { counted } from "../../base/counted.js";
import { checkArguments, DataError } from "../../base/errors.js";
import { flag, type Given, type Kept, number, oneOf, readOptions } from "../../base/options.js";
import { distinctNames } from "../distinctNames.js";
import { checkField } from "./json.js";
import { NumberTransformer, readSaved, type Values } from "./numberTransformer.js";
import { type Columns, presentValues } from "./table.js";

const TYPE = "knnImputer";

const table = {
  /** Rows to take the mean of. @default 5 */
  nNeighbors: number({ min: 1, max: 2 ** 31, integer: true }, 5),
  /** Rows count all the same, or by the inverse of their distance. @default "uniform" */
  weights: oneOf(["uniform", "distance"], "uniform"),
  /** Append a column of 0 and 1 for each column in which `fit` met something missing. @default false */
  addIndicator: flag(false),
};

/** Options of `knnImputer`. */
export interface KnnImputerOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

interface Learned {
  readonly donors: Columns;
  /** The mean of each column, for rows that share no column with any other. */
  readonly means: Float64Array;
  /** Columns that have an indicator. */
  readonly indicated: readonly number[];
}

/** A row that has what another lacks. */
interface Donor {
  readonly distance: number;
  readonly value: number;
}

function learnedOf(donors: Columns, { addIndicator }: Options): Learned {
  const { rows, columns } = donors;
  const present = Array.from({ length: columns }, (_, column) => presentValues(donors, column));
  const means = present.map((own) => columnMeans(own, 1)[0]);
  const indicated = present.flatMap((own, column) => (addIndicator && own.length < rows ? [column] : []));
  return { donors, means: Float64Array.from(means), indicated };
}

/**
 * The root of the squares of the differences in columns that both have, as if all columns were there; NaN where both
 * have none.
 */
function distanceOf(a: Columns, row: number, b: Columns, other: number): number {
  const { columns } = a;
  let squares = 0;
  let shared = 0;
  for (let column = 0; column < columns; column++) {
    const difference = a.values[row * columns + column] - b.values[other * columns + column];
    if (Number.isNaN(difference)) continue;
    squares += difference * difference;
    shared++;
  }
  return shared === 0 ? Number.NaN : Math.sqrt((columns / shared) * squares);
}

function meanOf(nearest: readonly Donor[], weights: Options["weights"]): number {
  const same = weights === "distance" ? nearest.filter(({ distance }) => distance === 0) : nearest;
  const counted = same.length > 0 ? same : nearest;
  const weightOf = ({ distance }: Donor) => (same.length > 0 ? 1 : 1 / distance);
  const total = counted.reduce((sum, donor) => sum + weightOf(donor), 0);
  return counted.reduce((sum, donor) => sum + weightOf(donor) * donor.value, 0) / total;
}

/** Rows of `fit`, among which neighbours are looked for. Made by `knnImputer` or `fromJSON`. */
export class KnnImputer extends NumberTransformer<Options, Learned> {
  /** An imputer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): KnnImputer {
    checkArguments("KnnImputer.fromJSON", arguments, 1);
    const where = "KnnImputer.fromJSON";
    const read = (options: object) => readOptions(TYPE, table, options);
    const { saved, options, columns } = readSaved(where, json, TYPE, read);
    const isCell = (cell: unknown) => cell === null || Number.isFinite(cell);
    const isRow = (row: unknown) => Array.isArray(row) && row.length === columns && row.every(isCell);
    const hasAll = (rows: unknown[][]) => rows[0].every((_, column) => rows.some((row) => row[column] !== null));
    const areRows = (rows: unknown) => Array.isArray(rows) && rows.length > 0 && rows.every(isRow) && hasAll(rows);
    const expected = `rows of ${counted(columns, "cell")}, and a number in each column`;
    const rows = checkField<(number | null)[][]>(where, saved, "rows", expected, areRows);
    const values = Float64Array.from(rows.flat(), (cell) => cell ?? Number.NaN);
    const learned = learnedOf({ values, rows: rows.length, columns }, options);
    return new KnnImputer(TYPE, options).restore(columns, learned);
  }

  protected learn(where: string, rows: Columns): Learned {
    const learned = learnedOf({ ...rows, values: Float64Array.from(rows.values) }, this.options);
    const column = learned.means.findIndex(Number.isNaN);
    if (column < 0) return learned;
    throw new DataError(`${where}: column ${column}: expected at least one number, got none. Drop the column.`);
  }

  protected apply(_: string, rows: Columns, { donors, means, indicated }: Learned): Values {
    const { columns } = rows;
    const width = columns + indicated.length;
    const values = new Float64Array(rows.rows * width);
    for (let row = 0; row < rows.rows; row++) {
      const own = rows.values.subarray(row * columns, (row + 1) * columns);
      const filled = own.some(Number.isNaN) ? this.#fill(rows, row, donors, means) : own;
      values.set(filled, row * width);
      indicated.forEach((column, i) => {
        values[row * width + columns + i] = Number(Number.isNaN(own[column]));
      });
    }
    return { values, columns: width };
  }

  protected namesOf(inputs: readonly string[], { indicated }: Learned): string[] {
    return distinctNames([...inputs, ...indicated.map((column) => `${inputs[column]}_missing`)]);
  }

  protected save({ donors: { values, columns, rows } }: Learned): object {
    const row = (_: unknown, i: number) => Array.from(values.subarray(i * columns, (i + 1) * columns));
    return { rows: Array.from({ length: rows }, row) };
  }

  #fill(rows: Columns, row: number, donors: Columns, means: Float64Array): Float64Array {
    const { columns } = rows;
    const { nNeighbors, weights } = this.options;
    const distances = Float64Array.from({ length: donors.rows }, (_, other) => distanceOf(rows, row, donors, other));
    const byDistance = Array.from(distances.keys())
      .filter((other) => !Number.isNaN(distances[other]))
      .sort((a, b) => distances[a] - distances[b]);
    return means.map((mean, column) => {
      const value = rows.values[row * columns + column];
      if (!Number.isNaN(value)) return value;
      const nearest: Donor[] = [];
      for (const other of byDistance) {
        const given = donors.values[other * columns + column];
        if (!Number.isNaN(given)) nearest.push({ distance: distances[other], value: given });
        if (nearest.length === nNeighbors) break;
      }
      return nearest.length > 0 ? meanOf(nearest, weights) : mean;
    });
  }
}

/**
 * Fills in what is missing with the mean of the `nNeighbors` nearest rows of `fit` that have it; of equally near ones
 * the first. Distances are √(columns / shared · Σ differences²) over the columns that both rows have. A row that shares
 * none with any gets the mean of the column. It keeps the rows of `fit`, in JSON, too. scikit-learn's `KNNImputer`.
 * @throws OptionError
 */
export function knnImputer(options: KnnImputerOptions = {}): KnnImputer {
  return new KnnImputer(TYPE, readOptions(TYPE, table, options, arguments));
}
