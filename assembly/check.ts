/** The check of values that users pass in. */
import { Status } from "../src/plan/op";
import { setStatus } from "./control";
import { CheckFinite } from "./ops/records";
import { laneMask, splat } from "./simd";
import { partBegin } from "./split";

/** Sets the status if a value of x[rows, columns] is NaN or infinite: x - x is +0 for every other x. */
export function checkFinite(op: CheckFinite, rows: i32, tid: i32, threads: i32): void {
  const end = partBegin(rows, tid + 1, threads);
  let any0 = splat(0), any1 = splat(0);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    let x = op.x + <usize>row * op.xStride;
    let j = op.columns;
    for (; j >= 8; j -= 8) {
      const x0 = v128.load(x), x1 = v128.load(x, 16);
      any0 = v128.or(any0, f32x4.sub(x0, x0));
      any1 = v128.or(any1, f32x4.sub(x1, x1));
      x += 32;
    }
    for (; j > 0; j -= 4) {
      const rest = v128.load(x);
      any0 = v128.or(any0, v128.and(f32x4.sub(rest, rest), laneMask(j)));
      x += 16;
    }
  }
  if (v128.any_true(v128.or(any0, any1))) setStatus(Status.InputNotFinite);
}
