/** Preparation of inputs: a linear map, and categories as zeros and ones. Threads take rows. */
import { CategoryEncoding, Rescale } from "./ops/records";
import { closeRow, laneMask, rowBytes, splat } from "./simd";
import { partBegin } from "./split";

/** y = scale x + offset; x, y: [rows, columns]; y may be x. */
export function rescale(op: Rescale, rows: i32, tid: i32, threads: i32): void {
  const scale = splat(op.scale), offset = splat(op.offset);
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    let x = op.x + <usize>row * op.xStride;
    const y = op.y + <usize>row * op.yStride;
    let to = y;
    for (let j = op.columns; j > 0; j -= 4, x += 16, to += 16) {
      const line = f32x4.add(f32x4.mul(scale, v128.load(x)), offset);
      v128.store(to, v128.and(line, laneMask(j)));
    }
    closeRow(y, op.columns);
  }
}

/**
 * Writes a 1 at the place of each feature's category, and zeros elsewhere. Each feature has its own `tokens` columns;
 * with `together`, all features share the same columns. A value that is not a category leaves no 1. x: [rows, features]
 */
export function categoryEncoding(op: CategoryEncoding, rows: i32, tid: i32, threads: i32): void {
  const features = op.features, tokens = op.tokens;
  const columns = op.together ? tokens : features * tokens;
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    memory.fill(y, 0, rowBytes(columns));
    closeRow(y, columns);
    for (let i = 0; i < features; i++) {
      const value = load<f32>(x + (<usize>i << 2));
      if (!(value > -1 && value < <f32>tokens)) continue;
      const place = (op.together ? 0 : i * tokens) + <i32>value;
      store<f32>(y + (<usize>place << 2), 1);
    }
  }
}
