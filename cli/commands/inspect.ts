/** `inspect`: what is in a CSV file, or in a model. */
import { open } from "node:fs/promises";
import { tableEncoder } from "simdgrad";
import type { CsvTable } from "simdgrad/csv";
import { tableFindings } from "simdgrad/table";
import { OK } from "../failure.js";
import { nameOf, readModel, readTable, rowsText, totalOf } from "../files/tables.js";
import type { Io } from "../io.js";
import { dataLines, modelColumnLines } from "../ui/columns.js";
import { factsOf } from "../ui/facts.js";
import { Report } from "../ui/report.js";
import { confusionLines, importanceLines, scoreLines, trialLines } from "../ui/scores.js";
import { quoted } from "../ui/shell.js";
import { count, countOf, shown } from "../ui/text.js";

export interface InspectFlags {
  readonly json?: boolean;
}

/** True for files that begin as safetensors do: eight bytes of a length, then a brace. */
async function isModel(path: string): Promise<boolean> {
  if (path === "-") return false;
  if (path.endsWith(".safetensors")) return true;
  const file = await open(path).catch(() => null);
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(9), 0, 9, 0);
    return bytesRead === 9 && buffer[8] === "{".charCodeAt(0) && buffer[7] === 0;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

export async function inspect(path: string, flags: InspectFlags, io: Io): Promise<number> {
  const report = new Report(io, flags);
  return (await isModel(path)) ? inspectModel(path, flags, report) : inspectData(path, flags, report, io);
}

async function inspectModel(path: string, flags: InspectFlags, report: Report): Promise<number> {
  const model = await readModel(path);
  const { target, task, classes, rows, scores, baselines, importance, trials, confusionMatrix, warnings } = model;
  const { colors } = report;
  report.line(`${path}: ${task} of ${target}, learned from ${countOf(rows.train, "row")}`);
  if (classes) report.section("Classes", [classes.map((label) => shown(String(label), 20)).join(", ")]);
  report.section(`Columns (${count(model.columns.length)})`, modelColumnLines(colors, model));
  if (scores) {
    report.section(
      `Scores of ${countOf(rows.test, "row")} that nothing was learned from`,
      scoreLines(colors, { model: scores, ...baselines }),
    );
  }
  if (confusionMatrix && classes) report.section("Confusion", confusionLines(colors, classes, confusionMatrix));
  if (importance) report.section("What matters", importanceLines(colors, importance));
  if (trials.length > 0) report.section("Best settings that were tried", trialLines(colors, trials, 5));
  report.section(
    "Warnings of training",
    warnings.map((warning) => shown(warning, 200)),
  );
  if (flags.json) report.json({ command: "inspect", model: path, metadata: model.metadata, ...factsOf(model) });
  model.dispose();
  return OK;
}

/** The columns of text that a model reads as numbers, such as 3,14. */
function numbersInText({ rows, columns, report }: CsvTable): ReadonlySet<string> {
  const row = Array.from({ length: rows }, (_, place) => place);
  const options = { target: "row", missing: "median", handleInvalid: "missing", onWarning: () => {} } as const;
  const isNumber = (cells: ArrayLike<unknown>) => {
    const [column] = tableEncoder(options).fit({ rows, columns: { row, cells } }).toJSON().features;
    return "fromText" in column;
  };
  const texts = report.filter(({ name, type }) => type === "category" && isNumber(columns[name]));
  return new Set(texts.map(({ name }) => name));
}

async function inspectData(path: string, flags: InspectFlags, report: Report, io: Io): Promise<number> {
  const data = await readTable(path, io, (message) => report.warn(message));
  const findings = tableFindings(data);
  report.line(`${nameOf(path)}: ${rowsText(data)}, ${countOf(data.names.length, "column")}`);
  report.section("Columns", dataLines(report.colors, data, findings, numbersInText(data)));
  const last = data.report.filter(({ type }) => type !== "empty").at(-1);
  if (last && data.names.length > 1) {
    report.section("Next", [`npx simdgrad train ${quoted(path)} --target ${quoted(last.name)}`]);
  }
  if (flags.json) {
    report.json({
      command: "inspect",
      data: nameOf(path),
      rows: data.rows,
      totalRows: totalOf(data),
      columns: data.report,
      findings,
    });
  }
  return OK;
}
