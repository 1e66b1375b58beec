/**
 * Normalization of groups of channels, forward and backward. Threads take rows, or panels of channels. Groups are seldom
 * whole vectors, so this is scalar code; sums run in f64, in order.
 */
import { Place } from "../src/plan/op";
import { ChannelSum, GroupNormalization, GroupNormalizationBackward } from "./ops/records";
import { partBegin } from "./split";

@inline function at(vector: usize, i: i32): usize {
  return vector + (<usize>i << 2);
}

/** Zeroes a row from `columns` to the end of its last panel. */
@inline function closePanel(row: usize, columns: i32): void {
  const end = (columns + Place.PanelWidth - 1) & -Place.PanelWidth;
  for (let j = columns; j < end; j++) store<f32>(at(row, j), 0);
}

@inline function valueOr(parameter: usize, channel: i32, otherwise: f64): f64 {
  return parameter ? <f64>load<f32>(at(parameter, channel)) : otherwise;
}

/** The mean of a group: values `size` at a time, `channels` apart. */
function meanOf(x: usize, channels: i32, length: i32, size: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < length; i++) {
    for (let k = 0; k < size; k++) sum += <f64>load<f32>(at(x, i * channels + k));
  }
  return sum / <f64>(length * size);
}

/** 1 / sqrt(variance + epsilon) of a group. */
function inverseDeviationOf(x: usize, channels: i32, length: i32, size: i32, mean: f64, epsilon: f32): f64 {
  let squares: f64 = 0;
  for (let i = 0; i < length; i++) {
    for (let k = 0; k < size; k++) {
      const d = <f64>load<f32>(at(x, i * channels + k)) - mean;
      squares += d * d;
    }
  }
  return 1 / Math.sqrt(squares / <f64>(length * size) + <f64>epsilon);
}

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and biased variance of each group of each row. */
export function groupNormalization(op: GroupNormalization, rows: i32, tid: i32, threads: i32): void {
  const groups = op.groups, size = op.size, length = op.length, channels = groups * size;
  const end = partBegin(rows, tid + 1, threads);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, y = op.y + <usize>row * op.yStride;
    for (let first = 0; first < channels; first += size) {
      const mean = meanOf(at(x, first), channels, length, size);
      const s = inverseDeviationOf(at(x, first), channels, length, size, mean, op.epsilon);
      for (let i = 0; i < length; i++) {
        for (let channel = first; channel < first + size; channel++) {
          const j = i * channels + channel, d = <f64>load<f32>(at(x, j)) - mean;
          store<f32>(at(y, j), <f32>(d * s * valueOr(op.gamma, channel, 1) + valueOr(op.beta, channel, 0)));
        }
      }
    }
    closePanel(y, length * channels);
  }
}

/** With g = gamma dy, d = x - mean and s: dx = s (g - mean(g) - d s^2 mean(d g)); slope = d s dy. */
export function groupNormalizationBackward(
  op: GroupNormalizationBackward, rows: i32, tid: i32, threads: i32,
): void {
  const groups = op.groups, size = op.size, length = op.length, channels = groups * size;
  const end = partBegin(rows, tid + 1, threads), count = <f64>(length * size);
  for (let row = partBegin(rows, tid, threads); row < end; row++) {
    const x = op.x + <usize>row * op.xStride, dy = op.dy + <usize>row * op.dyStride;
    const dx = op.dx + <usize>row * op.dxStride, slope = op.slope + <usize>row * op.slopeStride;
    for (let first = 0; first < channels; first += size) {
      const mean = meanOf(at(x, first), channels, length, size);
      const s = inverseDeviationOf(at(x, first), channels, length, size, mean, op.epsilon);
      let sum: f64 = 0, product: f64 = 0;
      for (let i = 0; i < length; i++) {
        for (let channel = first; channel < first + size; channel++) {
          const j = i * channels + channel, g = <f64>load<f32>(at(dy, j)) * valueOr(op.gamma, channel, 1);
          sum += g;
          product += (<f64>load<f32>(at(x, j)) - mean) * g;
        }
      }
      const bend = product * s * s / count;
      for (let i = 0; i < length; i++) {
        for (let channel = first; channel < first + size; channel++) {
          const j = i * channels + channel, upstream = <f64>load<f32>(at(dy, j));
          const d = <f64>load<f32>(at(x, j)) - mean, g = upstream * valueOr(op.gamma, channel, 1);
          if (op.slope) store<f32>(at(slope, j), <f32>(d * s * upstream));
          if (op.dx) store<f32>(at(dx, j), <f32>(s * (g - sum / count - d * bend)));
        }
      }
    }
    if (op.slope) closePanel(slope, length * channels);
    if (op.dx) closePanel(dx, length * channels);
  }
}

/** out[channels] = sum of x[rows, length * channels] over rows and length, in that order. */
export function channelSum(op: ChannelSum, rows: i32, tid: i32, threads: i32): void {
  const channels = op.channels, width = Place.PanelWidth, panels = (channels + width - 1) / width;
  const end = partBegin(panels, tid + 1, threads) * width;
  for (let channel = partBegin(panels, tid, threads) * width; channel < end; channel++) {
    let sum: f64 = 0;
    if (channel < channels) {
      for (let row = 0; row < rows; row++) {
        const x = op.x + <usize>row * op.xStride;
        for (let i = 0; i < op.length; i++) sum += <f64>load<f32>(at(x, i * channels + channel));
      }
    }
    store<f32>(at(op.out, channel), <f32>sum);
  }
}
