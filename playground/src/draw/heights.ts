/** Draws heights as a map with bands, low is strong. Knows pixels, not models. */
import type { Rgb } from "./colors.js";

/** Bands of one colour each, as contour lines have between them. */
const BANDS = 16;
/** Pixels per side of the picture. */
const SHARP = 400;

/** From low to high; lightness rises in light pages and falls in dark ones. */
const RAMPS = {
  light: [
    [10, 60, 110],
    [60, 120, 170],
    [140, 185, 210],
    [215, 230, 235],
    [250, 246, 236],
  ],
  dark: [
    [120, 190, 235],
    [70, 135, 190],
    [45, 90, 135],
    [34, 58, 86],
    [27, 32, 42],
  ],
} as const satisfies Record<string, readonly Rgb[]>;

/** The colour of a height from 0 to 1. */
export function heightColor(share: number, isDark: boolean): Rgb {
  const ramp = RAMPS[isDark ? "dark" : "light"];
  const at = Math.min(Math.max(share, 0), 1) * (ramp.length - 1);
  const low = Math.min(Math.floor(at), ramp.length - 2);
  const mix = (i: 0 | 1 | 2) => Math.round(ramp[low][i] + (at - low) * (ramp[low + 1][i] - ramp[low][i]));
  return [mix(0), mix(1), mix(2)];
}

/** Heights [side, side], top row first, on a logarithmic scale; values that are not finite count as the highest. */
export function drawHeights(canvas: HTMLCanvasElement, heights: Float32Array, side: number, isDark: boolean): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  canvas.width = canvas.height = SHARP;
  const shares = sharesOf(heights);
  const image = context.createImageData(SHARP, SHARP);
  for (let place = 0; place < SHARP * SHARP; place++) {
    const x = ((place % SHARP) / (SHARP - 1)) * (side - 1);
    const y = (Math.floor(place / SHARP) / (SHARP - 1)) * (side - 1);
    const band = Math.min(BANDS - 1, Math.floor(between(shares, side, x, y) * BANDS)) / (BANDS - 1);
    image.data.set([...heightColor(band, isDark), 255], 4 * place);
  }
  context.putImageData(image, 0, 0);
}

/** Heights by their logarithm, from 0 for the lowest to 1 for the highest. */
export function sharesOf(heights: Float32Array): Float32Array {
  const finite = heights.filter((height) => Number.isFinite(height));
  const logs = (height: number) => Math.log(Math.max(height, 1e-9));
  const low = logs(finite.reduce((a, b) => Math.min(a, b), Infinity));
  const high = logs(finite.reduce((a, b) => Math.max(a, b), -Infinity));
  return heights.map((height) => (Number.isFinite(height) && high > low ? (logs(height) - low) / (high - low) : 1));
}

/** The height between four places of the grid. */
function between(values: Float32Array, side: number, x: number, y: number): number {
  const [left, top] = [Math.min(Math.floor(x), side - 2), Math.min(Math.floor(y), side - 2)];
  const [dx, dy] = [x - left, y - top];
  const at = (column: number, row: number) => values[(top + row) * side + left + column];
  return (1 - dy) * ((1 - dx) * at(0, 0) + dx * at(1, 0)) + dy * ((1 - dx) * at(0, 1) + dx * at(1, 1));
}
