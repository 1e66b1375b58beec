/** What a layer of two neurons makes of the plane: the samples and a grid at its outputs, and what the next layer decides there. */
import type { Sequential } from "simdgrad";
import type { BentView } from "./protocol.js";
import type { Parts, View } from "./view.js";

/** Lines of the grid in each direction, and points on each. */
const LINES = 13;
const POINTS = 121;

/** @throws Error for a layer without two neurons */
export function bendOf(view: View, { model, problem, canvas }: Parts, layer: number): BentView {
  const { train } = problem;
  const { rows, targets } = canvas.train;
  const seen = view.hidden(layer, train.select(rows).x as Float32Array);
  if (seen.length !== 2 * rows.length) throw new Error("Only a layer with two neurons has a plane of its own.");
  const grid = view.hidden(layer, canvas.rowsOf(gridOf(canvas.reach)));
  return { layer, points: seen, targets, grid, samples: POINTS, next: nextOf(model, layer) };
}

/** Lines up, then lines across: [2 · LINES, POINTS, 2]. */
function gridOf(reach: number): Float32Array {
  const at = (i: number, count: number) => reach * ((2 * i) / (count - 1) - 1);
  const points: number[] = [];
  for (const isUp of [true, false]) {
    for (let line = 0; line < LINES; line++) {
      for (let i = 0; i < POINTS; i++) {
        const [fixed, moving] = [at(line, LINES), at(i, POINTS)];
        points.push(...(isUp ? [fixed, moving] : [moving, fixed]));
      }
    }
  }
  return Float32Array.from(points);
}

/** Weights of the layer that takes these outputs as they are; `null` if something stands in between. */
function nextOf(model: Sequential, layer: number): BentView["next"] {
  const { layers } = model;
  const own = layers.findIndex(({ name }) => name === `hidden${layer + 1}`);
  const after = layers.slice(own + 1).find(({ spec }) => spec.type !== "dropout" && spec.type !== "activation");
  if (after?.spec.type !== "dense") return null;
  const find = (part: string) => model.getWeights().find(({ name }) => name === `${after.name}/${part}`)?.data;
  const kernel = find("kernel");
  if (!kernel) return null;
  const bias = find("bias") ?? new Float32Array(kernel.length / 2);
  return { kernel, bias, isOutput: after.name === "output" };
}
