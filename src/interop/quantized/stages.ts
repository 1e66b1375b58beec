/** A model as stages over one row: dense layers as int8 numbers, and between them passes over floats. */
import { OptionError } from "../../base/errors.js";
import { toInt8 } from "../../base/int8.js";
import { type ActivationCode, activationCode } from "../../specs/activations.js";
import type { InputRange } from "../code/quantize.js";
import type { LayerSteps, Step, StepOf } from "../code/steps.js";

/** Inputs of a dense layer as 7 bits: x ≈ step (q + low), with q from 0 to 127. */
export interface Steps {
  readonly step: number;
  readonly low: number;
}

/** One stage. */
export type Stage =
  /** y = f(step · scale · Σ (q + low) kernel + bias), with the kernel as [units, inputs] and a scale for each unit. */
  | {
      readonly kind: "dense";
      readonly inputs: number;
      readonly units: number;
      readonly kernel: Int8Array;
      readonly scale: Float32Array;
      readonly bias: Float32Array | null;
      readonly steps: Steps;
    }
  /** y = (x − center) · scale + shift, column by column. */
  | {
      readonly kind: "scale";
      readonly columns: number;
      readonly center: Float32Array;
      readonly scale: Float32Array;
      readonly shift: Float32Array;
    }
  | { readonly kind: "activation"; readonly columns: number; readonly code: ActivationCode };

/** A stage of one kind. */
export type StageOf<Kind extends Stage["kind"]> = Extract<Stage, { kind: Kind }>;

/** The number of the highest step. */
const HIGHEST = 127;

/** Steps below this have no reciprocal in float32: such inputs are as good as 0. */
const SMALLEST_STEP = 1e-37;

/** Seven bits for a range that holds 0, which then is exact. */
function stepsOfRange({ min, max }: Pick<InputRange, "min" | "max">): Steps {
  const width = Math.fround((max - min) / HIGHEST);
  const step = width < SMALLEST_STEP ? 1 : width;
  return { step, low: Math.round(min / step) };
}

/** @throws OptionError for a layer that has no place among the stages */
export function checkLayers(where: string, layers: readonly LayerSteps[]): void {
  for (const layer of layers) for (const step of layer.steps) if (step.kind !== "dense") passOf(where, layer, step);
}

/** The stages of a model; `ranges` has one for each dense layer. @throws OptionError as `checkLayers` */
export function stagesOf(
  where: string,
  layers: readonly LayerSteps[],
  ranges: readonly Pick<InputRange, "min" | "max">[],
): Stage[] {
  let dense = 0;
  return layers.flatMap((layer) =>
    layer.steps.map((step) => (step.kind === "dense" ? denseOf(step, ranges[dense++]) : passOf(where, layer, step))),
  );
}

function denseOf(
  { inputs, units, kernel, bias }: StepOf<"dense">,
  range: Pick<InputRange, "min" | "max">,
): StageOf<"dense"> {
  const { values, scale } = toInt8(kernel, units, (i) => Math.floor(i / inputs));
  return { kind: "dense", inputs, units, kernel: values, scale, bias, steps: stepsOfRange(range) };
}

/** A step other than a product as a pass over floats. */
function passOf(where: string, layer: LayerSteps, step: Step): Stage {
  const filled = (columns: number, value: number) => new Float32Array(columns).fill(value);
  switch (step.kind) {
    case "standardize": {
      const { columns, center, scale, shift } = step;
      return { kind: "scale", columns, center, scale, shift: shift ?? filled(columns, 0) };
    }
    case "line": {
      const { columns } = step;
      const [center, scale, shift] = [0, step.scale, step.offset].map((value) => filled(columns, value));
      return { kind: "scale", columns, center, scale, shift };
    }
    case "softmax":
      if (step.outer !== 1 || step.inner !== 1 || step.mask) break;
      return { kind: "activation", columns: step.size, code: activationCode({ type: "softmax" }) };
    case "activation":
    case "logSoftmax":
    case "sparsemax":
      if (!("activation" in layer.spec)) break;
      return { kind: "activation", columns: step.columns, code: activationCode(layer.spec.activation) };
  }
  throw new OptionError(
    `${where}: ${layer.name}: ${layer.spec.type} has no int8 form. Quantized models have dense layers, activations, ` +
      `dropout, normalization, batchNormalization and rescaling. Use the model itself, or exportC with int8 weights.`,
  );
}
