/** Random draws of layers while training. The bits come from `counter.ts`. */
import { drawRow } from "./counter";
import { batchNumber } from "./control";
import { Dropout, GaussianNoise } from "./ops/records";
import { laneMask, log4, sineOfTurn4, splat } from "./simd";
import { partBegin } from "./split";

/** y = x scale if the word is at least the threshold (a), otherwise 0; padding stays zero. */
@unmanaged class Drop {
  @inline apply(x: usize, y: usize, columns: i32, word0: v128, word1: v128, threshold: v128, scale: v128): void {
    v128.store(y, v128.and(f32x4.mul(v128.load(x), scale), i32x4.ge_u(word0, threshold)));
    v128.store(y, v128.and(f32x4.mul(v128.load(x, 16), scale), i32x4.ge_u(word1, threshold)), 16);
  }
}

/** y = x scale if the element is kept in this batch, otherwise 0; x, y: [rows, columns]; y may be x. */
export function dropout(op: Dropout, rows: i32, tid: i32, threads: i32): void {
  const threshold = i32x4.splat(op.threshold), scale = f32x4.splat(op.scale);
  const key1 = op.key1 + batchNumber();
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    drawRow<Drop>(x, y, op.columns, op.key0, key1, row, threshold, scale);
  }
}

/**
 * y = x + deviation z, with z standard normal by Box and Muller (1958): sqrt(-2 ln u) times cosine and sine of a
 * uniform angle. u is (word + 1/2) / 2^32, rounded to f32, so |z| reaches 6.7.
 */
@unmanaged class Noise {
  @inline apply(x: usize, y: usize, columns: i32, word0: v128, word1: v128, deviation: v128, unused: v128): void {
    const u = f32x4.add(f32x4.mul(f32x4.convert_i32x4_u(word0), splat(2.3283064365386963e-10)), splat(1.1641532182693481e-10));
    const radius = f32x4.mul(deviation, f32x4.sqrt(f32x4.mul(splat(-2), log4(u))));
    const cosine = sineOfTurn4(i32x4.add(word1, i32x4.splat(0x40000000)));
    const y0 = f32x4.add(v128.load(x), f32x4.mul(radius, cosine));
    const y1 = f32x4.add(v128.load(x, 16), f32x4.mul(radius, sineOfTurn4(word1)));
    v128.store(y, v128.and(y0, laneMask(columns)));
    v128.store(y, v128.and(y1, laneMask(columns - 4)), 16);
  }
}

/** y = x + deviation z, z standard normal, drawn for each element in each batch; x, y: [rows, columns]; y may be x. */
export function gaussianNoise(op: GaussianNoise, rows: i32, tid: i32, threads: i32): void {
  const deviation = splat(op.deviation);
  const key1 = op.key1 + batchNumber();
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    drawRow<Noise>(x, y, op.columns, op.key0, key1, row, deviation, deviation);
  }
}
