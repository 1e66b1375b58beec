/** Text that is a number: the signs it is written with, and whether the number keeps all of the text. */

import { plainDigits } from "./plainDigits.js";

/** The sign between the whole part and the fraction. */
export type DecimalSign = "." | ",";

/** The sign between groups of three digits. A space also stands for the narrow and non-breaking ones, `'` for `’`. */
export type ThousandsSign = "," | "." | " " | "'";

/** Notation of numbers. */
export interface NumberFormat {
  readonly decimal: DecimalSign;
  readonly thousands: ThousandsSign | null;
}

/** Numbers as JavaScript writes them, such as 1200.5. */
export const PLAIN: NumberFormat = { decimal: ".", thousands: null };

/** Spaces within a number: the plain one, and those of print, of which some keep a line together. */
export const SPACES = " \\u00a0\\u2007\\u2009\\u202f";

const patterns: Record<ThousandsSign, string> = {
  ",": ",",
  ".": "\\.",
  " ": `[${SPACES}]`,
  "'": "['\\u2019]",
};

/**
 * Makes a function that returns a number of this format as JavaScript writes it, and `null` for any other text. Groups
 * are strict: one to three digits, the first not 0, then groups of exactly three; `1.50` is not a number where the
 * point separates thousands. Digits without any group are a number, too; digits may be those of any script.
 */
export function numberReader({ decimal, thousands }: NumberFormat): (text: string) => string | null {
  const point = patterns[decimal];
  const digits = thousands ? `(?:[1-9]\\d{0,2}(?:${patterns[thousands]}\\d{3})+|\\d+)` : "\\d+";
  const pattern = new RegExp(`^[+-]?(?:${digits}(?:${point}\\d*)?|${point}\\d+)(?:[eE][+-]?\\d+)?$`);
  const groups = thousands && new RegExp(patterns[thousands], "g");
  return (given) => {
    let text = given;
    if (!pattern.test(text)) {
      text = plainDigits(given, decimal);
      if (text === given || !pattern.test(text)) return null;
    }
    const whole = groups ? text.replace(groups, "") : text;
    const plain = decimal === "." ? whole : whole.replace(decimal, ".");
    return Number.isFinite(Number(plain)) ? plain : null;
  };
}

/**
 * True if the number rounds its whole part, beyond 2^53, so that two ids may become one.
 * @param plain As `numberReader` returns it.
 */
export function isRounded(plain: string): boolean {
  const value = Number(plain);
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return false;
  const parts = /^([+-]?\d+)(?:\.(\d*))?$/.exec(plain);
  return parts !== null && (/[1-9]/.test(parts[2] ?? "") || BigInt(parts[1]) !== BigInt(value));
}

/** True if the number would lose part of the text: it rounds it, or drops leading zeros, as in the zip code 00501. */
export function isCode(plain: string): boolean {
  return /^[+-]?0\d/.test(plain) || isRounded(plain);
}
