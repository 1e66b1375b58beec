/** Texts of the command line to values. */
import { InvalidArgumentError } from "commander";

/** Names between commas; a comma within a name is written `\,`. */
export function names(text: string): string[] {
  const list = text.split(/(?<!\\),/).map((name) => name.trim().replaceAll("\\,", ","));
  if (list.some((name) => name === "")) throw new InvalidArgumentError("Expected names between commas, such as a,b.");
  return list;
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
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

export function thresholdOf(text: string): number | "f1" {
  return text === "f1" ? text : number(text);
}

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 };

/** `1mb`, `512kb`, or a number of bytes. */
export function bytes(text: string): number {
  const [, value, unit] = /^(\d+(?:\.\d+)?)\s*([kmg]?b?)$/i.exec(text.trim()) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit.toLowerCase().replace(/^[kmg]$/, "$&b")];
  if (factor !== undefined && Number(value) > 0) return Math.floor(Number(value) * factor);
  throw new InvalidArgumentError("Expected a size such as 1mb or 512kb.");
}
