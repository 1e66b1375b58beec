/** A column of dates: days since 1970-01-01 in UTC, or parts of the date. */
import { DataError, show } from "../../base/errors.js";
import { kindOf } from "../../base/kinds.js";
import { cos, sin } from "../../base/math.js";
import { type DateOrder, dateOrderOf, dayOf, daysOfDate } from "../dateText.js";
import { isMissing } from "../preprocess/table.js";
import { type CellWriter, checkPresent, invalidCells, type ReaderOptions } from "./cells.js";

export const dateParts = [
  "days",
  "year",
  "month",
  "weekday",
  "hour",
  "monthCycle",
  "weekdayCycle",
  "hourCycle",
] as const;

/**
 * A number of a date: days since 1970-01-01, with a share for the time of day; the year; the month from 1; the weekday
 * from 0, Monday; the hour with a share for minutes. A cycle is the sine and the cosine of the month, weekday or hour
 * as an angle, so that December is next to January.
 */
export type DatePart = (typeof dateParts)[number];

/** A column of dates, as it was learned. */
export interface DateColumn {
  readonly name: string;
  readonly kind: "date";
  readonly categories: null;
  /** Order of day and month in text such as 03/04/2024. */
  readonly order: DateOrder;
  readonly parts: readonly DatePart[];
  /** In days. */
  readonly fill: number | null;
}

const MS_PER_DAY = 86_400_000;

/** Days of a cell: text, or a Date. */
function daysOf(cell: unknown, order: DateOrder): number | null {
  if (typeof cell === "string") return daysOfDate(cell, order);
  const time = kindOf(cell) === "Date" ? Number(cell) : Number.NaN;
  return Number.isNaN(time) ? null : time / MS_PER_DAY;
}

/** The order of day and month that makes dates of all cells (at least one); `null` if none does. */
export function orderOf(cells: readonly unknown[]): { order: DateOrder; isAmbiguous: boolean } | null {
  if (!cells.every((cell) => typeof cell === "string" || kindOf(cell) === "Date")) return null;
  return dateOrderOf(cells.filter((cell) => typeof cell === "string"));
}

/** Days of the cells that are dates. */
export function presentDays(cells: readonly unknown[], order: DateOrder): number[] {
  return cells.map((cell) => daysOf(cell, order)).filter((days) => days !== null);
}

/** Days since 1970-01-01 as ISO text. */
export function dayText(days: number): string {
  const { year, month, day } = dayOf(days);
  return [year, month, day].map((part) => String(part).padStart(2, "0")).join("-");
}

const isCycle = (part: DatePart) => part.endsWith("Cycle");

/** Endings of the names of the columns of x. */
export function dateEndings(parts: readonly DatePart[]): string[] {
  if (parts.length === 1 && parts[0] === "days") return [""];
  return parts.flatMap((part) => (isCycle(part) ? ["Sin", "Cos"].map((wave) => `_${part}${wave}`) : [`_${part}`]));
}

function numberOf(part: DatePart, days: number): number {
  if (part === "year") return dayOf(days).year;
  if (part.startsWith("month")) return dayOf(days).month;
  // 1970-01-01 was a Thursday.
  if (part.startsWith("weekday")) return (((Math.floor(days) + 3) % 7) + 7) % 7;
  return part.startsWith("hour") ? (days - Math.floor(days)) * 24 : days;
}

const PERIODS: Readonly<Record<string, number>> = { monthCycle: 12, weekdayCycle: 7, hourCycle: 24 };

function writeParts(parts: readonly DatePart[], days: number, out: Float64Array, begin: number): void {
  let at = begin;
  for (const part of parts) {
    const number = numberOf(part, days);
    if (isCycle(part)) {
      const angle = (2 * Math.PI * number) / PERIODS[part];
      out[at++] = sin(angle);
      out[at++] = cos(angle);
    } else out[at++] = number;
  }
}

export function dateWriter(where: string, column: DateColumn, options: ReaderOptions): CellWriter {
  const { order, parts, fill } = column;
  const tell = invalidCells(where, options.onWarning);
  return (row, cell, out, at) => {
    let days = isMissing(cell) ? fill : daysOf(cell, order);
    if (days === null) {
      checkPresent(where, row, cell, false);
      if (!options.ignoresInvalid || fill === null) {
        const hint = 'Write it as 2024-12-31, or read the column as types: "category".';
        throw new DataError(`${where}, row ${row}: expected a date, got ${show(cell)}. ${hint}`);
      }
      tell(row, cell);
      days = fill;
    }
    writeParts(parts, days, out, at);
  };
}

export function isDateColumn({ categories, order, parts, fill }: Partial<DateColumn>): boolean {
  const areParts = Array.isArray(parts) && parts.length > 0 && parts.every((part) => dateParts.includes(part));
  const isOrder = order === "dmy" || order === "mdy";
  return categories === null && isOrder && areParts && (fill === null || Number.isFinite(fill));
}
