/** What layers draw at random while training: which elements drop out. */
import { drawAt } from "./counter.js";
import type { Fields, Memory } from "./memory.js";

/** y = x scale where the element is kept in this step, else 0. */
export function dropout({ floats: f, rows, step }: Memory, record: Fields): void {
  const { x, y, columns, key0, key1, threshold, scale } = record;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const { words, own } = drawAt([key0, key1], step, row, j);
      const isKept = words[own] >>> 0 >= threshold >>> 0;
      f[y.at + row * y.stride + j] = isKept ? f[x.at + row * x.stride + j] * scale : 0;
    }
  }
}
