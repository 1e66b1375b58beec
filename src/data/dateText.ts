/**
 * Text that is a date, with or without a time of day: ISO 8601, numbers in the order of a country, and months by their
 * English names. Knows single cells and what order a column of them is in, not tables.
 */

import { plainDigits } from "./plainDigits.js";

/** Order of day, month and year in dates such as 03/04/2024; dates with the year first and with names need none. */
export type DateOrder = "dmy" | "mdy";

const MONTHS = "january february march april may june july august september october november december".split(" ");
const TIME = String.raw`(?:[T ,]\s?(\d{1,2}):(\d\d)(?::(\d\d(?:[.,]\d{1,9})?))?\s?([ap]\.?m\.?)?\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?`;
const NAME = "([a-z]{3,9})\\.?";
const forms = {
  year: new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${TIME}$`, "i"),
  ordered: new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d\\d)${TIME}$`, "i"),
  dayName: new RegExp(`^(\\d{1,2})(?:st|nd|rd|th|\\.)?[- ]${NAME}[- ,] ?(\\d{4})${TIME}$`, "i"),
  nameDay: new RegExp(`^${NAME} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${TIME}$`, "i"),
};
/** No date is longer; the patterns see no other text. */
const LONGEST = 48;

interface Parts {
  readonly year: number;
  /** Two numbers whose order is not known, or day and month. */
  readonly first: number;
  readonly second: number;
  readonly order: DateOrder | null;
  /** Share of a day, less the time zone's. */
  readonly time: number;
}

/** The number of a month by its English name or its first three letters; 0 for other words. */
function monthOf(name: string): number {
  const word = name.toLowerCase();
  return (
    MONTHS.findIndex(
      (month) => month === word || month.slice(0, 3) === word || (word === "sept" && month === "september"),
    ) + 1
  );
}

/** Minutes of a day; `null` for an hour, minute or second that no clock shows. */
function minutesOf([hours, minutes, seconds, half, zone]: readonly (string | undefined)[]): number | null {
  if (hours === undefined || minutes === undefined) return 0;
  let hour = Number(hours);
  const minute = Number(minutes);
  const second = Number((seconds ?? "0").replace(",", "."));
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  if (hour > 24 || minute > 59 || second >= 60 || (hour === 24 && minute + second > 0)) return null;
  const sign = zone?.startsWith("-") ? -1 : 1;
  const offset = zone && /\d/.test(zone) ? sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) : 0;
  return hour * 60 + minute - offset + second / 60;
}

const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d(?:[.,]\d{1,9})?))?\s?([ap]\.?m\.?)?$/i;

/** Hours of a time of day without a date, such as 8.5 for 08:30; `null` for other text. */
export function hoursOfTime(text: string): number | null {
  const found = text.length > LONGEST ? null : CLOCK.exec(plainDigits(text.trim()));
  const minutes = found && minutesOf(found.slice(1));
  return minutes === null ? null : minutes / 60;
}

/** Years of two digits as Excel reads them: 00 to 29 are 2000 to 2029. */
function yearOf(text: string): number {
  const year = Number(text);
  return text.length > 2 ? year : year + (year < 30 ? 2000 : 1900);
}

function partsOf(given: string): Parts | null {
  if (given.length > LONGEST) return null;
  const text = plainDigits(given);
  let found = forms.year.exec(text);
  if (found) return made(Number(found[1]), Number(found[4]), Number(found[3]), "dmy", found.slice(5));
  found = forms.ordered.exec(text);
  if (found) return made(yearOf(found[4]), Number(found[1]), Number(found[3]), null, found.slice(5));
  found = forms.dayName.exec(text);
  if (found) return made(Number(found[3]), Number(found[1]), monthOf(found[2]), "dmy", found.slice(4));
  found = forms.nameDay.exec(text);
  if (found) return made(Number(found[3]), Number(found[2]), monthOf(found[1]), "dmy", found.slice(4));
  return null;
}

function made(
  year: number,
  first: number,
  second: number,
  order: DateOrder | null,
  clock: readonly (string | undefined)[],
): Parts | null {
  const minutes = minutesOf(clock);
  return minutes === null ? null : { year, first, second, order, time: minutes / 1440 };
}

/** Days from 1970-01-01 to a day of the Gregorian calendar. */
function daysOfDay(year: number, month: number, day: number): number {
  // The year begins in March, so that February, and the day that it may have more, is the last month.
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** The day of the Gregorian calendar that is `days` after 1970-01-01. */
export function dayOf(days: number): { year: number; month: number; day: number } {
  const shifted = Math.floor(days) + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leap = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leap) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function daysOf({ year, first, second, order, time }: Parts, ordered: DateOrder): number | null {
  const [day, month] = (order ?? ordered) === "dmy" ? [first, second] : [second, first];
  const isMonth = month >= 1 && month <= 12 && day >= 1;
  const next = month === 12 ? daysOfDay(year + 1, 1, 1) : daysOfDay(year, month + 1, 1);
  return isMonth && day <= next - daysOfDay(year, month, 1) ? daysOfDay(year, month, day) + time : null;
}

/** Days from 1970-01-01 to a date, with a share for the time of day, in UTC; `null` for anything that is not a date. */
export function daysOfDate(text: string, order: DateOrder): number | null {
  const parts = partsOf(text.trim());
  return parts && daysOf(parts, order);
}

/** The order in which all texts are dates, and whether another would do as well; `null` if some text is not a date. */
export function dateOrderOf(texts: Iterable<string>): { order: DateOrder; isAmbiguous: boolean } | null {
  const fits = { dmy: true, mdy: true };
  let isOrdered = false;
  for (const text of texts) {
    const parts = partsOf(text.trim());
    if (!parts) return null;
    for (const order of ["dmy", "mdy"] as const) fits[order] &&= daysOf(parts, order) !== null;
    if (!fits.dmy && !fits.mdy) return null;
    isOrdered ||= parts.order === null && parts.first !== parts.second;
  }
  return { order: fits.dmy ? "dmy" : "mdy", isAmbiguous: isOrdered && fits.dmy && fits.mdy };
}
