/** Formats numbers in few characters. */

/** Three digits, or a power of ten if that avoids many zeros: `0.0500`, `5.0e-5`. */
export function short(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return size < 0.001 || size >= 1e5 ? value.toExponential(1) : value.toPrecision(3);
}
