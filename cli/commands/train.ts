/** `train`: from a CSV file to the file of a model. */
import type { CsvTable } from "simdgrad/csv";
import { saveFile } from "simdgrad/node";
import { htmlReport } from "simdgrad/report";
import { TableModel, type TrainProgress, type TrainTableOptions } from "simdgrad/table";
import { Ending, INTERRUPTED, inWords, misuse, OK } from "../failure.js";
import { hashOf } from "../files/hash.js";
import { checkWritable, sizeOf } from "../files/paths.js";
import { rowsAt } from "../files/rowsAt.js";
import { checkTarget, nameOf, readModel, readTable, rowsText } from "../files/tables.js";
import type { Io } from "../io.js";
import { classShares, decisionLines } from "../ui/columns.js";
import { factsOf } from "../ui/facts.js";
import { openProgress } from "../ui/progress.js";
import { Report } from "../ui/report.js";
import { confusionLines, importanceLines, scoreLines, trialLines } from "../ui/scores.js";
import { quoted } from "../ui/shell.js";
import { bytesText, countOf, decimal, shown } from "../ui/text.js";
import { version } from "../version.js";

/** Options of the commands that train. */
export interface TrainFlags {
  readonly target?: string;
  readonly output?: string;
  readonly report?: string;
  readonly features?: string[];
  readonly exclude?: string[];
  readonly type?: Record<string, string>;
  readonly dateAs?: string[];
  readonly task?: "classification" | "regression";
  readonly test?: number | string;
  readonly maxRows?: number;
  readonly seed?: number;
  readonly seconds?: number;
  readonly trials?: number;
  readonly members?: number;
  readonly hidden?: number[];
  readonly epochs?: number;
  readonly optimizer?: "adam" | "adamw" | "nadam" | "rmsprop" | "sgd";
  readonly missing?: "median" | "mean" | "mostFrequent";
  readonly balanced?: boolean;
  readonly positive?: string;
  readonly threshold?: number | "f1";
  readonly threads?: number;
  readonly resume?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The options of `TableModel.train` that were given. They travel in the file, for `init`. */
function trainOptionsOf(flags: TrainFlags & { target: string }): TrainTableOptions {
  const { target, features, exclude, type, dateAs, task, test, seed, seconds, trials, members } = flags;
  const { positive, threshold, balanced, maxRows, missing, hidden, epochs, optimizer } = flags;
  const rows = typeof test === "string" ? { testData: test } : { testSize: test };
  const options = {
    target,
    features,
    exclude,
    types: type,
    dates: dateAs,
    task,
    maxRows,
    ...rows,
    seed,
    seconds,
    trials,
    members,
    missing,
    hiddenLayerSizes: hidden,
    epochs,
    optimizer,
    positive,
    threshold,
    classWeight: balanced ? "balanced" : undefined,
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as TrainTableOptions;
}

/** Seconds left: those of the budget, or as many as the trainings so far let expect. */
function secondsLeft({ stage, done, total }: TrainProgress, began: number, budget: number | undefined): number | null {
  if (done === 0) return null;
  const elapsed = (performance.now() - began) / 1000;
  const expected = (elapsed / done) * (total - done);
  return stage === "settings" && budget !== undefined ? Math.min(expected, Math.max(0, budget - elapsed)) : expected;
}

const DEFAULT_SECONDS = 60;
const MODEL = "model.safetensors";

interface RunFacts {
  readonly hash: string | null;
  readonly options: TrainTableOptions;
}

/** The options that decide what a trial gives, as text. */
function decidingOptions({ seconds: _, trials: __, ...options }: TrainTableOptions): string {
  return JSON.stringify(options);
}

/** The trials of a run that was stopped. @throws Ending if the data or the options were others */
async function trialsOf(path: string, { hash, options }: RunFacts): Promise<TableModel["trials"]> {
  const model = await readModel(path);
  const before = model.metadata?.run as Partial<RunFacts> | undefined;
  const { trials } = model;
  model.dispose();
  if (hash === null || before?.hash !== hash || !before.options) {
    throw misuse(`--resume: ${path} was not made from this table. Leave out --resume, or choose another -o.`);
  }
  const own = decidingOptions(before.options);
  if (own === decidingOptions(options)) return trials;
  throw misuse(`--resume: ${path} was made with other options: ${own}. Give the same, or leave out --resume.`);
}

/** Trains, with a bar for a person who watches. */
async function trainModel(path: string, flags: TrainFlags, io: Io, report: Report) {
  if (typeof flags.test === "string") await sizeOf(flags.test, "a CSV file, or a share such as 0.2: --test");
  const data = await readTable(path, io, (message) => report.warn(message), flags);
  const target = checkTarget(data, flags.target);
  const options = trainOptionsOf({ ...flags, target });
  const run = { command: "train", data: nameOf(path), hash: await hashOf(path), options, version: version() };
  const previousTrials = flags.resume ? await trialsOf(flags.output ?? MODEL, run) : [];
  if (io.signal.aborted) throw new Ending("stopped before training began; nothing was written.", INTERRUPTED);
  report.line(`${nameOf(path)}: ${rowsText(data)}, ${countOf(data.names.length, "column")}`);
  const progress = openProgress(io, flags.quiet === true);
  const budget = flags.seconds ?? (flags.trials === undefined ? DEFAULT_SECONDS : undefined);
  let [stage, began] = ["", performance.now()];
  const onStop = () => {
    progress.close();
    report.warn("stopping: the model is made of what is known so far. Ctrl-C again quits at once.");
  };
  io.signal.addEventListener("abort", onStop);
  try {
    const model = await TableModel.train(data, {
      ...options,
      previousTrials,
      ...(flags.threads !== undefined && { threads: flags.threads }),
      signal: io.signal,
      onWarning: (message) => {
        progress.close();
        report.warn(inWords(message));
      },
      onProgress: (now) => {
        if (now.stage !== stage) [stage, began] = [now.stage, performance.now()];
        const what = now.stage === "settings" ? "choosing settings" : "training the model";
        const loss = now.loss === null ? "" : `  loss ${decimal(now.loss)}`;
        if (!io.signal.aborted) {
          progress.update(
            now.done / now.total,
            `${what} ${now.done}/${now.total}${loss}`,
            secondsLeft(now, began, budget),
          );
        }
      },
    });
    model.metadata = { run: JSON.parse(JSON.stringify(run)) };
    return { data, model };
  } finally {
    progress.close();
    io.signal.removeEventListener("abort", onStop);
  }
}

/** The rows that the scores are of. */
const testedText = ({ rows }: TableModel, { test }: TrainFlags) =>
  typeof test === "string"
    ? `Scores of ${countOf(rows.test, "row")} of ${test}`
    : `Scores of ${countOf(rows.test, "row")} that nothing was learned from`;

function tellScores(report: Report, model: TableModel, flags: TrainFlags): void {
  const { scores, baselines, confusionMatrix, classes, threshold, importance } = model;
  const { colors } = report;
  if (scores) {
    report.section(testedText(model, flags), scoreLines(colors, { model: scores, ...baselines }));
  }
  if (confusionMatrix && classes) {
    const from =
      threshold === null ? "" : `, ${shown(String(classes[1]), 20)} from a probability of ${decimal(threshold)}`;
    report.section(`Confusion${from}`, confusionLines(colors, classes, confusionMatrix));
  }
  if (importance)
    report.section("What matters: growth of the error when a column is shuffled", importanceLines(colors, importance));
}

/** The page of `--report`, with the hash of the data, so that one can tell whether it has changed. */
async function reportOf(model: TableModel, data: CsvTable, path: string, { test }: TrainFlags, io: Io) {
  const date = new Date().toISOString().slice(0, 10);
  const hash = await hashOf(path);
  const isOther = typeof test === "string";
  const card = {
    ...{ Data: nameOf(path), ...(hash !== null && { "SHA-256 of the data": hash }) },
    ...(isOther && { "Test data": test, "SHA-256 of the test data": (await hashOf(test)) as string }),
  };
  const worst = model.evaluation?.worst.map(({ row }) => row) ?? [];
  const table = isOther && worst.length > 0 ? await rowsAt(test, worst) : data;
  return htmlReport(model, { date, card, table, ...(io.command !== undefined && { command: io.command }) });
}

export async function train(path: string, flags: TrainFlags, io: Io): Promise<number> {
  const { output = MODEL } = flags;
  const report = new Report(io, flags);
  const read = [path, flags.test];
  await checkWritable(output, "-o", read);
  if (flags.report !== undefined) await checkWritable(flags.report, "--report", [...read, output]);
  const { data, model } = await trainModel(path, flags, io, report);
  const isStopped = io.signal.aborted;
  const bytes = model.save();
  await saveFile(output, bytes);
  const files = [`${output}  ${bytesText(bytes.length)}`];
  if (flags.report !== undefined) {
    const page = await reportOf(model, data, path, flags, io);
    await saveFile(flags.report, page);
    files.push(`${flags.report}  ${bytesText(Buffer.byteLength(page))}`);
  }
  report.section("Columns", decisionLines(report.colors, data, model, flags.exclude ?? []));
  const cells = data.columns[model.target];
  const shares = model.classes ? `: ${classShares(cells)}` : "";
  report.section("Target", [`${model.target}, ${model.task}${shares}`]);
  tellScores(report, model, flags);
  report.section("Files", files);
  report.section("Next", [`npx simdgrad predict ${quoted(output)} new.csv`, `npx simdgrad serve ${quoted(output)}`]);
  if (flags.json) report.json({ command: "train", data: nameOf(path), output, stopped: isStopped, ...factsOf(model) });
  model.dispose();
  return isStopped ? INTERRUPTED : OK;
}

export async function tune(path: string, flags: TrainFlags, io: Io): Promise<number> {
  const report = new Report(io, flags);
  const { output } = flags;
  if (output !== undefined) await checkWritable(output, "-o", [path, flags.test]);
  const { model } = await trainModel(path, { members: 1, ...flags }, io, report);
  const isStopped = io.signal.aborted;
  const title = `Settings that were tried (${model.trials.length}), the best first`;
  report.section(title, trialLines(report.colors, model.trials, model.trials.length));
  if (model.scores) {
    const scores = { "best setting": model.scores, ...model.baselines };
    report.section(testedText(model, flags), scoreLines(report.colors, scores));
  }
  if (output !== undefined) {
    await saveFile(output, model.save());
    report.section("Files", [output]);
  }
  if (flags.json) report.json({ command: "tune", data: nameOf(path), stopped: isStopped, ...factsOf(model) });
  model.dispose();
  return isStopped ? INTERRUPTED : OK;
}
