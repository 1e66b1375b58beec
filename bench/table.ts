/** Prints results: numbers with units, one row per case, headings where they change. */
import type { Engine, FigureCase } from "./cases.js";
import type { Timing } from "./measure.js";
import type { Peak } from "./peak.js";

const NAME_WIDTH = 40;
const CELL_WIDTH = 12;

const UNITS = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
] as const;

/** Three digits, and never as a power of ten. */
export function threeDigits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

export function formatTime(nanoseconds: number): string {
  const [scale, unit] = UNITS.find(([size]) => nanoseconds >= size) ?? [1, "ns"];
  return `${threeDigits(nanoseconds / scale)} ${unit}`;
}

function formatChange(change: number): string {
  if (change === 0) return "";
  return `  ${change > 0 ? "SLOWER" : "faster"} by ${Math.abs(100 * change).toFixed(1)} %`;
}

/** GFLOP/s, and their share of the peak of the threads in use, in the mode in use. */
function rates(rate: number | undefined, { variant, threads }: Engine, peak: Peak): string[] {
  if (rate === undefined) return ["", ""];
  const limit = variant.startsWith("relaxed") ? (peak.relaxed ?? peak.strict) : peak.strict;
  const share = variant === "reference" ? "" : ((100 * rate) / (limit * threads)).toFixed(0);
  return [rate.toFixed(rate < 10 ? 2 : 1), share];
}

export function contestHeadings(rivals: readonly string[]): string[] {
  return [...rivals, "ours", ...rivals.map((name) => `vs ${name}`), "GFLOP/s", "% peak", "threads", "MAD"];
}

export interface ContestResult {
  ours: Timing;
  rivals: readonly Timing[];
  /** Time of each rival over ours. */
  ratios: readonly number[];
  /** GFLOP/s of our side. */
  rate: number | undefined;
  engine: Engine;
  change: number;
}

export function contestCells({ ours, rivals, ratios, rate, engine, change }: ContestResult, peak: Peak): string[] {
  return [
    ...rivals.map(({ median }) => formatTime(median)),
    formatTime(ours.median),
    ...ratios.map((ratio) => `${ratio.toFixed(2)}×`),
    ...rates(rate, engine, peak),
    String(engine.threads),
    `±${((100 * ours.mad) / ours.median).toFixed(1)} %${formatChange(change)}`,
  ];
}

export function figureText({ median, mad, n }: Timing, { unit, limit }: FigureCase, change: number): string {
  const wanted = limit === undefined ? "" : `, wanted at most ${limit} ${unit}: ${median <= limit ? "ok" : "MISSED"}`;
  return `${threeDigits(median)} ${unit} (median of ${n}, MAD ${threeDigits(mad)})${wanted}${formatChange(change)}`;
}

let printedHeadings = "";

/** `headings` null: a row of text, which has no headings. */
export function printRow(name: string, headings: readonly string[] | null, cells: readonly string[]): void {
  const label = name.padEnd(NAME_WIDTH);
  if (headings === null) {
    console.log(label + cells.join(" "));
    return;
  }
  const line = headings.map((heading) => heading.padStart(CELL_WIDTH)).join("");
  if (line !== printedHeadings) console.log("".padEnd(NAME_WIDTH) + line);
  printedHeadings = line;
  console.log(label + cells.map((cell) => cell.padStart(CELL_WIDTH)).join(""));
}
