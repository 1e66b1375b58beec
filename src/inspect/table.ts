/** Cells and columns of text for views. */
import { alignColumns } from "../base/text.js";

/** Aligned columns of text: the first to the left, the others to the right. Knows nothing of their content. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  return alignColumns(rows, { isRight: (column) => column > 0 }).lines.join("\n");
}

/** Three significant digits: `0.0123`, `1.23e-7`, `–` for a missing value. */
export function formatShort(value: number | null): string {
  if (value === null) return "–";
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e5)) return String(Number(value.toPrecision(3)));
  return value.toExponential(2);
}

/** `12.3 %` */
export function formatShare(value: number | null): string {
  return value === null ? "–" : `${(100 * value).toFixed(1)} %`;
}
