/** Draws the plane of a layer of two neurons. Knows pixels, not models. */
import { classColor, css, fade, groundsOn, type Rgb, signedColor } from "./colors.js";

/** The next layer: sums of neuron j are a · kernel[j] + b · kernel[units + j] + bias[j]. */
export interface Next {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly isOutput: boolean;
}

export interface Bent {
  readonly points: Float32Array;
  readonly targets: Float32Array;
  /** Lines of `samples` points: [lines, samples, 2]. */
  readonly grid: Float32Array;
  readonly samples: number;
  readonly next: Next | null;
}

export interface Span {
  readonly low: number;
  readonly high: number;
}

/** The extent of points and grid in both directions, with room around. */
export function spansOf({ points, grid }: Pick<Bent, "points" | "grid">): [Span, Span] {
  const spans = [0, 1].map((side) => {
    let [low, high] = [Infinity, -Infinity];
    for (const values of [points, grid]) {
      for (let i = side; i < values.length; i += 2) {
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
    }
    const room = Math.max(0.06 * (high - low), 0.02);
    return { low: low - room, high: high + room };
  });
  return [spans[0], spans[1]];
}

/** The class that the output layer chooses at a place: by the sign of one sum, or by the largest of several. */
export function classAt(next: Next, a: number, b: number): number {
  const sums = sumsAt(next, a, b);
  if (sums.length === 1) return sums[0] > 0 ? 1 : 0;
  return sums.indexOf(Math.max(...sums));
}

function sumsAt({ kernel, bias }: Next, a: number, b: number): number[] {
  return Array.from(bias, (own, j) => a * kernel[j] + b * kernel[bias.length + j] + own);
}

/** Share of the points that lie on the side of their class. */
export function rightShare({ points, targets, next }: Pick<Bent, "points" | "targets" | "next">): number | null {
  if (!next?.isOutput || targets.length === 0) return null;
  let right = 0;
  for (let i = 0; i < targets.length; i++) {
    if (classAt(next, points[2 * i], points[2 * i + 1]) === targets[i]) right++;
  }
  return right / targets.length;
}

/** Ends of the line a · x + b · y + c = 0 within two spans; `null` if it does not pass through. */
export function lineWithin(
  [a, b, c]: readonly [number, number, number],
  [x, y]: readonly [Span, Span],
): number[] | null {
  const ends: [number, number][] = [];
  const add = (px: number, py: number) => {
    const isNew = !ends.some(([ox, oy]) => Math.abs(ox - px) + Math.abs(oy - py) < 1e-9);
    if (px >= x.low - 1e-9 && px <= x.high + 1e-9 && py >= y.low - 1e-9 && py <= y.high + 1e-9 && isNew)
      ends.push([px, py]);
  };
  for (const at of [x.low, x.high]) if (b !== 0) add(at, -(a * at + c) / b);
  for (const at of [y.low, y.high]) if (a !== 0) add(-(b * at + c) / a, at);
  return ends.length < 2 ? null : [...ends[0], ...ends[1]];
}

const SHARP = 600;
/** Pixels of a block of the ground. */
const BLOCK = 4;

interface Look {
  /** 0 if the targets are numbers. */
  readonly classes: number;
  readonly paper: Rgb;
  readonly ink: Rgb;
  readonly span: { readonly center: number; readonly reach: number };
}

export function drawBent(canvas: HTMLCanvasElement, bent: Bent, { classes, paper, ink, span }: Look): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  canvas.width = canvas.height = SHARP;
  const spans = spansOf(bent);
  const [x, y] = spans;
  const across = (value: number) => (SHARP * (value - x.low)) / (x.high - x.low);
  const up = (value: number) => SHARP - (SHARP * (value - y.low)) / (y.high - y.low);
  const { next, points, targets, grid, samples } = bent;
  context.fillStyle = css(paper);
  context.fillRect(0, 0, SHARP, SHARP);
  if (next?.isOutput && classes > 0) {
    for (let row = 0; row < SHARP; row += BLOCK) {
      for (let column = 0; column < SHARP; column += BLOCK) {
        const a = x.low + ((column + BLOCK / 2) / SHARP) * (x.high - x.low);
        const b = y.high - ((row + BLOCK / 2) / SHARP) * (y.high - y.low);
        const chosen = classAt(next, a, b);
        context.fillStyle = css(fade(classes > 2 ? classColor(chosen) : groundsOn(paper)[chosen], 0.4, paper));
        context.fillRect(column, row, BLOCK, BLOCK);
      }
    }
  }
  const stroke = (ends: ArrayLike<number>, color: Rgb, width: number) => {
    context.beginPath();
    for (let i = 0; i < ends.length; i += 2) context.lineTo(across(ends[i]), up(ends[i + 1]));
    context.strokeStyle = css(color);
    context.lineWidth = width;
    context.stroke();
  };
  for (let at = 0; at < grid.length; at += 2 * samples) {
    stroke(grid.subarray(at, at + 2 * samples), fade(ink, 0.45, paper), 1.2);
  }
  const radius = 4;
  for (let i = 0; i < targets.length; i++) {
    context.beginPath();
    const [px, py] = [across(points[2 * i]), up(points[2 * i + 1])];
    if (classes > 0 && targets[i] % 2 === 1) context.rect(px - radius, py - radius, 2 * radius, 2 * radius);
    else context.arc(px, py, radius, 0, 2 * Math.PI);
    context.fillStyle = css(
      classes > 0 ? classColor(targets[i]) : signedColor((targets[i] - span.center) / span.reach, paper),
    );
    context.strokeStyle = css(classes > 0 ? paper : ink);
    context.lineWidth = 1.2;
    context.fill();
    context.stroke();
  }
  // One line for two classes or a number's sign; those of hidden neurons where the next layer is hidden.
  if (!next || (next.isOutput && classes !== 2)) return;
  for (let j = 0; j < next.bias.length; j++) {
    const ends = lineWithin([next.kernel[j], next.kernel[next.bias.length + j], next.bias[j]], spans);
    if (!ends) continue;
    stroke(ends, paper, next.isOutput ? 7 : 4);
    stroke(ends, ink, next.isOutput ? 3.5 : 1.8);
  }
}
