/** The parts of a file, and its identity. */
import { basename } from "node:path";
import { DataError, OptionError, show } from "../base/errors.js";
import { ParquetFile } from "../parquet/parquetFile.js";
import { csvParts, readHeader } from "./csvParts.js";
import { firstBytes, identityOf } from "./files.js";
import type { Part, ScoringJob, TableFormat } from "./job.js";

/** A file, looked through once. */
export interface PlannedInput {
  readonly input: ScoringJob["input"];
  readonly parts: readonly Part[];
  readonly names: readonly string[];
  /** Rows; `null` if only reading them would tell. */
  readonly rows: number | null;
  /** @throws FormatError for a column that cannot be read. */
  readonly check: (name: string) => void;
}

async function formatOf(path: string): Promise<TableFormat> {
  const begin = (await firstBytes(path)).subarray(0, 4);
  return /^PAR[1E]$/.test(new TextDecoder("latin1").decode(begin)) || /\.parquet$/i.test(path) ? "parquet" : "csv";
}

/** Row groups of at most that many rows, those that are next to each other together; larger ones in equal pieces. */
function parquetParts(groups: readonly { readonly begin: number; readonly rows: number }[], most: number): Part[] {
  const parts: { index: number; begin: number; end: number }[] = [];
  for (const { begin, rows } of groups) {
    const before = parts[parts.length - 1];
    if (before && before.end - before.begin + rows <= most) {
      before.end += rows;
      continue;
    }
    const pieces = Math.ceil(rows / most);
    for (let i = 0; i < pieces; i++) {
      const [from, to] = [i, i + 1].map((piece) => begin + Math.round((rows * piece) / pieces));
      parts.push({ index: parts.length, begin: from, end: to });
    }
  }
  return parts;
}

export async function planInput(path: string, partRows: number): Promise<PlannedInput> {
  const name = basename(path);
  const planned =
    (await formatOf(path)) === "parquet" ? await planParquet(path, partRows) : await planCsv(path, partRows);
  if (planned.parts.length > 0) return planned;
  throw new DataError(`${name}: expected at least one row, got none.`);
}

async function planParquet(path: string, partRows: number): Promise<PlannedInput> {
  const file = await ParquetFile.open(path);
  await file.close();
  const parts = parquetParts(file.groups, partRows);
  const input = { path, ...(await identityOf(path)), format: "parquet" as const, header: null };
  const names = file.columns.map((column) => column.name);
  return { input, parts, names, rows: file.rows, check: (column) => file.column(column) };
}

async function planCsv(path: string, partRows: number): Promise<PlannedInput> {
  const { names, rowBytes, ...header } = await readHeader(path);
  const { parts, ...identity } = await csvParts(path, header, Math.ceil(rowBytes * partRows));
  return { input: { path, ...identity, format: "csv", header }, parts, names, rows: null, check: () => {} };
}

/** @throws OptionError for a name that is given twice, or is not there. */
export function checkKept(where: string, file: string, keep: readonly string[], names: readonly string[]): void {
  keep.forEach((name, i) => {
    if (!names.includes(name)) throw new OptionError(`${where}: keep: ${file} has no column ${show(name)}.`);
    if (keep.indexOf(name) < i) throw new OptionError(`${where}: keep: ${show(name)} is there twice. Name it once.`);
  });
}
