/**
 * A CSV file larger than memory as columns: it is read twice, first for the types of the columns, then for the cells of
 * the rows that are kept. Memory holds these in eight bytes each, and one piece of the file. Knows cells, not files.
 */
import { checkArguments, DataError, OptionError, show } from "../base/errors.js";
import { func, type Given, number, readOptions } from "../base/options.js";
import { numberReader, PLAIN } from "../data/numberText.js";
import { chosenRows } from "../data/rowChoice.js";
import { TextPool } from "../data/textPool.js";
import { type ByteStream, checkStream, chunksOf } from "./chunks.js";
import { type CsvColumn, type CsvColumnType, reportOf, typeOfCell } from "./infer.js";
import type { CsvTable } from "./parseCsv.js";

/** Options of `sampleCsv`. */
const sampleOptions = {
  /** Rows that are kept, at most; of more rows that many at random, each with the same probability. @default 1000000 */
  maxRows: number({ min: 1, max: 2 ** 31, integer: true }, 1_000_000),
  /** Decides which rows are kept. @default 0 */
  seed: number({ min: 0, max: 2 ** 32 - 1, integer: true }, 0),
  /** Told after each piece how many bytes have been read, of two times the file. @default none */
  onProgress: func<(bytes: number) => unknown>(() => () => {}),
};

/** Options of `sampleCsv`. */
export interface SampleCsvOptions extends Given<typeof sampleOptions> {}

/** Some or all rows of a CSV file. */
export interface SampledCsv extends CsvTable {
  /** Number in the file of each row that was kept, rising from 0; `null` if all were. */
  readonly rowNumbers: Uint32Array | null;
  /** Rows of the file. */
  readonly totalRows: number;
}

const readNumber = numberReader(PLAIN);

const changed = (where: string) =>
  new DataError(
    `${where}: the second reading gave other rows than the first. Give a file that does not change meanwhile.`,
  );

type Cells = readonly (string | null)[];

/** The type of all cells so far, with more cells, as `parseCsv` finds it. */
function typeWith(before: CsvColumnType, cells: Cells): CsvColumnType {
  let type = before;
  for (const cell of cells) {
    if (type === "category") return type;
    if (cell === null) continue;
    const own = typeOfCell(cell, readNumber);
    type = type === "empty" || type === own ? own : "category";
  }
  return type;
}

/** Cells of one type, put in one after the other. */
class TypedColumn {
  readonly #pool = new TextPool();
  readonly values: Float64Array | (string | boolean | null)[];
  missing = 0;
  #row = 0;

  constructor(
    readonly type: CsvColumnType,
    rows: number,
  ) {
    this.values = type === "number" ? new Float64Array(rows).fill(Number.NaN) : new Array(rows).fill(null);
  }

  add(cell: string | null): void {
    const row = this.#row++;
    if (cell === null) this.missing++;
    else if (this.type === "number") this.values[row] = Number(readNumber(cell));
    else this.values[row] = this.type === "boolean" ? cell.toLowerCase() === "true" : this.#pool.take(cell);
  }
}

/** The types of all columns, and the number of rows. */
async function typesOf(where: string, input: ByteStream, onProgress: (bytes: number) => unknown) {
  let [names, delimiter, totalRows, bytes]: [readonly string[], string, number, number] = [[], "", 0, 0];
  let types: CsvColumnType[] = [];
  for await (const chunk of chunksOf(where, input)) {
    ({ names, delimiter, bytes } = chunk);
    if (totalRows === 0) types = names.map(() => "empty");
    types = types.map((type, c) => typeWith(type, chunk.columns[names[c]]));
    totalRows += chunk.rows;
    await onProgress(bytes);
  }
  return { names, delimiter, types, totalRows, bytes };
}

/**
 * A CSV file of any size as columns with types, as `parseCsv` gives them, but for its warnings. It is read twice, and of
 * more than `maxRows` rows that many are kept at random, in their order. The types are those of all rows. Memory holds
 * eight bytes for each cell that is kept, and different texts.
 *
 * ```js
 * const table = await sampleCsv(() => createReadStream("large.csv"), { maxRows: 200_000 });
 * ```
 * @param open Opens the file; called twice.
 * @throws FormatError, DataError as `csvChunks` does; DataError if the file changes meanwhile; OptionError
 */
export async function sampleCsv(open: () => ByteStream, options: SampleCsvOptions = {}): Promise<SampledCsv> {
  checkArguments("sampleCsv", arguments, 2);
  return sampleCsvFor("sampleCsv", open, options);
}

/** `sampleCsv` for the function `where`. */
export async function sampleCsvFor(
  where: string,
  open: () => ByteStream,
  options: SampleCsvOptions,
): Promise<SampledCsv> {
  const { maxRows, seed, onProgress } = readOptions(where, sampleOptions, options);
  if (typeof open !== "function") {
    const hint = "Give one, such as () => createReadStream(path): the file is read twice.";
    throw new OptionError(`${where}: expected a function that opens the file, got ${show(open)}. ${hint}`);
  }
  const { names, delimiter, types, totalRows, bytes } = await typesOf(where, checkStream(where, open()), onProgress);
  const rowNumbers = chosenRows(totalRows, maxRows, seed);
  const rows = rowNumbers?.length ?? totalRows;
  const columns = types.map((type) => new TypedColumn(type, rows));
  let [begin, taken] = [0, 0];
  for await (const chunk of chunksOf(where, checkStream(where, open()))) {
    if (chunk.names.join("\n") !== names.join("\n")) throw changed(where);
    const cells = names.map((name) => chunk.columns[name]);
    for (let row = 0; row < chunk.rows && taken < rows; row++) {
      if (rowNumbers && rowNumbers[taken] !== begin + row) continue;
      taken++;
      columns.forEach((column, c) => {
        column.add(cells[c][row]);
      });
    }
    begin += chunk.rows;
    await onProgress(bytes + chunk.bytes);
  }
  if (begin !== totalRows) throw changed(where);
  return {
    ...{ rows, names, delimiter, rowNumbers, totalRows },
    columns: Object.fromEntries(columns.map(({ values }, c) => [names[c], values as CsvColumn])),
    report: columns.map(({ type, values, missing }, c) => reportOf(names[c], type, values as CsvColumn, missing)),
  };
}
