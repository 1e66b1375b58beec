/** The report of a table model: one HTML page that needs nothing else. */
import { OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { type Given, oneOf, optional, readOptions, text, unchecked, via } from "../base/options.js";
import { isRecord, type NamedTable } from "../data/preprocess/tableSource.js";
import { element } from "../plot/svg.js";
import { themeNames } from "../plot/theme.js";
import type { TableResults } from "../table/evaluation.js";
import type { TableModel } from "../table/tableModel.js";
import { cardSection, introduction, scoresSection } from "./card.js";
import { classesSection } from "./classes.js";
import { columnsSection, importanceSection } from "./columns.js";
import { numbersSection } from "./numbers.js";
import { page, words } from "./page.js";
import { shownRows } from "./results.js";
import { readRows, worstSection } from "./rows.js";
import { trainingSection } from "./training.js";

type Card = Readonly<Record<string, string | number>>;

const reportOptions = {
  /** Heading of the page. @default "Model of …", with the target */
  title: optional(text()),
  /** The command or program that made the model, for the model card. @default none */
  command: optional(text()),
  /** The date of the model, as it should be printed. Without one the page is the same on every day. @default none */
  date: optional(text()),
  /** More lines of the model card by name, such as the SHA-256 of the data. @default {} */
  card: via<Card, ReadonlyMap<string, string | number>>(checkCard, {}),
  /**
   * The table of the rows that are shown, which is that of training, `testData`, or that of `results`: the worst rows then
   * show their cells. One of `sampleCsv`, or with `rowNumbers`, may lack rows. @default none
   */
  table: optional(unchecked<NamedTable>()),
  /** The output of `evaluate` with `details` for other rows: they take the place of the test rows. @default none */
  results: optional(unchecked<TableResults>()),
  /** Colours for light or dark screens; `auto` follows the reader's setting. @default "auto" */
  theme: oneOf(themeNames, "auto"),
};

/** Options of `htmlReport`. */
export interface HtmlReportOptions extends Given<typeof reportOptions> {}

function checkCard(where: string, card: unknown): ReadonlyMap<string, string | number> {
  if (!isPlainObject(card)) throw new OptionError(`${where}: expected lines by name, got ${show(card)}.`);
  for (const [name, value] of Object.entries(card)) {
    if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value))) continue;
    throw new OptionError(`${where}: ${show(name)}: expected text or a finite number, got ${show(value)}.`);
  }
  return new Map(Object.entries(card));
}

/**
 * A page about a table model: scores next to those of simple models, columns and what was left out, losses by epoch,
 * predictions for the test rows (confusion matrix, ROC and precision-recall curves, thresholds, calibration; of numbers
 * predicted against true), importance, the worst rows, and a model card with all that is needed to repeat the training.
 *
 * One file without script and without links: it can be mailed, archived and printed. All texts are escaped.
 *
 * ```js
 * await writeFile("report.html", htmlReport(model, { command: "node train.js" }));
 * ```
 * @returns an HTML document
 * @throws OptionError for anything but a model and its results; DataError for a table of other rows
 */
export function htmlReport(model: TableModel, options: HtmlReportOptions = {}): string {
  const where = "htmlReport";
  const checked = readOptions(where, reportOptions, options, arguments);
  if (!isRecord(model) || !("evaluation" in model) || !("training" in model)) {
    throw new OptionError(`${where}: expected a TableModel, got ${show(model)}. TableModel.train makes one.`);
  }
  const { theme, table, title = `Model of ${model.target}` } = checked;
  const shown = shownRows(where, model, checked.results);
  const { evaluation } = shown;
  const rows = table === undefined ? null : readRows(`${where}: table`, table);
  const predictions =
    evaluation === null
      ? ""
      : evaluation.task === "classification"
        ? classesSection(model, { ...shown, evaluation }, theme)
        : numbersSection({ ...shown, evaluation }, theme);
  return page(title, theme, [
    element("h1", {}, words(title)),
    introduction(model, shown),
    scoresSection(shown),
    columnsSection(model),
    predictions,
    importanceSection(model),
    worstSection(where, model, shown, rows),
    trainingSection(model, theme),
    cardSection(model, checked),
  ]);
}
