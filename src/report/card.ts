/** The scores at the top of a report, and the model card at its end. */
import { counted } from "../base/counted.js";
import { crc32 } from "../base/crc32.js";
import type { JsonObject } from "../base/json.js";
import { element } from "../plot/svg.js";
import type { TableScores } from "../table/scores.js";
import type { TableModel } from "../table/tableModel.js";
import { type Cell, cellText, html, inline, paragraph, score, section, table, words } from "./page.js";
import type { ShownRows } from "./results.js";
import { settingText } from "./training.js";

const NAMES: ReadonlyMap<string, string> = new Map([
  ["rocAuc", "ROC AUC"],
  ["accuracy", "accuracy"],
  ["f1", "F1"],
  ["precision", "precision"],
  ["recall", "recall"],
  ["logLoss", "log loss"],
  ["brier", "Brier score"],
  ["r2", "R²"],
  ["mae", "mean absolute error"],
  ["rmse", "root mean squared error"],
]);

const nameOf = (name: string) => NAMES.get(name) ?? name;

/** Errors in the units of the target have any size; other scores are near 1. */
const shown = (name: string, value: number): Cell => (name === "mae" || name === "rmse" ? value : score(value));

/** A sentence about the rows. */
export function introduction(model: TableModel, { name, count }: ShownRows): string {
  const { rows, task, classes } = model;
  const what =
    task === "regression" ? `${model.target} is a number.` : `${model.target} is one of ${classes?.length} classes.`;
  const tested =
    name === "evaluated rows"
      ? `Scores are of ${counted(count, "row")} that the model was evaluated with.`
      : count > 0
        ? `Scores are of ${count} test rows, from which nothing was learned.`
        : "No rows were held back (testSize: 0), so there are no scores.";
  return element(
    "p",
    { class: "soft" },
    words(`${what} The model learned from ${counted(rows.train, "row")}. ${tested}`),
  );
}

/** The scores, and those of the simple models. */
export function scoresSection({ name, scores, beside }: ShownRows): string {
  if (scores === null) return "";
  const tiles = Object.entries(scores).map(([name, value]) =>
    element("div", {}, element("dt", {}, words(nameOf(name))), element("dd", {}, inline(shown(name, value)))),
  );
  const rows = new Map<string, TableScores>([
    [name === "test rows" ? "this model" : name, scores],
    ...Object.entries(beside),
  ]);
  const head = Object.keys(scores);
  const body = [...rows].map(([name, own]): Cell[] => [
    name,
    ...head.map((name) => (Object.hasOwn(own, name) ? shown(name, own[name]) : null)),
  ]);
  return section(
    "scores",
    "Scores",
    element("dl", { class: "tiles" }, ...tiles),
    paragraph(
      words(
        name === "test rows"
          ? "The same rows predicted by simple models, for comparison:"
          : "Scores in training, for comparison:",
      ),
    ),
    table(
      name === "test rows" ? "Scores next to simple models" : "Scores next to those in training",
      [name === "test rows" ? "model" : "rows", ...head.map(nameOf)],
      body,
    ),
  );
}

/** Facts that the caller adds to those of the model. */
export interface CardFacts {
  readonly command?: string | undefined;
  readonly date?: string | undefined;
  readonly card: ReadonlyMap<string, string | number>;
}

const code = (text: string): Cell => html(element("code", {}, words(text)));

/** JSON, a line for each key. */
function jsonLines(json: JsonObject): Cell {
  const lines = Object.entries(json).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return html(lines.map((line) => element("code", {}, words(line))).join("<br/>"));
}

export function cardSection(model: TableModel, { command, date, card }: CardFacts): string {
  const { training, classes, threshold, rows, metadata, trials } = model;
  const file = model.save();
  const labels = classes?.slice(0, 50).map((label) => cellText(label)) ?? [];
  const more = classes !== null && classes.length > labels.length ? `, … (${classes.length - labels.length} more)` : "";
  const isClass = classes !== null;
  const lines: (readonly [string, Cell] | null)[] = [
    ["Target", model.target],
    ["Task", model.task],
    isClass ? ["Classes", labels.join(", ") + more] : null,
    isClass && threshold !== null ? ["Threshold", threshold] : null,
    isClass ? ["Temperature", training.temperature] : null,
    ["Rows learned from", rows.train],
    ["Test rows", rows.test],
    ["Networks", Math.max(training.members.length, 1)],
    // Of a model whose options a search has found, the metadata say them.
    trials.length > 0 ? ["Setting", settingText(trials[0])] : null,
    ["Seed", training.seed],
    ["Trained with", `simdgrad ${training.version}`],
    ["File", `${counted(file.length, "byte")}`],
    ["CRC-32 of the file", code(crc32(file).toString(16).padStart(8, "0"))],
    command === undefined ? null : ["Command", code(command)],
    date === undefined ? null : ["Date", date],
    ...card,
    ["Options", jsonLines(training.options)],
    metadata === null ? null : ["Metadata", jsonLines(metadata)],
  ];
  const written = lines
    .filter((line) => line !== null)
    .map(([name, value]) => element("dt", {}, words(name)) + element("dd", {}, inline(value)));
  return section("card", "Model card", element("dl", { class: "card" }, ...written));
}
