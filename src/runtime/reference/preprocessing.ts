/** Preparation of inputs: a linear map, and categories as zeros and ones. */
import type * as Op from "../../plan/ops.js";
import type { Fields } from "./fields.js";
import type { Memory } from "./memory.js";

/** y = scale x + offset */
export function rescale(
  { floats: f, rows }: Memory,
  { x, y, columns, scale, offset }: Fields<typeof Op.Rescale>,
): void {
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      f[y.at + row * y.stride + j] = scale * f[x.at + row * x.stride + j] + offset;
    }
  }
}

/**
 * Writes a 1 at the place of each feature's category, and zeros elsewhere. Each feature has its own `tokens` columns;
 * with `together`, all features share the same columns. A value that is not a category leaves no 1.
 */
export function categoryEncoding(
  { floats: f, rows }: Memory,
  { x, y, features, tokens, together }: Fields<typeof Op.CategoryEncoding>,
): void {
  const columns = together ? tokens : features * tokens;
  for (let row = 0; row < rows; row++) {
    const to = y.at + row * y.stride;
    f.fill(0, to, to + columns);
    for (let i = 0; i < features; i++) {
      const category = Math.trunc(f[x.at + row * x.stride + i]);
      if (category >= 0 && category < tokens) f[to + (together ? 0 : i * tokens) + category] = 1;
    }
  }
}
