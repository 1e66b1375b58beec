/** The layers that reading has found so far. Numbers are folded in float64 and rounded once. */
import { FormatError } from "../../base/errors.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import type { ActivationSpec } from "../../specs/activations.js";
import {
  activation,
  batchNormalization,
  dense,
  flatten,
  type GroupNormalizationSpec,
  glu,
  type LayerNormalizationSpec,
  type LayerSpec,
  layerNormalization,
  normalization,
  prelu,
  rescaling,
  reshape,
  rmsNormalization,
  unitNormalization,
} from "../../specs/layers/all.js";
import type { PortableTensor } from "../portable.js";
import type { Step } from "./recogniseRows.js";

/** A layer with its weights. */
export interface Found {
  readonly spec: LayerSpec;
  readonly weights: ReadonlyMap<string, PortableTensor>;
}

type Weights = Readonly<Record<string, ArrayLike<number> | PortableTensor>>;

function tensorOf(values: ArrayLike<number> | PortableTensor): PortableTensor {
  if ("shape" in values) return values as PortableTensor;
  return { shape: [values.length], data: Float32Array.from(values) };
}

const fill = (length: number, value: number) => new Float64Array(length).fill(value);
/** 1 − this and 1 are both float32, so that a frozen batch normalization divides by exactly 1. */
const EPSILON = 1 / 2 ** 20;

/** Layers, in the order in which they work. */
export class LayerList {
  readonly layers: Found[] = [];

  /** @param shape of one row, before the first layer */
  constructor(private current: Shape) {}

  /** The shape of one row after the layers so far. */
  get shape(): Shape {
    return this.current;
  }

  add(spec: LayerSpec, weights: Weights = {}, shape: Shape = this.current): void {
    const named = Object.entries(weights).map(([name, values]): [string, PortableTensor] => [name, tensorOf(values)]);
    this.layers.push({ spec, weights: new Map(named) });
    this.current = shape;
  }

  /** Gives rows a shape of the same size. */
  shapeTo(shape: Shape): void {
    const isSame = shape.length === this.current.length && shape.every((n, i) => n === this.current[i]);
    if (isSame || shape.length === 0) return;
    if (shape.length === 1) this.add(flatten(), {}, shape);
    else this.add(reshape(shape), {}, shape);
  }

  /** Flattens rows; returns their width. */
  flat(): number {
    const width = sizeOf(this.current);
    this.shapeTo([width]);
    return width;
  }

  private replaceLast(spec: LayerSpec, weights: ReadonlyMap<string, PortableTensor>): void {
    this.layers[this.layers.length - 1] = { spec, weights };
  }

  /** @param kernel [inputs, units] */
  dense(kernel: PortableTensor, bias: ArrayLike<number> | null): void {
    const [, units] = kernel.shape;
    const useBias = bias !== null;
    this.add(dense({ units, useBias }), bias ? { kernel, bias } : { kernel }, [units]);
  }

  /** Numbers that are the weights of a normalization as they are. */
  normalization(mean: ArrayLike<number>, variance: ArrayLike<number>): void {
    this.add(normalization(), { mean, variance });
  }

  activation(spec: ActivationSpec): void {
    const last = this.layers.at(-1);
    if (last?.spec.type === "dense" && last.spec.activation.type === "linear") {
      this.replaceLast({ ...last.spec, activation: spec }, last.weights);
    } else this.add(activation(spec));
  }

  /** Adds what a function between layers was recognized as. @throws FormatError for one that loses its input */
  step(step: Step): void {
    if (step.type === "line") this.line(step.scale, step.offset);
    else if (step.type === "lines") this.lines(step.scales, step.offsets);
    else if (step.type === "prelu") this.add(prelu(), { alpha: step.alpha });
    else if (step.type === "glu") this.add(glu(), {}, [...this.current.slice(0, -1), (this.current.at(-1) ?? 0) / 2]);
    else if (step.type === "unitNormalization") this.add(unitNormalization());
    else if (step.type === "rmsNormalization") {
      this.add(rmsNormalization({ epsilon: step.epsilon }), { scale: step.scale });
    } else if (step.type === "layerNormalization") {
      this.add(layerNormalization({ epsilon: step.epsilon }), { gamma: step.gamma, beta: step.beta });
    }
  }

  private line(scale: number, offset: number): void {
    const last = this.layers.at(-1);
    if (scale === 0) throw new FormatError("the result does not depend on the input.");
    if (scale === 1 && last?.spec.type === "dense" && !last.spec.useBias && last.spec.activation.type === "linear") {
      this.lines(fill(last.spec.units, 1), fill(last.spec.units, offset));
    } else this.add(rescaling({ scale, offset }));
  }

  /** y = scales x + offsets, column by column: into the layer before it, or as a layer of its own. */
  private lines(scales: Float64Array, offsets: Float64Array): void {
    const last = this.layers.at(-1);
    if (last?.spec.type === "dense" && last.spec.activation.type === "linear") {
      const { kernel, bias } = Object.fromEntries(last.weights);
      const folded = {
        shape: kernel.shape,
        data: kernel.data.map((value, i) => value * scales[i % scales.length]),
      };
      const shifted = offsets.map((value, j) => value + (bias?.data[j] ?? 0) * scales[j]);
      const useBias = bias !== undefined || offsets.some((value) => value !== 0);
      const spec = { ...last.spec, useBias };
      this.replaceLast(spec, new Map([["kernel", folded], ...(useBias ? [["bias", tensorOf(shifted)] as const] : [])]));
      return;
    }
    if (last && isBare(last.spec)) {
      const spec = { ...last.spec, scale: true, center: true };
      this.replaceLast(
        spec,
        new Map([
          ["gamma", tensorOf(scales)],
          ["beta", tensorOf(offsets)],
        ]),
      );
      return;
    }
    const { current } = this;
    this.flat();
    if (scales.every((scale) => scale > 0)) {
      const mean = offsets.map((offset, j) => -offset / scales[j]);
      this.normalization(
        mean,
        scales.map((scale) => 1 / (scale * scale)),
      );
    } else {
      const { length } = scales;
      const movingVariance = fill(length, 1 - EPSILON);
      const weights = { gamma: scales, beta: offsets, movingMean: fill(length, 0), movingVariance };
      this.add(batchNormalization({ epsilon: EPSILON, trainable: false }), weights);
    }
    this.shapeTo(current);
  }
}

/** True for a normalization without gamma and beta, which can take them. */
function isBare(spec: LayerSpec): spec is LayerNormalizationSpec | GroupNormalizationSpec {
  return (spec.type === "layerNormalization" || spec.type === "groupNormalization") && !spec.scale && !spec.center;
}
