/** Writes the numbers of each epoch to a CSV file. */

import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { OptionError, SimdgradError, show } from "../base/errors.js";
import { flag, type Given, readOptions, via } from "../base/options.js";
import type { Callback } from "../callbacks/callback.js";
import { logNamesOf } from "../callbacks/logNames.js";
import type { Logs } from "../callbacks/logTypes.js";
import { checkPath, messageOf, writeAtomically } from "./atomicFile.js";
import { headerCell, readHeader } from "./csvHeader.js";
import { claimPath } from "./ownPath.js";

/** Options of `csvLogger`. */
const csvLoggerOptions = {
  /** The file. Missing folders are made. */
  path: via<string, string>(checkPath),
  /** Separator of columns: one character. @default "," */
  separator: via<string, string>(checkSeparator, ","),
  /** Continue an existing file instead of replacing it. It must have the same columns. @default false */
  append: flag(false),
};

/** Options of `csvLogger`. */
export interface CsvLoggerOptions extends Given<typeof csvLoggerOptions> {}

function checkSeparator(where: string, separator: unknown): string {
  if (typeof separator === "string" && separator.length === 1 && !/[\w.+\-"\n\r]/.test(separator)) return separator;
  throw new OptionError(`${where}: expected one character such as ";", got ${show(separator)}.`);
}

/**
 * Writes a line per epoch as it ends: `epoch` (from 0), then the logs, under a line of their names (Keras's CSVLogger).
 * Numbers are written so that reading them gives the same bits. A cell is empty if the epoch lacks the number. A
 * number that first appears later, such as one of validation that does not follow every epoch, gets a column at the
 * end.
 *
 * Names are quoted where RFC 4180 requires it. A name that a spreadsheet would take for a formula, such as `=x`, gets
 * an apostrophe in front. A run that resumes, from `backupAndRestore` or with `resume: true`, continues its own file:
 * lines of epochs that it trains again are removed first.
 * @throws OptionError, also from `fit` if another callback writes the path, or `append` finds other columns;
 * SimdgradError, naming the path, if it cannot be written.
 */
export function csvLogger(options: CsvLoggerOptions): Callback {
  const where = "csvLogger";
  const { path, separator, append } = readOptions(where, csvLoggerOptions, options, arguments);
  /** Numbers that `fit` itself logs, with and without validation. */
  let own: readonly string[] = [];
  let twins: readonly string[] = [];
  let columns: readonly string[] | null = null;
  /** Lines of epochs in the file; `null` before it is opened. */
  let rows: number | null = null;
  /** The number of these lines that belong to the resumed run. */
  let resumed: number | null = null;
  /** True until the columns of an existing file are compared with the first logs. */
  let isUnknown = false;

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof SimdgradError) throw cause;
      throw new SimdgradError(`${where}: ${path} could not be written: ${messageOf(cause)}`, { cause });
    }
  }

  function refuse(): OptionError {
    const got = `${path} has the columns ${columns?.join(", ")}, and this fit has ${own.join(", ")}`;
    return new OptionError(`${where}: ${got}. Give another path, or move the file away.`);
  }

  /** Opens the file once in a fit, when it is known whether the fit resumes. */
  async function open(): Promise<void> {
    if (rows !== null) return;
    await mkdir(dirname(path), { recursive: true });
    const found = append || resumed ? await readIfThere(path) : "";
    const header = readHeader(found, separator);
    columns = header?.names ?? null;
    isUnknown = header !== null;
    if (!header) {
      await writeFile(path, "");
      rows = 0;
      return;
    }
    if (own.some((name) => !header.names.includes(name))) throw refuse();
    const kept = firstLines(found, header.end, resumed);
    if (kept.text !== found) await writeAtomically(where, path, new TextEncoder().encode(kept.text));
    rows = kept.lines;
  }

  async function add(epoch: number, logs: Logs<string>): Promise<void> {
    await open();
    const values = new Map(Object.entries({ epoch, ...logs }));
    const names = [...values.keys()];
    if (isUnknown && columns?.some((name) => !values.has(name) && !twins.includes(name))) throw refuse();
    isUnknown = false;
    const header = columns === null ? lineOf(names.map((name) => headerCell(name, separator))) : "";
    columns ??= names;
    const added = names.filter((name) => !columns?.includes(name));
    if (added.length > 0) columns = await widen(columns, added);
    const cells = columns.map((name) => (values.has(name) ? cellOf(values.get(name)) : ""));
    await appendFile(path, header + lineOf(cells));
    rows = (rows ?? 0) + 1;
  }

  const lineOf = (cells: readonly string[]) => `${cells.join(separator)}\n`;
  /** Numbers hold no separator; anything else that a callback adds is text, on one line. */
  const cellOf = (value: unknown) =>
    typeof value === "number" ? String(value) : headerCell(String(value).replace(/[\r\n]+/g, " "), separator);

  /** Adds empty columns to the lines so far. */
  async function widen(old: readonly string[], added: readonly string[]): Promise<readonly string[]> {
    const text = await readFile(path, "utf8");
    const wider = [...old, ...added];
    const lines = text.slice(readHeader(text, separator)?.end).replace(/[\r\n]+$/, "");
    const padded = lines === "" ? [] : lines.split(/\r?\n/).map((line) => line + separator.repeat(added.length));
    const all = [wider.map((name) => headerCell(name, separator)).join(separator), ...padded, ""].join("\n");
    await writeAtomically(where, path, new TextEncoder().encode(all));
    return wider;
  }

  return {
    name: where,
    getState: () => ({ rows: rows ?? resumed }), // before the file is opened, what the run brought
    setState(state) {
      resumed = state.rows as number | null;
    },
    onTrainBegin(trainer) {
      claimPath(trainer, where, path);
      const names = logNamesOf(trainer);
      own = ["epoch", ...names.own];
      twins = names.validation;
      [columns, rows, resumed] = [null, null, null];
    },
    onEpochBegin: () => attempt(open),
    onEpochEnd: (epoch, logs) => attempt(() => add(epoch, logs)),
  };
}

/**
 * The text up to its `limit`-th line after the header. Without a limit, the whole text, with its last line ended. A
 * line that a crash has cut short does not count.
 */
function firstLines(text: string, begin: number, limit: number | null): { text: string; lines: number } {
  let [end, lines] = [begin, 0];
  while (lines < (limit ?? Infinity)) {
    const next = text.indexOf("\n", end);
    if (next < 0) break;
    end = next + 1;
    lines++;
  }
  const rest = limit === null ? text.slice(end) : "";
  const kept = text.slice(0, end) + rest;
  return { text: kept.endsWith("\n") ? kept : `${kept}\n`, lines: lines + Number(rest !== "") };
}

/** The text of a file; empty if there is no file. */
function readIfThere(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}
