/**
 * The data of estimators that begin with transformers, in folds: numbers in float64, or tables of cells, which no
 * Dataset holds. Knows rows, not what becomes of them.
 */
import { isNumericArray } from "../base/kinds.js";
import { Dataset } from "./dataset.js";
import { exactOf } from "./exact.js";
import { isNamed } from "./preprocess/anyTable.js";
import type { Cell } from "./preprocess/table.js";
import type { ColumnTable, NamedTable } from "./preprocess/tableSource.js";
import { type DataArrays, heldRows } from "./rows.js";
import { type NamedData, toDataset } from "./split.js";

/** Rows of cells, objects or columns for x, as an `estimatorPipeline` takes them, and their targets. */
export interface TableData extends Omit<DataArrays, "x" | "y"> {
  readonly x: NamedTable | readonly (readonly Cell[])[];
  readonly y: DataArrays["y"] | readonly string[];
}

/** Rows of cells or objects, or columns by name. */
export type Table = readonly unknown[] | ColumnTable;

/** True for x that a Dataset cannot hold: names, text, missing cells. */
export function isTable(x: unknown): x is Table {
  if (isNamed(x)) return true;
  const isNumber = (cell: unknown) => typeof cell === "number" && Number.isFinite(cell);
  const isRow = (row: unknown) => (isNumericArray(row) || Array.isArray(row) ? Array.from(row).every(isNumber) : false);
  return Array.isArray(x) && Array.isArray(x[0]) && !x.every(isRow);
}

/** The data as a Dataset; and the table itself where x holds more than numbers, with the number of the row for x. */
export interface OpenedData {
  readonly dataset: Dataset;
  readonly table: Table | null;
  /** The numbers in float64, where float32 blurs them. */
  readonly exact: Float64Array | null;
}

/** @throws as `Dataset.from` */
export function openData(where: string, data: NamedData | TableData): OpenedData {
  if (data instanceof Dataset || !isTable(data?.x)) {
    const dataset = toDataset(where, data as NamedData);
    return { dataset, table: null, exact: exactOf(heldRows(dataset).x) };
  }
  const { x: table } = data;
  const rows = Array.isArray(table) ? table.length : (table as unknown as ColumnTable).rows;
  const x = Array.from({ length: rows }, (_, row) => [row]);
  return { dataset: toDataset(where, { ...data, x } as NamedData), table, exact: null };
}

/** Some rows of a table, with the targets and weights that a Dataset of the same rows has. */
export function tableData(table: Table, rows: ArrayLike<number>, own: Dataset): TableData {
  const { y, targetShape, sampleWeight, classNames } = own;
  const width = targetShape[0] ?? 1;
  const row = (_: unknown, i: number) => Array.from(y.subarray(i * width, (i + 1) * width));
  const numbers = targetShape.length === 0 ? y : Array.from({ length: own.length }, row);
  const targets = classNames ? Array.from(y, (label) => classNames[label]) : numbers;
  return { x: selectRows(table, rows) as never, y: targets, ...(sampleWeight ? { sampleWeight } : {}) };
}

/** Some rows of a table. */
function selectRows(table: Table, rows: ArrayLike<number>): Table {
  const pick = (list: ArrayLike<unknown>) => Array.from(rows, (row) => list[row]);
  if (Array.isArray(table)) return pick(table);
  const { columns, names } = table as ColumnTable;
  const picked = Object.entries(columns).map(([name, cells]) => [name, pick(cells)]);
  return { rows: rows.length, columns: Object.fromEntries(picked), ...(names ? { names } : {}) };
}
