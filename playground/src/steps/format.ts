/** Numbers in a formula, as the glass box of the library writes them: four digits, a real minus, long sums shortened. */

/** Sums up to this many terms are shown in full; of longer ones the first few, and the last. */
const FULL = 8;
const HEAD = 4;

export function number(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? "0" : String(value).replace("-", "−");
  const size = Math.abs(value);
  const text = size >= 1e-4 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(3);
  return text.replaceAll("-", "−");
}

/** As a factor or a term: in parentheses when negative. */
export function term(value: number): string {
  const text = number(value);
  return text.startsWith("−") ? `(${text})` : text;
}

/** Three digits, for the little room on a neuron or a connection. */
export function brief(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size < 0.001 || size >= 1e4 ? value.toExponential(0) : String(Number(value.toPrecision(3)));
  return text.replace("e+", "e").replaceAll("-", "−");
}

/** The old and the new value of a weight, with the decimals that show two digits of the change. */
export function briefPair(before: number, after: number): readonly [string, string] {
  const change = Math.abs(after - before);
  if (change === 0) return [brief(before), brief(after)];
  const decimals = Math.min(8, Math.max(2, Math.ceil(-Math.log10(change) - 1e-6) + 1));
  return [before, after].map((value) => value.toFixed(decimals).replace("-", "−")) as [string, string];
}

/** Places to show of `count`; `null` stands for those left out. */
export function shown(count: number): (number | null)[] {
  if (count <= FULL) return Array.from({ length: count }, (_, i) => i);
  return [...Array.from({ length: HEAD }, (_, i) => i), null, count - 1];
}

/** `a₁·b₁ + a₂·b₂ + … + c` */
export function sumOfProducts(a: ArrayLike<number>, b: ArrayLike<number>, rest: number | null): string {
  const terms = shown(a.length).map((i) => (i === null ? "…" : `${term(a[i])}·${term(b[i])}`));
  if (rest !== null) terms.push(term(rest));
  return terms.join(" + ");
}

/** The place of the largest size; the first of several. */
export function placeOfLargest(values: ArrayLike<number>): number {
  let place = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i]) > Math.abs(values[place])) place = i;
  return place;
}
