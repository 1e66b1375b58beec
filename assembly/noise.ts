/** Random draws of layers while training. The bits come from `counter.ts`. */
import { drawRow } from "./counter";
import { batchNumber } from "./control";
import { Dropout, GaussianNoise } from "./ops/records";
import { laneMask, log4, sineOfTurn4, splat } from "./simd";
import { partBegin } from "./split";

/** y = x scale + offset if the word is at least the threshold (a), otherwise `dropped`. A view of the record. */
@unmanaged class Drop extends Dropout {
  @inline apply(x: usize, y: usize, columns: i32, word0: v128, word1: v128, threshold: v128, scale: v128): void {
    const offset = splat(this.offset), dropped = splat(this.dropped);
    const y0 = f32x4.add(f32x4.mul(v128.load(x), scale), offset);
    const y1 = f32x4.add(f32x4.mul(v128.load(x, 16), scale), offset);
    v128.store(y, v128.and(v128.bitselect(y0, dropped, i32x4.ge_u(word0, threshold)), laneMask(columns)));
    v128.store(y, v128.and(v128.bitselect(y1, dropped, i32x4.ge_u(word1, threshold)), laneMask(columns - 4)), 16);
  }
}

/** y = x scale + offset if the element is kept in this batch, otherwise `dropped`; y may be x. */
export function dropout(op: Dropout, rows: i32, tid: i32, threads: i32): void {
  const threshold = i32x4.splat(op.threshold), scale = f32x4.splat(op.scale);
  const key1 = op.key1 + batchNumber();
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    drawRow<Drop>(changetype<usize>(op), x, y, op.columns, op.key0, key1, row, threshold, scale);
  }
}

/**
 * y = x + deviation z, or x + x deviation z where `multiplies` is set, with z standard normal by Box and Muller (1958):
 * sqrt(-2 ln u) times cosine and sine of a uniform angle. u is (word + 1/2) / 2^32, rounded to f32, so |z| reaches 6.7.
 */
@unmanaged class Noise {
  @inline apply(x: usize, y: usize, columns: i32, word0: v128, word1: v128, deviation: v128, multiplies: v128): void {
    const u = f32x4.add(f32x4.mul(f32x4.convert_i32x4_u(word0), splat(2.3283064365386963e-10)), splat(1.1641532182693481e-10));
    const radius = f32x4.mul(deviation, f32x4.sqrt(f32x4.mul(splat(-2), log4(u))));
    const cosine = sineOfTurn4(i32x4.add(word1, i32x4.splat(0x40000000)));
    const x0 = v128.load(x), x1 = v128.load(x, 16), one = splat(1);
    const z0 = f32x4.mul(radius, cosine), z1 = f32x4.mul(radius, sineOfTurn4(word1));
    const y0 = f32x4.add(x0, f32x4.mul(v128.bitselect(x0, one, multiplies), z0));
    const y1 = f32x4.add(x1, f32x4.mul(v128.bitselect(x1, one, multiplies), z1));
    v128.store(y, v128.and(y0, laneMask(columns)));
    v128.store(y, v128.and(y1, laneMask(columns - 4)), 16);
  }
}

/** y = x + deviation z, or x (1 + deviation z), z standard normal, drawn for each element in each batch; y may be x. */
export function gaussianNoise(op: GaussianNoise, rows: i32, tid: i32, threads: i32): void {
  const deviation = splat(op.deviation), multiplies = i32x4.splat(-op.multiplies);
  const key1 = op.key1 + batchNumber();
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    drawRow<Noise>(0, x, y, op.columns, op.key0, key1, row, deviation, multiplies);
  }
}
