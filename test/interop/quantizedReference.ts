/** Stages of a quantized model one number at a time, with every rounding to float32 written out. */

import type { Stage } from "../../src/interop/quantized/stages.js";
import { ActivationKind } from "../../src/plan/op.js";

const f = Math.fround;

/** The nearest integer, ties to even. */
function nearest(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

function row(stage: Stage, x: number[]): number[] {
  if (stage.kind === "scale") {
    return x.map((value, i) => f(f(f(value - stage.center[i]) * stage.scale[i]) + stage.shift[i]));
  }
  if (stage.kind === "activation") {
    if (stage.code.activation !== ActivationKind.Relu) throw new Error("the reference has relu alone");
    return x.map((value) => Math.max(value, 0));
  }
  const { inputs, units, kernel, scale, bias, steps } = stage;
  const inverse = f(1 / steps.step);
  const q = x.map((value) => nearest(Math.max(steps.low, Math.min(steps.low + 127, f(value * inverse)))));
  return Array.from({ length: units }, (_, unit) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += q[i] * kernel[unit * inputs + i];
    return f(f(f(sum) * f(steps.step * scale[unit])) + (bias ? bias[unit] : 0));
  });
}

/** Outputs for rows one after the other. */
export function referenceOutputs(stages: readonly Stage[], x: Float32Array, inputs: number): Float32Array {
  const rows = Array.from({ length: x.length / inputs }, (_, i) => [...x.subarray(i * inputs, (i + 1) * inputs)]);
  return Float32Array.from(rows.flatMap((given) => stages.reduce((values, stage) => row(stage, values), given)));
}
