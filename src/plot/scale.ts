/** Axes: values to pixels, and ticks at round numbers, chosen by d3-scale. */
import { scaleLinear, scaleLog } from "d3-scale";
import { checkNumber } from "../base/errors.js";
import { flag, type Given, number, optional, readOptions, text, via } from "../base/options.js";
import { textWidth } from "./svg.js";

/** Options of an axis. */
const axisOptions = {
  /** Title along the axis. @default none */
  label: optional(text()),
  /** Start of the axis. @default the least value, rounded down to a tick */
  min: optional(number({})),
  /** End of the axis. @default the largest value, rounded up to a tick */
  max: optional(number({})),
  /** Decades instead of equal steps; every value must be above 0. @default false */
  log: flag(false),
  /** Ticks at whole numbers only. @default false */
  integer: flag(false),
};

/** One axis of a chart. */
export interface Axis extends Given<typeof axisOptions> {}

/** An axis; by default with every option left to the chart. */
export const axisOption = /* @__PURE__ */ via<Axis, Axis>((where, value) => {
  const axis = readOptions(where, axisOptions, value as Axis);
  const { min, max, log } = axis;
  if (min !== undefined && log) checkNumber(`${where}: min`, min, { above: 0 });
  if (max !== undefined) checkNumber(`${where}: max`, max, { above: min ?? (log ? 0 : -Infinity) });
  return axis;
}, {});

/** A tick: its place in pixels, and its text. */
export interface Tick {
  readonly value: number;
  readonly at: number;
  readonly text: string;
}

/** Range of values. */
export interface Scale {
  place(value: number): number;
  readonly ticks: readonly Tick[];
}

/** The least and the largest finite value; `null` if there are none. */
export function extentOf(values: Iterable<number>): readonly [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : null;
}

/** Widens a domain that is a single point. */
function widened([low, high]: readonly [number, number], { log = false, min, max }: Axis): [number, number] {
  if (low < high) return [low, high];
  if (log) return [min ?? low / 2, max ?? high * 2];
  const half = Math.abs(low) / 10 || 0.5;
  return [min ?? low - half, max ?? high + half];
}

/**
 * A scale over `extent` in pixels `from` to `to`, with as many ticks as fit: about one per `pitch` pixels, and none
 * whose texts would touch side by side.
 */
export function makeScale(
  axis: Axis,
  extent: readonly [number, number] | null,
  [from, to]: readonly [number, number],
  { pitch, sideBySide = false }: { pitch: number; sideBySide?: boolean },
): Scale {
  const { min, max, log = false, integer = false } = axis;
  const [low, high] = extent ?? (log ? [1, 10] : [0, 1]);
  const domain = widened([min ?? low, max ?? high], axis);
  const scale = (log ? scaleLog() : scaleLinear()).domain(domain).range([from, to]);
  let count = Math.max(2, Math.round(Math.abs(to - from) / pitch));
  if (min === undefined || max === undefined) {
    const [niceLow, niceHigh] = log ? niceDecades(domain) : scale.copy().nice(count).domain();
    scale.domain([min ?? niceLow, max ?? niceHigh]);
  }
  for (; ; count--) {
    const ticks = ticksOf(scale, count, { log, integer });
    const widest = ticks.reduce((most, { text }) => Math.max(most, textWidth(text, 12)), 0);
    const gaps = ticks.slice(1).map(({ at }, i) => Math.abs(at - ticks[i].at));
    if (count <= 2 || !sideBySide || gaps.every((gap) => gap >= widest + 10))
      return { place: (value) => scale(value), ticks };
  }
}

type D3Scale = ReturnType<typeof scaleLinear<number, number>> | ReturnType<typeof scaleLog<number, number>>;

function ticksOf(scale: D3Scale, count: number, { log, integer }: { log: boolean; integer: boolean }): Tick[] {
  const [low, high] = scale.domain();
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const specifier = largest >= 1e5 ? "~s" : largest < 1e-3 ? ".1~e" : undefined;
  const format = log ? plainNumber : scale.tickFormat(count, specifier);
  const values = log ? decadeTicks(low, high, count) : scale.ticks(count);
  return values
    .filter((value) => !integer || Number.isInteger(value))
    .map((value) => ({ value, at: scale(value), text: format(value) }));
}

/** The k of the largest 10ᵏ that is not above the value. */
function decadeOf(value: number): number {
  return Number(value.toExponential().split("e")[1]);
}

/** 1, 2 and 5 in every decade of a range, and one beyond each end. */
function roundNumbers(low: number, high: number): number[] {
  const numbers: number[] = [];
  for (let decade = decadeOf(low); decade <= decadeOf(high) + 1; decade++) {
    for (const digit of [1, 2, 5]) numbers.push(Number(`${digit}e${decade}`));
  }
  return numbers;
}

/** The range between round numbers that just encloses another. */
function niceDecades([low, high]: readonly [number, number]): [number, number] {
  const numbers = roundNumbers(low, high);
  return [numbers.findLast((number) => number <= low) ?? low, numbers.find((number) => number >= high) ?? high];
}

/** 1, 2 and 5 in every decade if there is room, else every nth power of ten. */
function decadeTicks(low: number, high: number, count: number): number[] {
  const all = roundNumbers(low, high).filter((number) => number >= low && number <= high);
  if (all.length <= count) return all;
  const powers = all.filter((number) => Number(`1e${decadeOf(number)}`) === number);
  const step = Math.ceil(powers.length / Math.max(count, 1));
  return powers.length < 2 ? all : powers.filter((_, i) => i % step === 0);
}

/** The shortest exact text of a number, with a real minus sign. */
export function plainNumber(value: number): string {
  const short = Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4);
  const text = short ? value.toExponential().replace("e+", "e") : String(Number(value.toPrecision(6)));
  return text.replace(/-/g, "\u2212").replace(/^(\u2212?\d+)(\d{3})$/, value >= 1e4 || value <= -1e4 ? "$1,$2" : "$&");
}
