/** Scores one part of a file: the whole work of a thread or of a worker of a queue. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError, FormatError } from "../base/errors.js";
import { messageOf, writeAtomically } from "../node/atomicFile.js";
import { ParquetFile } from "../parquet/parquetFile.js";
import { plainCells, type SchemaColumn } from "../parquet/schema.js";
import { csvRowsOf } from "./csvParts.js";
import { sha256 } from "./files.js";
import { fileOf, inOrder, type JobOptions, type Part, type PartResult, type ScoringJob } from "./job.js";
import { type Cells, loadPredictor, type Predictor } from "./predictor.js";
import { type Column, encodeTable, freeNames } from "./table.js";

const WHERE = "scorePart";
/** Rows that are predicted at once: what they need is garbage that dies young, which keeps the memory of a process small. */
const BATCH = 1024;

/** A model in memory, for the parts that use it now. */
interface Held {
  readonly key: string;
  readonly predictor: Promise<Predictor>;
  users: number;
}

/** The last model, which the next part most often has, too. */
let last: Held | null = null;

async function load({ path, sha256: hash }: ScoringJob["model"], options: JobOptions): Promise<Predictor> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new DataError(`${basename(path)}: it could not be read: ${messageOf(cause)}`, { cause });
  });
  const own = sha256(bytes);
  if (own === hash) return loadPredictor(basename(path), bytes, options);
  throw new FormatError(`${basename(path)}: expected the SHA-256 ${hash}, got ${own}. Give the same file everywhere.`);
}

/** Calls `use` with the model of a job, which is kept until a part has another one. */
async function withPredictor<Result>(job: ScoringJob, use: (predictor: Predictor) => Promise<Result>): Promise<Result> {
  const key = JSON.stringify([job.model.sha256, job.options]);
  const before = last;
  if (before?.key !== key) {
    last = { key, predictor: load(job.model, job.options), users: 0 };
    if (before?.users === 0) drop(before);
  }
  const held = last as Held;
  held.users++;
  try {
    return await use(await held.predictor);
  } catch (error) {
    if (held === last) last = null; // an error may be of this model, or of its file
    throw error;
  } finally {
    held.users--;
    if (held !== last && held.users === 0) drop(held);
  }
}

function drop({ predictor }: Held): void {
  predictor.then(
    (own) => own.dispose(),
    () => {}, // told to those who used it
  );
}

/** Rows that came together: cells of the inputs, and of the columns that are kept. */
interface Rows {
  readonly rows: number;
  readonly inputs: readonly Cells[];
  readonly kept: readonly Cells[];
}

async function* parquetRows(file: ParquetFile, inputs: readonly string[], keep: readonly string[], part: Part) {
  const names = [...new Set([...inputs, ...keep])];
  const plain = new Map<string, Cells>();
  const kept = new Map<string, Cells>();
  for (const name of names) {
    const [own] = await file.read([name], part.begin, part.end);
    const cells = packed(own);
    if (inputs.includes(name)) plain.set(name, plainCells(file.column(name), cells));
    if (keep.includes(name)) kept.set(name, cells);
  }
  const pick = (names: readonly string[], from: Map<string, Cells>) => names.map((name) => from.get(name) as Cells);
  yield { rows: part.end - part.begin, inputs: pick(inputs, plain), kept: pick(keep, kept) };
}

/** The same cells; numbers take 8 bytes each, a third of what they take as values of their own. */
function packed(cells: Cells): Cells {
  for (let i = 0; i < cells.length; i++) if (typeof cells[i] !== "number") return cells;
  return Float64Array.from(cells as ArrayLike<number>);
}

async function* csvRows(job: ScoringJob, inputs: readonly string[], part: Part): AsyncGenerator<Rows> {
  const { path, header } = job.input;
  if (header === null) throw new DataError(`${basename(path)}: a job of CSV says where its header is.`);
  for await (const { rows, columns } of csvRowsOf(path, header, part)) {
    const pick = (names: readonly string[]) => names.map((name) => columns[name]);
    yield { rows, inputs: pick(inputs), kept: pick(job.options.keep) };
  }
}

/** Rows of an error counted in the whole file, or in the part. */
function inFile(error: unknown, job: ScoringJob, part: Part, before: number): unknown {
  if (!(error instanceof DataError)) return error;
  const { path, format } = job.input;
  const first = format === "parquet" ? part.begin : 0;
  const place = format === "parquet" ? basename(path) : `${basename(path)}, bytes ${part.begin} to ${part.end}`;
  error.message = error.message.replace(/^(?:TableModel\.predict: )?row (\d+): /, (_, row: string) => {
    return `${place}, row ${first + before + Number(row)}: `;
  });
  return error;
}

/** The columns of a part's output. */
async function columnsOf(predictor: Predictor, job: ScoringJob, part: Part, file: ParquetFile | null) {
  const { keep } = job.options;
  const kept: readonly SchemaColumn[] = file ? keep.map((name) => file.column(name)) : [];
  const source = file ? parquetRows(file, predictor.inputs, keep, part) : csvRows(job, predictor.inputs, part);
  const predictions: unknown[][] = predictor.outputs.map(() => []);
  const copies: unknown[][] = keep.map(() => []);
  const filled = new Map<string, number>();
  let rows = 0;
  for await (const chunk of source) {
    for (let begin = 0; begin < chunk.rows; begin += BATCH) {
      const end = Math.min(begin + BATCH, chunk.rows);
      try {
        addTo(predictions, predictor.predict(chunk.inputs, begin, end, filled));
      } catch (error) {
        throw inFile(error, job, part, rows + begin);
      }
      await new Promise((resolve) => setImmediate(resolve)); // a lock of a queue wants to be renewed
    }
    addTo(copies, chunk.kept);
    rows += chunk.rows;
  }
  const names = freeNames(
    predictor.outputs.map(({ name }) => name),
    keep,
  );
  const columns: Column[] = [
    ...keep.map((name, c) => ({ name, type: kept[c]?.element ?? ("text" as const), cells: copies[c] })),
    ...predictor.outputs.map(({ type }, c) => ({ name: names[c], type, cells: predictions[c] })),
  ];
  return { columns, rows, filled: Object.fromEntries(filled) };
}

function addTo(columns: readonly unknown[][], more: readonly Cells[]): void {
  more.forEach((cells, c) => {
    for (let i = 0; i < cells.length; i++) columns[c].push(cells[i]);
  });
}

/**
 * Scores a part and writes its file, in one step; the same part gives the same bytes everywhere.
 * @throws DataError, FormatError naming the file and the place in it; SimdgradError if the part cannot be written
 */
export function scorePart(job: ScoringJob, part: Part): Promise<PartResult> {
  return withPredictor(job, async (predictor) => {
    const { input, output } = job;
    const file = input.format === "parquet" ? await ParquetFile.open(input.path) : null;
    try {
      const { columns, rows, filled } = await columnsOf(predictor, job, part, file);
      const bytes = await encodeTable(columns, rows, output.format);
      const name = fileOf(part, output.format);
      await writeAtomically(WHERE, join(output.path, name), bytes);
      return inOrder({ index: part.index, file: name, rows, bytes: bytes.length, sha256: sha256(bytes), filled });
    } finally {
      await file?.close();
    }
  });
}
