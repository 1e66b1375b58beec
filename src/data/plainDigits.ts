/** The digits of any script as 0 to 9, in text that is a number or a date. Knows characters, not what they mean. */

const FOREIGN = /(?!\d)\p{Nd}/u;
const DIGIT = /^\p{Nd}$/u;

/** Signs that are written beside such digits. */
const signs: Readonly<Record<string, string>> = {
  "\u2212": "-",
  "\u061c": "", // marks of direction
  "\u200e": "",
  "\u200f": "",
  "\uff0b": "+", // full-width
  "\uff0c": ",",
  "\uff0d": "-",
  "\uff0e": ".",
  "\uff0f": "/",
  "\uff1a": ":",
};
const SIGN = new RegExp(`[${Object.keys(signs).join("")}]`, "g");

/** A digit as ASCII has it. Unicode has the digits of a script in order, and some scripts directly after each other. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) as number;
  let first = code;
  while (DIGIT.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}

/**
 * The text with digits and signs as ASCII has them, if it has digits of another script; else unchanged. The Arabic
 * separators have one meaning each: that of thousands goes, that of decimals becomes the sign `decimal`.
 */
export function plainDigits(text: string, decimal = "."): string {
  if (!FOREIGN.test(text)) return text;
  return text
    .replace(/\p{Nd}/gu, asciiDigit)
    .replace(/\u066c(\d{3})(?!\d)/g, "$1")
    .replaceAll("\u066b", decimal)
    .replace(SIGN, (sign) => signs[sign]);
}
