/**
 * Activations, forward and backward side by side. Backward works from the output y, never from z,
 * so that forward may run in place. Softmax works on whole rows, the others on single elements.
 * Whatever a row has beyond `columns` in its last panel of 8 is padding, and is written as zero.
 */
import { ActivationKind } from "../src/plan/op";
import { closeRow, exp4, expm14, laneMask, laneMax, laneSum, madd, rowBytes, sigmoid4, splat, tanh4 } from "./simd";

/** y = x */
@unmanaged class Linear {
  @inline forward(x: v128, alpha: v128): v128 { return x; }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return dy; }
}

/** y = max(x, 0) */
@unmanaged class Relu {
  @inline forward(x: v128, alpha: v128): v128 { return f32x4.pmax(x, splat(0)); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 { return v128.and(dy, f32x4.gt(y, splat(0))); }
}

/** y = x above 0, alpha x below */
@unmanaged class LeakyRelu {
  @inline forward(x: v128, alpha: v128): v128 {
    return v128.bitselect(f32x4.mul(x, alpha), x, f32x4.lt(x, splat(0)));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, alpha), f32x4.gt(y, splat(0)));
  }
}

/** y = x above 0, alpha (e^x - 1) below; there dy/dx = y + alpha */
@unmanaged class Elu {
  @inline forward(x: v128, alpha: v128): v128 {
    return v128.bitselect(f32x4.mul(alpha, expm14(x)), x, f32x4.lt(x, splat(0)));
  }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, f32x4.add(y, alpha)), f32x4.gt(y, splat(0)));
  }
}

/** y = 1 / (1 + e^-x); dy/dx = y (1 - y) */
@unmanaged class Sigmoid {
  @inline forward(x: v128, alpha: v128): v128 { return sigmoid4(x); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return f32x4.mul(dy, f32x4.mul(y, f32x4.sub(splat(1), y)));
  }
}

/** y = tanh x; dy/dx = 1 - y^2 */
@unmanaged class Tanh {
  @inline forward(x: v128, alpha: v128): v128 { return tanh4(x); }
  @inline backward(y: v128, dy: v128, alpha: v128): v128 {
    return f32x4.mul(dy, f32x4.sub(splat(1), f32x4.mul(y, y)));
  }
}

@inline function forwardRows<F>(
  x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32, alpha: f32,
): void {
  const f = changetype<F>(0);
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
  y: usize, yStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize,
  rows: i32, columns: i32, alpha: f32,
): void {
  const f = changetype<F>(0);
  const a = splat(alpha);
  for (let row = 0; row < rows; row++) {
    const yRow = y + <usize>row * yStride;
    const dyRow = dy + <usize>row * dyStride;
    const dxRow = dx + <usize>row * dxStride;
    // Padding needs no mask: there dy is zero, and y is finite.
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      v128.store(dxRow + offset, f.backward(v128.load(yRow + offset), v128.load(dyRow + offset), a));
    }
    closeRow(dxRow, columns);
  }
}

/** Applies an element-wise activation to a block: x, y: [rows, columns]; y may be x. */
export function activate(
  kind: i32, x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32, alpha: f32,
): void {
  switch (kind) {
    case ActivationKind.Linear: forwardRows<Linear>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Relu: forwardRows<Relu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.LeakyRelu: forwardRows<LeakyRelu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Elu: forwardRows<Elu>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Sigmoid: forwardRows<Sigmoid>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Tanh: forwardRows<Tanh>(x, xStride, y, yStride, rows, columns, alpha); break;
    case ActivationKind.Softmax: softmax(x, xStride, y, yStride, rows, columns); break;
  }
}

/** dx = dy f'(x), with f' taken from y = f(x): all [rows, columns]; dx may be dy. */
export function activateBackward(
  kind: i32, y: usize, yStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize,
  rows: i32, columns: i32, alpha: f32,
): void {
  switch (kind) {
    case ActivationKind.Linear:
      backwardRows<Linear>(y, yStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Relu:
      backwardRows<Relu>(y, yStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.LeakyRelu:
      backwardRows<LeakyRelu>(y, yStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Elu:
      backwardRows<Elu>(y, yStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Sigmoid:
      backwardRows<Sigmoid>(y, yStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Tanh:
      backwardRows<Tanh>(y, yStride, dy, dyStride, dx, dxStride, rows, columns, alpha); break;
    case ActivationKind.Softmax:
      softmaxBackward(y, yStride, dy, dyStride, dx, dxStride, rows, columns); break;
  }
}

/** Largest of the first `columns` values at `x`. */
export function rowMax(x: usize, columns: i32): f32 {
  let m = splat(-Infinity);
  for (; columns > 0; columns -= 4) {
    m = f32x4.pmax(m, v128.bitselect(v128.load(x), splat(-Infinity), laneMask(columns)));
    x += 16;
  }
  return laneMax(m);
}

/** y = e^(x - max), zero in the padding; returns the sum of the row. y may be x. */
export function expRow(x: usize, y: usize, columns: i32): f32 {
  const m = splat(rowMax(x, columns));
  let sum = splat(0);
  for (; columns > 0; columns -= 4) {
    const e = v128.and(exp4(f32x4.sub(v128.load(x), m)), laneMask(columns));
    v128.store(y, e);
    sum = f32x4.add(sum, e);
    x += 16;
    y += 16;
  }
  return laneSum(sum);
}

/** y_i = e^(x_i) / sum_j e^(x_j) */
function softmax(x: usize, xStride: usize, y: usize, yStride: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    const yRow = y + <usize>row * yStride;
    const sum = splat(expRow(x + <usize>row * xStride, yRow, columns));
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      v128.store(yRow + offset, f32x4.div(v128.load(yRow + offset), sum));
    }
    closeRow(yRow, columns);
  }
}

/** dx_i = y_i (dy_i - sum_j y_j dy_j) */
function softmaxBackward(
  y: usize, yStride: usize, dy: usize, dyStride: usize, dx: usize, dxStride: usize, rows: i32, columns: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const yRow = y + <usize>row * yStride;
    const dyRow = dy + <usize>row * dyStride;
    const dxRow = dx + <usize>row * dxStride;
    let dot = splat(0);
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      dot = madd(dot, v128.load(yRow + offset), v128.load(dyRow + offset));
    }
    const mean = splat(laneSum(dot));
    for (let offset: usize = 0; offset < rowBytes(columns); offset += 16) {
      const centred = f32x4.sub(v128.load(dyRow + offset), mean);
      v128.store(dxRow + offset, f32x4.mul(v128.load(yRow + offset), centred));
    }
    closeRow(dxRow, columns);
  }
}
