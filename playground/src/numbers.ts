/** Formats numbers in few characters. */

/** A number in the units of the user's table, to four digits: `21,760`, `0.5013`. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return value.toExponential(2);
  return value.toLocaleString("en", { maximumSignificantDigits: size < 10_000 ? 4 : Math.ceil(Math.log10(size)) });
}

/** Three digits, or a power of ten if that avoids many zeros: `0.0500`, `5.0e-5`. */
export function short(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return size < 0.001 || size >= 1e5 ? value.toExponential(1) : value.toPrecision(3);
}
