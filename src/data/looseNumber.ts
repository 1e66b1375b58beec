/**
 * Text that is a number for people: signs of thousands of either habit, currencies, per cent, units. Knows cells and
 * what notation a column of them has in common, not tables.
 */
import { hoursOfTime } from "./dateText.js";
import { type DecimalSign, type NumberFormat, numberReader, SPACES } from "./numberText.js";
import { plainDigits } from "./plainDigits.js";

/** The notation of the numbers of a column. */
export interface NumberNotation extends NumberFormat {
  /** Text before or after every number, such as "$", "%" or "kg"; "" for none. */
  readonly unit: string;
}

/** Text before a number: a currency. Other words before numbers are names, as in "room 12". */
const CURRENCY = "(?:[A-Z]{0,2}\\p{Sc}|AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|INR|JPY|KRW|MXN|NOK|PLN|SEK|USD|ZAR)";
const BLANK = `[${SPACES}]?`;
const DIGITS = `[+-]?[\\d.,'’${SPACES}]+(?:e[+-]?\\d+)?`;
/** Text after a number: a currency, per cent, or a unit. */
const UNIT = "[^\\d\\s.,+'’-][^\\d]{0,11}";
/** A number with a currency before it or a unit after it. The parts share no character, so that a match is linear. */
const WITH_UNIT = new RegExp(`^(${CURRENCY}${BLANK})?(${DIGITS})(${UNIT})?$`, "iu");
/** A minus sign before a currency, and a number in brackets, as accountants write it. */
const SIGNED_UNIT = new RegExp(`^-(${CURRENCY})${BLANK}(?=\\d)`, "iu");
const BRACKETS = new RegExp(`^(${CURRENCY}${BLANK})?\\(([^()]*)\\)$`, "iu");
const LONGEST = 64;

interface Split {
  readonly digits: string;
  readonly unit: string;
}

function split(text: string): Split | null {
  if (text.length > LONGEST) return null;
  const own = plainDigits(text);
  const [, currency = "", inner] = BRACKETS.exec(own) ?? [];
  const bare = (inner === undefined ? own : `-${currency}${inner}`).replaceAll("\u2212", "-");
  const match = WITH_UNIT.exec(bare.replace(SIGNED_UNIT, "$1-"));
  if (!match) return null;
  const [, before = "", digits, after = ""] = match;
  if (before !== "" && after !== "") return null;
  return { digits: digits.trim(), unit: (before || after).trim() };
}

const formats: readonly NumberFormat[] = [
  { decimal: ".", thousands: null },
  { decimal: ".", thousands: "," },
  { decimal: ",", thousands: null },
  { decimal: ",", thousands: "." },
  { decimal: ".", thousands: "'" },
  { decimal: ",", thousands: " " },
  { decimal: ".", thousands: " " },
];

/** The unit of times of day such as 08:30, which are hours. */
export const CLOCK_UNIT = "h:mm";

/** Makes a function that returns the number of a text in this notation, with or without its unit; `null` for others. */
export function looseNumberReader({ unit, ...format }: NumberNotation): (text: string) => number | null {
  const read = numberReader(format);
  const plain = numberReader(formats[0]);
  const isClock = unit === CLOCK_UNIT;
  return (text) => {
    const hours = isClock ? hoursOfTime(text) : null;
    if (hours !== null) return hours;
    const parts = split(text.trim());
    if (!parts || (parts.unit !== "" && parts.unit.toLowerCase() !== unit.toLowerCase())) return null;
    // A form sends 1234.5 whatever the habit of the training data; where both can be meant, the data's decides.
    const number = read(parts.digits) ?? plain(parts.digits);
    return number === null ? null : Number(number);
  };
}

/**
 * The notation in which most texts are numbers, and how many of them are; `null` if none is. Where several are equal, as
 * for 1.200, the one with the decimal sign `preferred`.
 */
export function notationOf(
  texts: readonly string[],
  preferred: DecimalSign = ".",
): { notation: NumberNotation; count: number } | null {
  const parts = texts.map((text) => split(text.trim()));
  const units = new Map<string, number>();
  for (const part of parts) if (part) units.set(part.unit, (units.get(part.unit) ?? 0) + 1);
  const named = [...units].filter(([unit]) => unit !== "").sort(([, a], [, b]) => b - a);
  const unit = named[0]?.[0] ?? "";
  let best: { notation: NumberNotation; count: number } | null = null;
  const isPreferred = ({ decimal }: NumberFormat) => decimal === preferred;
  const sorted = [...formats].sort((a, b) => Number(isPreferred(b)) - Number(isPreferred(a)));
  for (const format of sorted) {
    const read = numberReader(format);
    const isIt = (part: Split | null) =>
      part !== null &&
      (part.unit === "" || part.unit.toLowerCase() === unit.toLowerCase()) &&
      read(part.digits) !== null;
    const count = parts.filter(isIt).length;
    if (count > (best?.count ?? 0)) best = { notation: { ...format, unit }, count };
  }
  const times = texts.filter((text) => hoursOfTime(text) !== null).length;
  if (times > (best?.count ?? 0)) return { notation: { ...formats[0], unit: CLOCK_UNIT }, count: times };
  return best;
}
