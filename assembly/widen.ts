/** Rows of bytes to rows of floats. No op: the caller runs it before the tape, when it has written a batch. */
import { Place, SyncField } from "../src/plan/op";
import { splat } from "./simd";
import { partBegin } from "./split";

/** Four bytes, as 32-bit integers, times `scale`: exact in f64, then rounded once, as in JavaScript. */
@inline function scaled(bytes: v128, scale: v128): v128 {
  const low = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.convert_low_i32x4_s(bytes), scale));
  const next = v128.shuffle<i32>(bytes, bytes, 2, 3, 2, 3);
  const high = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.convert_low_i32x4_s(next), scale));
  return v128.shuffle<f32>(low, high, 0, 1, 4, 5);
}

/** A row whose bytes lie at the end of the place of its floats: no float reaches a byte before it is read. `scale` is above 0. */
function widenRow(to: usize, columns: i32, scale: f64): void {
  let from = to + <usize>columns * 3;
  const end = to + (<usize>columns << 2), factor = f64x2.splat(scale);
  for (; from + 16 <= end; from += 16, to += 64) {
    const bytes = v128.load(from);
    if (!v128.any_true(bytes)) {
      v128.store(to, splat(0)); v128.store(to, splat(0), 16); v128.store(to, splat(0), 32); v128.store(to, splat(0), 48);
      continue;
    }
    const low = i16x8.extend_low_i8x16_u(bytes), high = i16x8.extend_high_i8x16_u(bytes);
    v128.store(to, scaled(i32x4.extend_low_i16x8_u(low), factor));
    v128.store(to, scaled(i32x4.extend_high_i16x8_u(low), factor), 16);
    v128.store(to, scaled(i32x4.extend_low_i16x8_u(high), factor), 32);
    v128.store(to, scaled(i32x4.extend_high_i16x8_u(high), factor), 48);
  }
  for (; from < end; from++, to += 4) store<f32>(to, <f32>(<f64>load<u8>(from) * scale));
}

/** Rows that begin `stride` bytes apart. */
export function widen(to: usize, rows: i32, columns: i32, stride: i32, scale: f64): void {
  for (let row = 0; row < rows; row++, to += stride) widenRow(to, columns, scale);
}

/** Part `tid` of the widening that `SyncField` describes. */
export function widenShare(tid: i32, threads: i32): void {
  const at: usize = Place.Sync + SyncField.Widened, stride = load<i32>(at, 12), rows = load<i32>(at, 4);
  const begin = partBegin(rows, tid, threads), end = partBegin(rows, tid + 1, threads);
  const scale = load<f64>(Place.Sync + SyncField.WidenedScale);
  widen(load<usize>(at) + <usize>begin * stride, end - begin, load<i32>(at, 8), stride, scale);
}
