/** Writes the numbers of each epoch to a CSV file. */
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { checkBoolean, checkKeys, OptionError, SimdgradError, show } from "../errors.js";
import type { Callback, Logs } from "../model/callbacks/callback.js";
import { checkPath, messageOf, writeAtomically } from "./atomicFile.js";

/** Options of `csvLogger`. */
export interface CsvLoggerOptions {
  /** The file. Missing folders are made. */
  path: string;
  /** What stands between two columns: one character. @default "," */
  separator?: string;
  /** Go on with the file that is there instead of replacing it. @default false */
  append?: boolean;
}

/**
 * Writes a line per epoch as it ends: `epoch` (from 0), then the logs, under a line of their names (Keras's CSVLogger).
 * Numbers are written so that reading them gives the same bits. What an epoch does not have is left empty, and what comes
 * later, such as validation that is not of every epoch, is a column at the end.
 * @throws OptionError; SimdgradError, naming the path, when it cannot be written.
 */
export function csvLogger(options: CsvLoggerOptions): Callback {
  const where = "csvLogger";
  checkKeys(where, options, ["path", "separator", "append"]);
  const { separator = ",", append = false } = options;
  const path = checkPath(`${where}: path`, options.path);
  checkBoolean(`${where}: append`, append);
  if (typeof separator !== "string" || separator.length !== 1 || /[\w.+\-"\n\r]/.test(separator)) {
    throw new OptionError(`${where}: separator: expected one character such as ";", got ${show(separator)}.`);
  }
  let columns: readonly string[] | null = null;
  const lineOf = (values: readonly (string | number)[]) => `${values.join(separator)}\n`;

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof SimdgradError) throw cause;
      throw new SimdgradError(`${where}: ${path} could not be written: ${messageOf(cause)}`, { cause });
    }
  }

  async function begin(): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const header = append ? await firstLine(path) : "";
    columns = header ? header.split(separator) : null;
    if (!header) await writeFile(path, "");
  }

  async function add(epoch: number, logs: Logs): Promise<void> {
    const names = ["epoch", ...Object.keys(logs)];
    const header = columns === null ? lineOf(names) : "";
    columns ??= names;
    const added = names.filter((name) => !columns?.includes(name));
    if (added.length > 0) columns = await widen(columns, added);
    const values: Logs = { epoch, ...logs };
    await appendFile(path, header + lineOf(columns.map((name) => values[name] ?? "")));
  }

  /** Gives the lines so far more columns, which are empty in them. */
  async function widen(old: readonly string[], added: readonly string[]): Promise<readonly string[]> {
    const [, ...lines] = (await readFile(path, "utf8")).trimEnd().split(/\r?\n/);
    const wider = [...old, ...added];
    const text = [wider.join(separator), ...lines.map((line) => line + separator.repeat(added.length))].join("\n");
    await writeAtomically(where, path, new TextEncoder().encode(`${text}\n`));
    return wider;
  }

  return {
    onTrainBegin: () => attempt(begin),
    onEpochEnd: (epoch, logs) => attempt(() => add(epoch, logs)),
  };
}

/** The first line of a file; empty where there is none. */
async function firstLine(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return text.split(/\r?\n/, 1)[0];
}
