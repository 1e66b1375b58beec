/** Normalization of groups of channels, and its gradients. */
import type * as Op from "../../plan/ops.js";
import type { Fields } from "./fields.js";
import type { Floats, Memory } from "./memory.js";

interface Group {
  /** Places of its values in a row. */
  readonly places: readonly number[];
  /** Their channels. */
  readonly channels: readonly number[];
}

function groupsOf({ length, groups, size }: { length: number; groups: number; size: number }): Group[] {
  return Array.from({ length: groups }, (_, group) => {
    const channels = Array.from({ length: length * size }, (_, i) => group * size + (i % size));
    return { channels, places: channels.map((channel, i) => Math.floor(i / size) * groups * size + channel) };
  });
}

/** Mean, and 1 / sqrt(variance + epsilon), of a group. */
function describe(f: Floats, from: number, { places }: Group, epsilon: number): { mean: number; s: number } {
  const mean = places.reduce((sum, j) => sum + f[from + j], 0) / places.length;
  const squares = places.reduce((sum, j) => sum + (f[from + j] - mean) * (f[from + j] - mean), 0);
  return { mean, s: 1 / Math.sqrt(squares / places.length + epsilon) };
}

/** y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and (biased) variance of each group of each row. */
export function groupNormalization({ floats: f, rows }: Memory, record: Fields<typeof Op.GroupNormalization>): void {
  const { x, y, gamma, beta, epsilon } = record;
  const groups = groupsOf(record);
  for (let row = 0; row < rows; row++) {
    const from = x.at + row * x.stride;
    for (const group of groups) {
      const { mean, s } = describe(f, from, group, epsilon);
      group.places.forEach((j, i) => {
        const channel = group.channels[i];
        const value = (f[from + j] - mean) * s * (gamma ? f[gamma + channel] : 1);
        f[y.at + row * y.stride + j] = value + (beta ? f[beta + channel] : 0);
      });
    }
  }
}

/** Gradient with respect to x, including the paths through mean and variance, and that of each row by gamma. */
export function groupNormalizationBackward(
  { floats: f, rows }: Memory,
  record: Fields<typeof Op.GroupNormalizationBackward>,
): void {
  const { x, dy, dx, slope, gamma, epsilon } = record;
  const groups = groupsOf(record);
  for (let row = 0; row < rows; row++) {
    const from = x.at + row * x.stride;
    const upstreamAt = dy.at + row * dy.stride;
    for (const group of groups) {
      const { mean, s } = describe(f, from, group, epsilon);
      const count = group.places.length;
      const upstream = group.places.map((j) => f[upstreamAt + j]);
      const g = upstream.map((value, i) => value * (gamma ? f[gamma + group.channels[i]] : 1));
      const sum = g.reduce((total, value) => total + value, 0);
      const product = g.reduce((total, value, i) => total + (f[from + group.places[i]] - mean) * value, 0);
      group.places.forEach((j, i) => {
        const d = f[from + j] - mean;
        if (slope.at) f[slope.at + row * slope.stride + j] = d * s * upstream[i];
        if (dx.at) f[dx.at + row * dx.stride + j] = s * (g[i] - sum / count - (d * s * s * product) / count);
      });
    }
  }
}

/** out = sum of x over rows and over length, channel by channel */
export function channelSum({ floats: f, rows }: Memory, record: Fields<typeof Op.ChannelSum>): void {
  const { x, out, length, channels } = record;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < length; i++) sum += f[x.at + row * x.stride + i * channels + channel];
    }
    f[out + channel] = sum;
  }
}
