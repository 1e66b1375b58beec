/** What the plane says under the pointer: the place, the output there, and the sample that is drawn there. */
import { probabilitiesOf } from "../engine/classes.js";
import type { ProblemView } from "../engine/protocol.js";
import { short } from "../numbers.js";

/** Share of the side within which a sample counts as under the pointer. */
const NEAR = 0.025;

interface Field {
  /** [side, side] or [side, side, classes], top row first. */
  readonly values: Float32Array;
  /** True if they are outputs of one neuron. */
  readonly isUnit: boolean;
}

type Seen = Pick<ProblemView, "ends" | "reach" | "classes" | "target" | "train">;

export function readOut(problem: Seen, [x, y]: readonly [number, number], { values, isUnit }: Field): string {
  const { ends, reach, classes, target, train } = problem;
  const outputs = !isUnit && classes && classes.length > 2 ? classes.length : 1;
  const side = Math.round(Math.sqrt(values.length / outputs));
  const cell = (along: number) => Math.min(side - 1, Math.max(0, Math.floor(((along + reach) / (2 * reach)) * side)));
  const at = outputs * (cell(-y) * side + cell(x));
  const row = values.subarray(at, at + outputs);
  const where = ends.map(({ name, center, scale }, i) => `${name} ${short(center + scale * [x, y][i])}`).join(", ");
  const place = nearest(train.points, [x, y]);
  const isNear = place >= 0 && distance(train.points, place, [x, y]) < (NEAR * 2 * reach) ** 2;
  const truth = isNear ? train.targets[place] : null;
  const nameOf = (value: number) => (classes ? classes[value] : short(value));
  const sample = truth === null ? "" : `; the sample here: ${nameOf(truth)}`;
  if (isUnit) return `${where}: output ${short(row[0])}${sample}`;
  if (!classes) return `${where}: ${target} ${short(row[0])}${sample}`;
  const shares = probabilitiesOf(row);
  const best = shares.indexOf(Math.max(...shares));
  return `${where}: ${classes[best]}, p = ${shares[best].toFixed(2)}${sample}`;
}

function distance(points: Float32Array, place: number, [x, y]: readonly [number, number]): number {
  return (points[2 * place] - x) ** 2 + (points[2 * place + 1] - y) ** 2;
}

function nearest(points: Float32Array, to: readonly [number, number]): number {
  let best = -1;
  for (let place = 0; place < points.length / 2; place++) {
    if (best < 0 || distance(points, place, to) < distance(points, best, to)) best = place;
  }
  return best;
}
