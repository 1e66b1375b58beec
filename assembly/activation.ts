/**
 * Activations on blocks of rows: the loops around `elementwise.ts`, and which function a kind means. Forward may run
 * in place. Whatever a row has beyond `columns` in its last panel of 8 is padding, and is written as zero.
 */
import { ActivationKind } from "../src/plan/op";
import {
  Celu, ClippedRelu, Elu, Exponential, Gelu, GeluTanh, GeneralRelu, HardShrink, HardSigmoid, HardSilu, HardTanh,
  LeakyRelu, Linear, LogSigmoid, Mish, Relu, Selu, Sigmoid, Silu, SoftShrink, Softplus, Softsign, Tanh, TanhShrink,
} from "./elementwise";
import { closeRow, laneMask, rowBytes, splat } from "./simd";
import { logSoftmax, logSoftmaxBackward, softmax, softmaxBackward } from "./softmax";

// The last vector has a copy of f of its own. That is not only for the mask: V8 keeps constants that are used in two places
// outside of the loop, and those of one place within it (sigmoid, Node 20: 350 and 380 us for 512x512).
@inline function forwardRows<F>(
  x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32, alpha: f32, numbers: usize = 0,
): void {
  const f = changetype<F>(numbers);
  const a = splat(alpha);
  for (let row = 0; row < rows; row++) {
    let from = x + <usize>row * xStride;
    let to = y + <usize>row * yStride;
    let remaining = columns;
    for (; remaining >= 4; remaining -= 4) {
      v128.store(to, f.forward(v128.load(from), a));
      from += 16;
      to += 16;
    }
    if (remaining > 0) v128.store(to, v128.and(f.forward(v128.load(from), a), laneMask(remaining)));
    closeRow(y + <usize>row * yStride, columns);
  }
}

@inline function backwardRows<F>(
  saved: usize, savedStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize,
  rows: i32, columns: i32, alpha: f32, numbers: usize = 0,
): void {
  const f = changetype<F>(numbers);
  const a = splat(alpha);
  for (let row = 0; row < rows; row++) {
    const savedRow = saved + <usize>row * savedStride;
    const dyRow = dy + <usize>row * dyStride;
    const dxRow = dx + <usize>row * dxStride;
    // Padding needs no mask: there dy is zero, and y or z is too.
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      v128.store(dxRow + offset, f.backward(v128.load(savedRow + offset), v128.load(dyRow + offset), a));
    }
    closeRow(dxRow, columns);
  }
}

/**
 * Applies an activation to a block: x, y: [rows, columns]; y may be x. `numbers` is where the record has alpha and what
 * follows it: only `GeneralRelu` reads more than alpha.
 */
export function activate(
  kind: i32, x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32, alpha: f32,
  numbers: usize = 0,
): void {
  switch (kind) {
    case ActivationKind.Linear: forwardRows<Linear>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Relu: forwardRows<Relu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.LeakyRelu: forwardRows<LeakyRelu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Elu: forwardRows<Elu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Sigmoid: forwardRows<Sigmoid>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Tanh: forwardRows<Tanh>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Softmax: softmax(x, xStride, y, yStride, rows, columns); break;
    default: activateOther(kind, x, xStride, y, yStride, rows, columns, alpha, numbers); break;
  }
}

/** The rest of `activate`. Apart, because V8 makes slower code of loops that share a very large function. */
function activateOther(
  kind: i32, x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32, alpha: f32,
  numbers: usize,
): void {
  switch (kind) {
    case ActivationKind.LogSoftmax: logSoftmax(x, xStride, y, yStride, rows, columns); break;
    case ActivationKind.Selu: forwardRows<Selu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Celu: forwardRows<Celu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.ClippedRelu: forwardRows<ClippedRelu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.HardSigmoid: forwardRows<HardSigmoid>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.LogSigmoid: forwardRows<LogSigmoid>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.HardTanh: forwardRows<HardTanh>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.TanhShrink: forwardRows<TanhShrink>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.SoftShrink: forwardRows<SoftShrink>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.HardShrink: forwardRows<HardShrink>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Exponential: forwardRows<Exponential>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Softplus: forwardRows<Softplus>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Softsign: forwardRows<Softsign>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Silu: forwardRows<Silu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.HardSilu: forwardRows<HardSilu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Gelu: forwardRows<Gelu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.GeluTanh: forwardRows<GeluTanh>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Mish: forwardRows<Mish>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.GeneralRelu:
      forwardRows<GeneralRelu>(x, xStride, y, yStride, rows, columns, alpha, numbers); break;
  }
}

/** dx = dy f'(z), with f' taken from `saved`, which is y or z by kind: all [rows, columns]; dx may be dy. */
export function activateBackward(
  kind: i32, saved: usize, savedStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize,
  rows: i32, columns: i32, alpha: f32, numbers: usize,
): void {
  switch (kind) {
    case ActivationKind.Linear:
      backwardRows<Linear>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Relu:
      backwardRows<Relu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.LeakyRelu:
      backwardRows<LeakyRelu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Elu:
      backwardRows<Elu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Sigmoid:
      backwardRows<Sigmoid>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Tanh:
      backwardRows<Tanh>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Softmax:
      softmaxBackward(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns); break;
    default:
      activateOtherBackward(kind, saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha, numbers); break;
  }
}

/** The rest of `activateBackward`. */
function activateOtherBackward(
  kind: i32, saved: usize, savedStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize,
  rows: i32, columns: i32, alpha: f32, numbers: usize,
): void {
  switch (kind) {
    case ActivationKind.LogSoftmax:
      logSoftmaxBackward(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns); break;
    case ActivationKind.Selu:
      backwardRows<Selu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Celu:
      backwardRows<Celu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.ClippedRelu:
      backwardRows<ClippedRelu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.HardSigmoid:
      backwardRows<HardSigmoid>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.LogSigmoid:
      backwardRows<LogSigmoid>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.HardTanh:
      backwardRows<HardTanh>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.TanhShrink:
      backwardRows<TanhShrink>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.SoftShrink:
      backwardRows<SoftShrink>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.HardShrink:
      backwardRows<HardShrink>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Exponential:
      backwardRows<Exponential>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Softplus:
      backwardRows<Softplus>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Softsign:
      backwardRows<Softsign>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Silu:
      backwardRows<Silu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.HardSilu:
      backwardRows<HardSilu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Gelu:
      backwardRows<Gelu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.GeluTanh:
      backwardRows<GeluTanh>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Mish:
      backwardRows<Mish>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.GeneralRelu:
      backwardRows<GeneralRelu>(saved, savedStride, dy, dyStride, dx, dxStride, rows, columns, alpha, numbers); break;
  }
}
