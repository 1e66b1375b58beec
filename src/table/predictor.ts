/** The members of a table model as one: scaled rows to probabilities or numbers. */
import type { Sequential } from "../sequential.js";
import type { TableFacts } from "./file.js";
import { probabilitiesOf } from "./network.js";
import { calibrate } from "./scores.js";

/** x, scaled: what a network takes. */
export function scaled(
  x: ArrayLike<number>,
  center: readonly number[],
  scale: readonly number[],
): Float32Array<ArrayBuffer> {
  const width = center.length;
  const out = new Float32Array(x.length);
  for (let begin = 0; begin < x.length; begin += width) {
    for (let i = 0; i < width; i++) out[begin + i] = (x[begin + i] - center[i]) / scale[i];
  }
  return out;
}

/** Means over the members: of each class's probability, calibrated; or of numbers in the units of the target. */
export function combined(
  members: readonly Sequential[],
  x: Float32Array,
  {
    task,
    classes,
    temperature,
    targetCenter,
    targetScale,
  }: Pick<TableFacts, "task" | "classes" | "temperature" | "targetCenter" | "targetScale">,
): Float64Array {
  const outputs = classes === null || classes.length === 2 ? 1 : classes.length;
  let sum: Float64Array | null = null;
  for (const member of members) {
    const own = probabilitiesOf(member.predict(x), { task, outputs });
    if (sum === null) sum = own;
    else for (let i = 0; i < own.length; i++) sum[i] += own[i];
  }
  const mean = (sum ?? new Float64Array()).map((value) => value / members.length);
  if (classes !== null) return calibrate(mean, classes.length, temperature);
  return mean.map((value) => value * targetScale + targetCenter);
}
