/** Formats numbers in few characters. */

/** A number in the units of the user's table, to four digits: `21,760`, `0.5013`. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e12)) return value.toExponential(2);
  return value.toLocaleString("en", { maximumSignificantDigits: size < 10_000 ? 4 : Math.ceil(Math.log10(size)) });
}

/** Suffixes of thousands, from the largest. */
const SUFFIXES = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** A tick of an axis, exact to ten digits: `0.25`, `450k`, `1e-4`. */
export function tick(value: number): string {
  const size = Math.abs(value);
  const exact = (number: number) => Number(number.toPrecision(10));
  if (value === 0) return "0";
  if (size < 1e-3 || size >= 1e15) return exact(value).toExponential().replace("e+", "e");
  const [unit, suffix] = SUFFIXES.find(([least]) => size >= least && size >= 1e4) ?? [1, ""];
  return `${exact(value / unit)}${suffix}`;
}

/** `1 epoch`, `2 epochs`. */
export function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** Three digits, or a power of ten if that avoids many zeros: `0.0500`, `5.0e-5`. */
export function short(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return size < 0.001 || size >= 1e5 ? value.toExponential(1) : value.toPrecision(3);
}

/** Round numbers between two others, at most about `count` of them. */
export function ticksBetween(low: number, high: number, count = 5): number[] {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
