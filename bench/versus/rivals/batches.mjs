/** Shuffled batches for rivals that have no loop of their own: an endless stream, with a new order on each pass. */
import { makeShuffler } from "../../shuffler.mjs";

/**
 * `next()` returns { x, y } of spec.batch rows; the arrays are overwritten by the next call. All rows at once are not
 * copied.
 */
export function batchStream({ x, y, rows, batch, sizes, output }) {
  if (rows <= batch) return { next: () => ({ x, y }) };
  const inputs = sizes[0];
  const outputs = output === "softmax" ? 1 : sizes[sizes.length - 1];
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  const batchX = new Float32Array(batch * inputs);
  const batchY = new Float32Array(batch * outputs);
  let at = rows;
  const shuffle = makeShuffler();
  return {
    next() {
      if (at + batch > rows) {
        shuffle(order);
        at = 0;
      }
      for (let i = 0; i < batch; i++, at++) {
        const row = order[at];
        batchX.set(x.subarray(row * inputs, (row + 1) * inputs), i * inputs);
        for (let j = 0; j < outputs; j++) batchY[i * outputs + j] = y[row * outputs + j];
      }
      return { x: batchX, y: batchY };
    },
  };
}

/** Rows and epochs that make a library's own `fit` take `steps` steps: the first rows, or several passes over all. */
export function fitRange({ rows, batch }, steps) {
  const used = Math.min(rows, steps * batch);
  return { rows: used, epochs: Math.max(1, Math.round((steps * batch) / used)) };
}

/** Version of an installed package. */
export async function versionOf(name) {
  const { readFileSync } = await import("node:fs");
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).version;
}
