/** `predict`: a CSV or Parquet file of any size in, its rows with predictions out. */
import Papa from "papaparse";
import { saveFile } from "simdgrad/node";
import type { TableModel, TablePrediction } from "simdgrad/table";
import { Ending, INTERRUPTED, misuse, OK } from "../failure.js";
import type { RowChunk } from "../files/csvRows.js";
import { openRows } from "../files/openRows.js";
import { checkWritable } from "../files/paths.js";
import { nameOf, readModel } from "../files/tables.js";
import { type Io, writeAll } from "../io.js";
import { type PartFlags, partFlags, predictParts } from "../predictParts.js";
import { openProgress } from "../ui/progress.js";
import { Report } from "../ui/report.js";
import { count, countOf, shown } from "../ui/text.js";
import { Summary } from "../ui/warnings.js";

export interface PredictFlags extends PartFlags {
  readonly output?: string;
  readonly jsonl?: boolean;
}

/** Rows and predictions as text. */
interface Writer {
  readonly begin: (chunk: RowChunk) => string;
  readonly rows: (chunk: RowChunk, predictions: readonly TablePrediction[]) => string;
  readonly end: (rows: number) => string;
}

/** A name that no column of the file has. */
function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let n = 2; taken.includes(free); n++) free = `${name}_${n}`;
  return free;
}

const cellsOf = (prediction: TablePrediction): unknown[] =>
  "label" in prediction ? [prediction.label, prediction.probability] : [prediction.value, ...prediction.interval];

/** The columns of the file, then those of the predictions. */
function csvWriter(model: TableModel): Writer {
  const own = model.classes ? ["prediction", "probability"] : ["prediction", "low", "high"];
  const lines = (cells: unknown[][], delimiter: string) => `${Papa.unparse(cells, { delimiter, newline: "\n" })}\n`;
  return {
    begin: ({ names, delimiter }) => lines([[...names, ...own.map((name) => freeName(name, names))]], delimiter),
    rows: ({ names, delimiter, rows }, predictions) =>
      lines(
        rows.map((row, i) => [...names.map((name) => row[name]), ...cellsOf(predictions[i])]),
        delimiter,
      ),
    end: () => "",
  };
}

const jsonlWriter: Writer = {
  begin: () => "",
  rows: (_, predictions) => predictions.map((prediction) => `${JSON.stringify(prediction)}\n`).join(""),
  end: () => "",
};

/** One object, written as it grows. */
function jsonWriter(model: TableModel): Writer {
  let separator = "\n";
  return {
    begin: () => `{"target":${JSON.stringify(model.target)},"predictions":[`,
    rows: (_, predictions) =>
      predictions
        .map((prediction) => {
          const text = `${separator}${JSON.stringify(prediction)}`;
          separator = ",\n";
          return text;
        })
        .join(""),
    end: (rows) => `\n],"rows":${rows}}\n`,
  };
}

/** Rows of an error counted from 1, over the whole file. */
function inFile(error: unknown, before: number, name: string): unknown {
  if (!(error instanceof Error)) return error;
  error.message = error.message.replace(
    /\brow (\d+): /,
    (_, row) => `${name}, row ${count(Number(row) + before + 1)}: `,
  );
  return error;
}

export async function predict(modelPath: string, dataPath: string, flags: PredictFlags, io: Io): Promise<number> {
  const { output = "-", json = false, jsonl = false, threshold, strict = false, threads, quiet = false } = flags;
  if (json && jsonl) throw misuse("--json and --jsonl: give one of them.");
  if (flags.out !== undefined) {
    if (flags.output !== undefined || jsonl) throw misuse("--out writes a folder of parts: leave out -o and --jsonl.");
    return predictParts(modelPath, dataPath, flags.out, flags, io);
  }
  const stray = partFlags.find((flag) => flags[flag] !== undefined);
  if (stray) throw misuse(`--${stray} is for parts: give --out with the folder for them.`);
  if (output !== "-") await checkWritable(output, "-o", [modelPath, dataPath]);
  const model = await readModel(modelPath, threads);
  if (threshold !== undefined && model.classes?.length !== 2) {
    throw misuse(`--threshold is for models of two classes, and ${modelPath} has ${model.classes?.length ?? "none"}.`);
  }
  const { chunks, size } = await openRows(dataPath, io);
  const options = { strict, ...(threshold !== undefined && { threshold }) };
  const writer = json ? jsonWriter(model) : jsonl ? jsonlWriter : csvWriter(model);
  const progress = openProgress(io, quiet || output === "-");
  const summary = new Summary();
  const began = performance.now();
  const stopped = `stopped before the last row${output === "-" ? "" : "; nothing was written"}.`;
  let done = 0;
  async function* texts() {
    for await (const chunk of chunks) {
      if (io.signal.aborted) throw new Ending(stopped, INTERRUPTED);
      if (done === 0) checkColumns(model, chunk.names, nameOf(dataPath));
      if (done === 0) yield writer.begin(chunk);
      let predictions: readonly TablePrediction[];
      try {
        predictions = model.predict(chunk.rows, options);
      } catch (error) {
        throw inFile(error, done, nameOf(dataPath));
      }
      done += predictions.length;
      summary.add(predictions);
      yield writer.rows(chunk, predictions);
      const seconds = (performance.now() - began) / 1000;
      const share = size > 0 ? chunk.bytes / size : 0;
      progress.update(share, countOf(done, "row"), share > 0 ? (seconds / share) * (1 - share) : null);
    }
    yield writer.end(done);
  }
  try {
    if (output === "-") for await (const text of texts()) await writeAll(io.stdout, text);
    else await saveFile(output, texts());
  } finally {
    progress.close();
    model.dispose();
  }
  const report = new Report(io, { quiet: quiet || output === "-" });
  for (const line of summary.lines(done)) new Report(io, { quiet }).warn(line);
  const seconds = (performance.now() - began) / 1000;
  report.line(`${output}: ${countOf(done, "row")} in ${seconds.toFixed(1)} s`);
  return OK;
}

/** A file without any of the model's columns is another file. */
function checkColumns(model: TableModel, names: readonly string[], file: string): void {
  const missing = model.columns.filter(({ name }) => !names.includes(name)).map(({ name }) => shown(name, 32));
  if (missing.length < model.columns.length) return;
  const list = missing.slice(0, 12).join(", ") + (missing.length > 12 ? ", …" : "");
  throw misuse(
    `${file} has none of the columns that the model reads: ${list}. Is it another file, or without a header?`,
  );
}
