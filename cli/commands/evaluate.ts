/** `evaluate`: scores of a model for rows whose target is known, of a CSV or Parquet file of any size. */
import { DataError, FormatError, OptionError } from "simdgrad";
import { saveFile } from "simdgrad/node";
import { htmlReport } from "simdgrad/report";
import type { TableModel, TableResults } from "simdgrad/table";
import { Ending, failure, INTERRUPTED, inWords, misuse, OK } from "../failure.js";
import { hashOf } from "../files/hash.js";
import { isParquet, openRows } from "../files/openRows.js";
import { checkWritable } from "../files/paths.js";
import { rowsAt } from "../files/rowsAt.js";
import { nameOf, readModel } from "../files/tables.js";
import type { Io } from "../io.js";
import { openProgress } from "../ui/progress.js";
import { Report } from "../ui/report.js";
import { confusionLines, scoreLines } from "../ui/scores.js";
import { bytesText, count, countOf } from "../ui/text.js";
import { Summary } from "../ui/warnings.js";

export interface EvaluateFlags {
  readonly report?: string;
  readonly threads?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The rows of a file as they come, which are predicted too, for what is to be told of them. */
async function* rowsOf(model: TableModel, path: string, summary: Summary, io: Io, quiet: boolean) {
  const { chunks, size } = await openRows(path, io);
  const progress = openProgress(io, quiet);
  const { target } = model;
  let done = 0;
  try {
    for await (const { names, rows, bytes } of chunks) {
      if (io.signal.aborted) throw new Ending("stopped before the last row.", INTERRUPTED);
      if (!names.includes(target)) {
        throw misuse(
          `${nameOf(path)} has no column ${JSON.stringify(target)}, which the model predicts. Without it: predict.`,
        );
      }
      summary.add(model.predict(rows.filter((row) => row[target] !== null)));
      yield* rows;
      done += rows.length;
      if (size > 0) progress.update(bytes / size, countOf(done, "row"), null);
    }
  } finally {
    progress.close();
  }
}

/** The page of `--report`, with the cells of the rows that were predicted worst, if the file can be read again. */
async function pageOf(model: TableModel, results: TableResults, path: string, command: string | undefined) {
  const hash = await hashOf(path);
  const worst = results.evaluation.worst.map(({ row }) => row);
  const canRead = path !== "-" && !isParquet(path);
  const table = !canRead || worst.length === 0 ? undefined : await rowsAt(path, worst);
  return htmlReport(model, {
    ...{ results, title: `Model of ${model.target}, evaluated`, ...(table && { table }) },
    card: {
      "Evaluated with": nameOf(path),
      ...(hash !== null && { "SHA-256 of the evaluated data": hash }),
      "Evaluated on": new Date().toISOString().slice(0, 10),
      ...(command !== undefined && { "Evaluated by": command }),
    },
  });
}

export async function evaluate(modelPath: string, dataPath: string, flags: EvaluateFlags, io: Io): Promise<number> {
  const report = new Report(io, flags);
  if (flags.report !== undefined) await checkWritable(flags.report, "--report", [modelPath, dataPath]);
  const model = await readModel(modelPath, flags.threads);
  const { target, classes } = model;
  const summary = new Summary();
  let results: TableResults;
  try {
    const rows = rowsOf(model, dataPath, summary, io, flags.quiet === true || flags.json === true);
    results = await model.evaluate(rows, { details: true });
  } catch (error) {
    if (error instanceof DataError && error.message.includes("at least one row with a")) {
      throw misuse(`${nameOf(dataPath)}: no row has a ${target}. Without it: predict.`);
    }
    if (!(error instanceof DataError || error instanceof FormatError || error instanceof OptionError)) throw error;
    throw failure(`${nameOf(dataPath)}: ${inWords(error.message)}`);
  }
  const { scores, skipped, confusionMatrix } = results;
  if (skipped > 0) report.warn(`${count(skipped)} rows have no ${target} and are left out.`);
  for (const line of summary.lines(results.rows)) report.warn(line);
  report.section(`Scores of ${countOf(results.rows, "row")}`, scoreLines(report.colors, scoresBeside(model, scores)));
  if (confusionMatrix && classes) report.section("Confusion", confusionLines(report.colors, classes, confusionMatrix));
  if (flags.report !== undefined) {
    const page = await pageOf(model, results, dataPath, io.command);
    await saveFile(flags.report, page);
    report.section("Files", [`${flags.report}  ${bytesText(Buffer.byteLength(page))}`]);
  }
  if (flags.json) {
    const facts = { target, task: model.task, classes, rows: results.rows, skipped, scores, confusionMatrix };
    const written = flags.report === undefined ? {} : { report: flags.report };
    report.json({ command: "evaluate", model: modelPath, data: nameOf(dataPath), ...written, ...facts });
  }
  model.dispose();
  return OK;
}

function scoresBeside(model: TableModel, scores: NonNullable<TableModel["scores"]>) {
  return { "these rows": scores, ...(model.scores && { "in training": model.scores }) };
}
