/** Numbers, vectors and names as text in a formula. Knows nothing about networks. */

/** Vectors and matrices up to this many columns and rows are shown in full. */
const FULL = 8;
/** Elements shown at the beginning of longer ones; one is shown at the end. */
const HEAD = 4;

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** `W` and 12 give `W₁₂`. */
export function subscript(symbol: string, index: number): string {
  return symbol + Array.from(String(index), (digit) => SUBSCRIPTS[Number(digit)]).join("");
}

/** Four significant digits, with a real minus sign. */
export function formatNumber(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? "0" : String(value).replace("-", "−");
  const size = Math.abs(value);
  const isPlain = size >= 1e-4 && size < 1e6;
  const text = isPlain ? String(Number(value.toPrecision(4))) : value.toExponential(3);
  return text.replaceAll("-", "−");
}

/** A number as a factor or summand: in parentheses when negative. */
export function formatTerm(value: number): string {
  const text = formatNumber(value);
  return text.startsWith("−") ? `(${text})` : text;
}

/** Positions of the elements to show, out of `count`; `null` stands for those omitted. */
export function shown(count: number): (number | null)[] {
  if (count <= FULL) return Array.from({ length: count }, (_, i) => i);
  return [...Array.from({ length: HEAD }, (_, i) => i), null, count - 1];
}

/** Values in the shape of a table of text, long rows and columns shortened; a vector is one row. */
export function formatCells(shape: readonly number[], data: ArrayLike<number>): string[][] {
  const columns = shape.length === 0 ? 1 : shape[shape.length - 1];
  const rows = data.length / columns;
  return shown(rows).map((row) =>
    shown(columns).map((column) => {
      if (row === null || column === null) return row === null && column === null ? "⋱" : row === null ? "⋮" : "…";
      return formatNumber(data[row * columns + column]);
    }),
  );
}

/** `a₁·b₁ + a₂·b₂ + … + c`, shortened when long. */
export function formatSumOfProducts(a: readonly number[], b: readonly number[], rest: number | null): string {
  const terms = shown(a.length).map((i) => (i === null ? "…" : `${formatTerm(a[i])}·${formatTerm(b[i])}`));
  if (rest !== null) terms.push(formatTerm(rest));
  return terms.join(" + ");
}

/** Two numbers to compare, with the same number of decimals: `0.07749` and `0.07400`. */
export function formatPair(a: number, b: number): [string, string] {
  const texts = [formatNumber(a), formatNumber(b)];
  if (texts.some((text) => text.includes("e"))) return [texts[0], texts[1]];
  const [one, other] = texts.map((text) => text.split(".")[1]?.length ?? 0);
  const decimals = Math.max(one, other);
  return [a.toFixed(decimals), b.toFixed(decimals)].map((text) => text.replace("-", "−")) as [string, string];
}
