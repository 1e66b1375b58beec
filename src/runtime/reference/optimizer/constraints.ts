/** Constraints on weights after an update: signs, and norms between two bounds. */
import type * as Op from "../../../plan/ops.js";
import type { Fields } from "../fields.js";
import { kernelIndex, type Memory } from "../memory.js";

const EPSILON = 1e-7;

function square(x: number): number {
  return x * x;
}

/** The factor for weights with this sum of squares. */
function scaleOf(squares: number, { low, high, rate }: Fields<typeof Op.KernelNorm | typeof Op.VectorNorm>): number {
  const norm = Math.sqrt(squares);
  const bounded = Math.min(Math.max(norm, low), high);
  return (rate * bounded + (1 - rate) * norm) / (EPSILON + norm);
}

/** p = max(p, 0) */
export function nonNegative({ floats: f }: Memory, { params, count }: Fields<typeof Op.NonNegative>): void {
  for (let i = params; i < params + count; i++) f[i] = Math.max(f[i], 0);
}

/** Scales each unit's column of a kernel [inputs, units], or, along axis 1, each input's row. */
export function kernelNorm({ floats: f }: Memory, record: Fields<typeof Op.KernelNorm>): void {
  const { kernel, inputs, units, axis } = record;
  const [lines, length] = axis === 1 ? [inputs, units] : [units, inputs];
  for (let line = 0; line < lines; line++) {
    const at = (i: number) => (axis === 1 ? kernelIndex(kernel, line, i) : kernelIndex(kernel, i, line));
    let squares = 0;
    for (let i = 0; i < length; i++) squares += square(f[at(i)]);
    const scale = scaleOf(squares, record);
    for (let i = 0; i < length; i++) f[at(i)] *= scale;
  }
}

/** Scales a vector as a whole. */
export function vectorNorm({ floats: f }: Memory, record: Fields<typeof Op.VectorNorm>): void {
  const { params, count } = record;
  let squares = 0;
  for (let i = params; i < params + count; i++) squares += square(f[i]);
  const scale = scaleOf(squares, record);
  for (let i = params; i < params + count; i++) f[i] *= scale;
}
