/** Lines of text: tables, numbers and pairs, for a screen or a file. */
import { stripVTControlCharacters } from "node:util";
import type { Colors } from "../io.js";

const INDENT = "  ";

export const count = (n: number) => Math.round(n).toLocaleString("en-US");

/** `1 row`, `12,345 rows`: that many. */
export const countOf = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

/** Four digits that say something: 0.8431, 12.35, 51,230. */
export function decimal(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1000) return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
  if (size >= 100) return value.toFixed(1);
  if (size >= 10) return value.toFixed(2);
  return size > 0 && size < 0.001 ? value.toExponential(1) : value.toFixed(4);
}

/** Four digits, and no zeros after them: 35, 2.463, 51,230. */
export function plain(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(3);
  return (size >= 1000 ? Math.round(value) : Number(value.toPrecision(4))).toLocaleString("en-US", {
    maximumFractionDigits: 8,
  });
}

export const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

export function bytesText(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB"];
  const place = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  const value = bytes / 1000 ** place;
  return `${place === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[place]}`;
}

/** 1:05 for 65 seconds. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Text of the outside on one line, without what would move the cursor. */
export function shown(text: string, most = 60): string {
  const plain = stripVTControlCharacters(text).replace(/\p{Cc}+/gu, " ");
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}

const width = (text: string) => stripVTControlCharacters(text).length;
const pad = (text: string, size: number, isRight: boolean) => {
  const blanks = " ".repeat(Math.max(0, size - width(text)));
  return isRight ? blanks + text : text + blanks;
};

/** Columns side by side; the first is aligned left, the others as told. */
export function table(rows: readonly (readonly string[])[], align: "left" | "right" = "right"): string[] {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const widths = Array.from({ length: columns }, (_, c) =>
    rows.reduce((w, row) => Math.max(w, width(row[c] ?? "")), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, c) => pad(cell, widths[c], c > 0 && align === "right"))
      .join("   ")
      .trimEnd(),
  );
}

/** A heading, and lines under it. */
export function section(colors: Colors, title: string, lines: readonly string[]): string {
  return `\n${colors.bold(title)}\n${lines.map((line) => `${INDENT}${line}`.trimEnd()).join("\n")}\n`;
}

/** A bar of at most `size` signs. */
export function bar(share: number, size: number): string {
  return "█".repeat(Math.max(0, Math.round(share * size)));
}
