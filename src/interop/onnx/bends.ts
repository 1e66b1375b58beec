/** The bends of a function: proof that none hides between the numbers on which it is tried. */

import { isUniform } from "./numbers.js";
import { pointsOf, type Range, rangeOf, type Switches, UNKNOWN } from "./ranges.js";
import type { Node } from "./source.js";
import type { Tensor } from "./tensors.js";

/** The largest float32. */
const LARGEST = 3.4e38;
/** Intervals of this size, relative to their numbers, are points. */
const NARROW = 1e-9;
/** Numbers below this size are 0. */
const TINY = 1e-12;
/** The most intervals that are looked at. A known activation needs a few dozen. */
const MOST_INTERVALS = 3000;
/** The most stretches between two bends. Known activations have four. */
const MOST_STRETCHES = 40;
/** Numbers beyond are tried only if a bend is there. */
const FAR = 1e6;

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** One look at a function on an interval. */
class Look implements Switches {
  constructor(private readonly at: Interval) {}

  /** The formulas that were taken. */
  signature = "";
  isDivided = false;
  /** A bend that is known exactly. */
  root: number | null = null;
  /** Numbers at which smooth functions change most. */
  readonly turns: number[] = [];

  line(scale: number, offset: number): Range {
    const [a, b] = [scale * this.at.low + offset, scale * this.at.high + offset];
    return { low: Math.min(a, b), high: Math.max(a, b), line: { scale, offset } };
  }

  divide(): void {
    this.isDivided = true;
    this.signature += "?";
  }

  sign({ low, high, line }: Range, isContinuous: boolean): number | null {
    const sign = line && line.scale !== 0 ? this.signOfLine(line.scale, line.offset) : signOf(low, high, isContinuous);
    if (sign === null) this.divide();
    else this.signature += sign < 0 ? "-" : sign > 0 ? "+" : "0";
    return sign;
  }

  turn({ low, high, line }: Range): void {
    if (!line) {
      if (signOf(low, high, true) === null) this.divide();
    } else if (line.scale !== 0) {
      this.turns.push(...[0, 1, -1, 3, -3].map((value) => (value - line.offset) / line.scale));
    }
  }

  private signOfLine(scale: number, offset: number): number | null {
    const root = -offset / scale;
    if (root > this.at.low && root < this.at.high) {
      this.root ??= root;
      return null;
    }
    // The sign in the middle: an end may be the root itself, where it is a matter of rounding.
    return Math.sign(this.at.low + (this.at.high - this.at.low) / 2 - root) * Math.sign(scale);
  }
}

function signOf(low: number, high: number, isContinuous: boolean): number | null {
  if (low === 0 && high === 0) return isContinuous ? 1 : 0;
  if (isContinuous ? low >= 0 : low > 0) return 1;
  return (isContinuous ? high <= 0 : high < 0) ? -1 : null;
}

function middle({ low, high }: Interval): number {
  if (low < 0 && high > 0) return 0;
  if (low < 0) return -middle({ low: -high, high: -low });
  if (low === 0) return high > 1 ? 1 : high / 1e3;
  return high > 4 * low ? Math.sqrt(low) * Math.sqrt(high) : low + (high - low) / 2;
}

function isNarrow({ low, high }: Interval): boolean {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return size < TINY || high - low <= NARROW * size;
}

function rangeOfConstant({ data }: Tensor): Range {
  if (data.length === 0) return UNKNOWN;
  if (isUniform(data)) return pointsOf(data[0]);
  let [low, high] = [Infinity, -Infinity];
  for (const value of data) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return pointsOf(low, high);
}

/** Stretches without bends from the smallest number to the largest; `null` if they cannot be found. */
function stretchesOf(look: (at: Interval) => Look): { stretches: Interval[]; turns: number[] } | null {
  const stretches: (Interval & { signature: string })[] = [];
  const turns: number[] = [];
  const open: Interval[] = [{ low: -LARGEST, high: LARGEST }];
  for (let looks = 0; open.length > 0; looks++) {
    if (looks > MOST_INTERVALS || stretches.length > MOST_STRETCHES) return null;
    const at = open.pop() as Interval;
    const { isDivided, root, signature, turns: found } = look(at);
    if (isDivided && !isNarrow(at)) {
      const cut = root ?? middle(at);
      open.push({ low: cut, high: at.high }, { low: at.low, high: cut });
      continue;
    }
    for (const turn of found) if (turn > at.low && turn < at.high) turns.push(turn);
    const last = stretches[stretches.length - 1];
    if (last?.signature === signature) stretches[stretches.length - 1] = { ...last, high: at.high };
    else stretches.push({ ...at, signature });
  }
  return { stretches, turns };
}

/** Numbers in a stretch: near its ends, and between them. */
function numbersIn({ low, high }: Interval): number[] {
  const [first, last] = [Math.max(low, Math.min(-FAR, 4 * high)), Math.min(high, Math.max(FAR, 4 * low))];
  const inner = [0.001, 0.03, 0.25, 0.5, 0.75, 0.97, 0.999].map((part) => first + part * (last - first));
  const near = [low, high].flatMap((end) =>
    [1e-6, 1e-3, 0.1].flatMap((by) => {
      const step = by * Math.max(Math.abs(end), 1e-3);
      return [end - step, end + step];
    }),
  );
  return [...inner, ...near].filter((value) => value > low && value < high);
}

/**
 * Numbers on which a function that works number by number must be tried, so that no stretch between two of its bends is
 * left out; `null` if its bends cannot be found.
 */
export function bendsOf(
  from: string,
  nodes: readonly Node[],
  constants: ReadonlyMap<string, Tensor>,
): readonly number[] | null {
  const known = new Map<string, Range>();
  for (const name of nodes.flatMap(({ inputs }) => inputs)) {
    const constant = constants.get(name);
    if (constant) known.set(name, rangeOfConstant(constant));
  }
  const found = stretchesOf((at) => {
    const look = new Look(at);
    const ranges = new Map([[from, look.line(1, 0)]]);
    for (const node of nodes) {
      const inputs = node.inputs.map((name, i) => {
        // A limit that is not given.
        if (name === "") return pointsOf(i === 1 ? -Infinity : Infinity);
        return ranges.get(name) ?? known.get(name) ?? UNKNOWN;
      });
      for (const name of node.outputs) ranges.set(name, rangeOf(node, inputs, look));
    }
    return look;
  });
  if (!found) return null;
  return [...found.stretches.flatMap(numbersIn), ...found.turns.filter((turn) => Math.abs(turn) <= FAR)];
}
