/** Permutation importance: what each column is worth to a model. Knows numbers in groups, not tables. */
import { Random } from "../base/random.js";
import type { Category } from "../data/preprocess/table.js";

/** Rows whose cells are shuffled, and how often. */
const SHUFFLED_ROWS = 2000;
const SHUFFLES = 3;

/** Mean squared error, or of classes the mean of (1 - p)². */
function lossOf(predictions: Float64Array, y: Float64Array, classes: readonly Category[] | null): number {
  const width = classes?.length ?? 1;
  const rows = predictions.length / width;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const error = classes ? 1 - predictions[row * width + y[row]] : predictions[row] - y[row];
    sum += error * error;
  }
  return sum / rows;
}

/** Growth of the loss when the cells of a column are shuffled (Breiman 2001): log loss, or squared error. */
export function importanceOf(
  outputs: readonly (readonly string[])[],
  names: readonly string[],
  { x, y }: { x: Float32Array; y: Float64Array },
  predict: (x: Float32Array) => Float64Array,
  classes: readonly Category[] | null,
  seed: number,
): Record<string, number> {
  const width = outputs.reduce((sum, own) => sum + own.length, 0);
  const count = Math.min(y.length, SHUFFLED_ROWS);
  const own = x.slice(0, count * width);
  const before = lossOf(predict(own), y, classes);
  const random = Random.fromSeed(seed, 0x494d);
  const importance: [string, number][] = [];
  let begin = 0;
  names.forEach((name, column) => {
    const end = begin + outputs[column].length;
    let sum = 0;
    for (let time = 0; time < SHUFFLES; time++) {
      const order = random.permutation(count);
      const shuffled = own.slice();
      for (let row = 0; row < count; row++) {
        for (let at = begin; at < end; at++) shuffled[row * width + at] = own[order[row] * width + at];
      }
      sum += lossOf(predict(shuffled), y, classes) - before;
    }
    importance.push([name, sum / SHUFFLES]);
    begin = end;
  });
  return Object.fromEntries(importance.sort(([, a], [, b]) => b - a));
}
