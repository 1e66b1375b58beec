/** Texts of the command line to values, and options that do not belong. */
import { InvalidArgumentError } from "commander";
import { misuse } from "./failure.js";

/** Refuses options that would be ignored, all but those of `used`, and says `why` they are. */
export function refuseOthers(flags: object, used: readonly string[], why: string): void {
  // Those that begin with --no- are true unless they are given.
  const isGiven = ([name, value]: [string, unknown]) =>
    value !== undefined && !(value === true && ["shuffle", "training"].includes(name));
  const stray = Object.entries(flags).find((flag) => isGiven(flag) && !used.includes(flag[0]));
  if (!stray) return;
  const name = stray[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw misuse(`${why} Leave out --${stray[1] === false ? "no-" : ""}${name}.`);
}

/** Refuses -o=file, whose value would be "=file". */
export function checkShort(argv: readonly string[]): void {
  const [, option, value] = argv.map((word) => /^(-[A-Za-z])=(.*)$/s.exec(word)).find((found) => found) ?? [];
  if (option === undefined) return;
  const got = JSON.stringify(`${option}=${value}`);
  throw misuse(
    `expected a space after ${option}, got ${got}. Write ${option}, and its value, if it has one, after a space.`,
  );
}

/** Names between commas, given once or several times; a comma within a name is written `\,`. */
export function names(text: string, before: readonly string[] = []): string[] {
  const list = text.split(/(?<!\\),/).map((name) => name.trim().replaceAll("\\,", ","));
  if (list.some((name) => name === "")) throw new InvalidArgumentError("Expected names between commas, such as a,b.");
  return [...before, ...list];
}

/** `zip=category,note=ignore`, given once or several times. */
export function pairs(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = names(text).map((pair): [string, string] => {
    const at = pair.lastIndexOf("=");
    if (at > 0 && at < pair.length - 1) return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    throw new InvalidArgumentError("Expected column=type, such as zip=category.");
  });
  return Object.fromEntries([...Object.entries(before), ...own]);
}

export function number(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError("Expected a number.");
  return value;
}

/** `64,32`, or `linear` for none. */
export function sizes(text: string): number[] {
  if (text === "linear") return [];
  const list = text.split(",").map((size) => (/^\s*\d+\s*$/.test(size) ? Number(size) : Number.NaN));
  if (list.every((size) => size >= 1 && size <= 65_536)) return list;
  throw new InvalidArgumentError("Expected whole numbers between commas, such as 64,32, or linear.");
}

export function integerFrom(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected an integer ${range}.`);
  };
}

/** A share or a number of rows, or else the path of a file. */
export function shareOrPath(text: string): number | string {
  if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (/[^\d\s.,%+-]/.test(text)) return text;
  throw new InvalidArgumentError("Expected a share such as 0.2, a number of rows, or a CSV file.");
}

export function thresholdOf(text: string): number | "f1" {
  if (text === "f1") return text;
  try {
    return number(text);
  } catch {
    throw new InvalidArgumentError("Expected a number such as 0.4, or f1.");
  }
}

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };

/** `1mb`, `512kb`, or a number of bytes. */
export function bytes(text: string): number {
  const [, value, unit] = /^(\d+(?:\.\d+)?)\s*([kmg]?b?)$/i.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit.toLowerCase().replace(/^[kmg]$/, "$&b")];
  if (factor !== undefined && Number(value) > 0) return Math.floor(Number(value) * factor);
  throw new InvalidArgumentError("Expected a size such as 1mb or 512kb.");
}

/** JSON, or text as it is: 0.001, true, [64,32], adam. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The parts of a text between commas that are not within brackets. */
function between(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const sign of text) {
    if ("[{".includes(sign)) depth++;
    if ("]}".includes(sign)) depth--;
    if (sign === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts.map((part) => part.trim());
}

/** `name=…` or a JSON object, given once or several times. */
function named(
  text: string,
  before: Readonly<Record<string, unknown>>,
  example: string,
  read: (text: string) => unknown,
) {
  const whole = text.trimStart().startsWith("{") ? jsonOr(text) : null;
  if (typeof whole === "object" && whole !== null) return { ...before, ...whole };
  const [, name, value] = /^\s*([\w.]+)\s*=\s*(.+)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`Expected ${example}, or a JSON object.`);
  return { ...before, [name]: read(value) };
}

/** Values to try: `alpha=1e-4,1e-3`, `hiddenLayerSizes=[64],[64,32]`, or JSON. */
export function grid(text: string, before: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return named(text, before, "values such as alpha=1e-4,1e-3", (list) => between(list).map(jsonOr));
}

/** Options: `maxEpochs=50`, or JSON. */
export function options(text: string, before: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return named(text, before, "an option such as maxEpochs=50", jsonOr);
}

/** Parsers of options whose values add up. Others are given once. */
export const addingUp: ReadonlySet<unknown> = new Set([names, pairs, grid, options]);

/** Most indexes of one command. */
const MOST_INDEXES = 1e6;

/** Indexes from 0: `3,7-9`. */
export function indexes(text: string): number[] {
  const ranges = text.split(",").map((range) => /^\s*(\d{1,15})(?:-(\d{1,15}))?\s*$/.exec(range));
  const bounds = ranges.map((found) => [Number(found?.[1]), Number(found?.[2] ?? found?.[1])]);
  const total = bounds.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (bounds.every(([first, last]) => first <= last) && total <= MOST_INDEXES) {
    return bounds.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  }
  throw new InvalidArgumentError("Expected indexes from 0, such as 5 or 3,7-9.");
}
