/** The inputs made from the two features of a plane. For both the page and the engine. */
import type { FeatureName } from "../setup.js";

const makers: Record<FeatureName, (x: number, y: number) => number> = {
  x1: (x) => x,
  x2: (_, y) => y,
  "x1²": (x) => x * x,
  "x2²": (_, y) => y * y,
  x1x2: (x, y) => x * y,
  // Stored as float32, in which all engines agree about sines.
  "sin x1": (x) => Math.sin(x),
  "sin x2": (_, y) => Math.sin(y),
};

/** Rows of features from pairs of coordinates. */
export function featuresOf(points: Float32Array, names: readonly FeatureName[]): Float32Array {
  const rows = new Float32Array((points.length / 2) * names.length);
  for (let row = 0; row < points.length / 2; row++) {
    names.forEach((name, i) => {
      rows[row * names.length + i] = makers[name](points[2 * row], points[2 * row + 1]);
    });
  }
  return rows;
}
