/** Helpers that tests of transformers share: scikit-learn's values, and cells as numbers that can be compared. */
import { readFixture } from "../../golden/fixture.js";

export type Row = (number | null)[];

/**
 * A transformer of numbers as scikit-learn has it: what it makes of the rows of its fit and of others, and the way
 * back.
 */
export interface NumberCase {
  make: string;
  options: object;
  x: Row[];
  probe: Row[];
  made: Row[];
  probed: Row[];
  back: Row[] | false;
  names: string[];
  lambdas?: number[];
  scales?: [means: number[], deviations: number[]];
  edges?: number[][];
}

type Rows = number[][];
type Cells = (string | number | null)[][];

export interface Golden {
  numbers: NumberCase[];
  scalers: {
    x: Row[];
    weights: number[];
    cuts: number[];
    weighted: { mean: number[]; scale: number[]; made: Row[] };
    portions: Record<string, { made: Row[] }>;
    weightedPortions: { made: Row[] };
    robust: { made: Row[] };
  };
  encoders: {
    cells: Cells;
    probe: Cells;
    oneHot: { options: object; made: Rows; probed: Rows; back: Cells; names: string[] }[];
    oneHotMissing: { cells: Cells; made: Rows };
    oneHotFloats: { cells: Cells; made: Rows };
    ordinal: { options: object; x?: Cells; probe: Cells; made: Row[]; probed: Row[]; back: Cells }[];
    labels: {
      labels: (string | number)[];
      made: Rows;
      back: (string | number)[];
      classes: (string | number)[];
      options: { negLabel: number; posLabel: number };
    }[];
    multi: { sets: string[][]; classes: string[]; made: Rows; back: string[][]; given: Rows };
  };
  composites: {
    rows: Cells;
    probe: Cells;
    columns: { drop: Record<"made" | "probed", Rows>; passthrough: Record<"made" | "probed", Rows>; names: string[] };
    numeric: Row[];
    numericProbe: Row[];
    chain: { made: Rows; probed: Rows; names: string[] };
    target: { x: Rows; y: number[]; log: number[]; minMax: number[] };
  };
}

export const golden = readFixture<Golden>("preprocess");

/** Exact algorithms differ in rounding only. */
export const EXACT = { rtol: 1e-12, atol: 1e-12 };

/** All cells in one list; those that are missing as a number that does not occur. */
export function flat(rows: ArrayLike<ArrayLike<unknown>>): number[] {
  const cells = Array.from(rows).flatMap((row) => Array.from(row));
  return cells.map((cell) => (cell === null || Number.isNaN(cell) ? -1e9 : (cell as number)));
}

export function throughText<T>(value: T) {
  return JSON.parse(JSON.stringify(value));
}
