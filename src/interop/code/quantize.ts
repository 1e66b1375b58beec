/** Weights of dense layers as int8, and with rows to calibrate by, their inputs as well. Other layers stay float32. */
import { toInt8 } from "../../base/int8.js";
import { sizeOf } from "../../base/shape.js";
import type { Sequential } from "../../sequential.js";
import { prelu } from "../../specs/layers/prelu.js";
import type { Portable, PortableLayer } from "../portable.js";
import { modelOf } from "../toModel.js";
import type { LayerSteps, Step, StepOf, Table } from "./steps.js";

/** x ≈ step q, with q from low to high, 256 integers. */
export interface InputRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly low: number;
  readonly high: number;
}

interface Int8Weights {
  readonly inputs: number;
  readonly units: number;
  readonly kernel: Int8Array;
  /** A scale for each unit: w ≈ scale q. */
  readonly scale: Table;
  readonly bias: Table | null;
}

/** A dense layer with int8 weights, and with inputs as float32 or in 256 steps. */
export type QuantizedDense =
  | ({ readonly kind: "denseInt8" } & Int8Weights)
  | ({ readonly kind: "denseQuantized"; readonly range: InputRange } & Int8Weights);

function quantizeDense({ inputs, units, kernel, bias }: StepOf<"dense">, range: InputRange | null): QuantizedDense {
  const { values, scale } = toInt8(kernel, units, (i) => Math.floor(i / inputs));
  const weights = { inputs, units, kernel: values, scale, bias };
  return range ? { kind: "denseQuantized", ...weights, range } : { kind: "denseInt8", ...weights };
}

/** The range of values, widened to hold 0, which then is exact. */
function rangeOf(values: Float32Array): InputRange {
  let [min, max] = [0, 0];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const step = Math.fround((max - min) / 255) || 1;
  const low = Math.round(min / step);
  return { min, max, step, low, high: low + 255 };
}

/** The numbers for which inputs in 256 steps stand. */
export function roundTo({ step, low, high }: InputRange, x: Float32Array): Float32Array {
  return x.map((value) => step * Math.max(low, Math.min(high, Math.floor(value / step + 0.5))));
}

const isDense = ({ steps }: LayerSteps) => steps[0]?.kind === "dense";

/** The parts of a model, each from a dense layer to the next, as models; the first may have no dense layer. */
export class Pieces {
  readonly #models: readonly Sequential[];
  readonly #hasFirst: boolean;

  private constructor(models: readonly Sequential[], hasFirst: boolean) {
    this.#models = models;
    this.#hasFirst = hasFirst;
  }

  /** @param isQuantized True for weights as int8 say them. */
  static async of(source: Portable, layers: readonly LayerSteps[], isQuantized: boolean): Promise<Pieces> {
    const begins = layers.flatMap((layer, i) => (isDense(layer) ? [i] : []));
    const models: Sequential[] = [];
    const add = async (from: number, to: number | undefined, extra: readonly PortableLayer[]) => {
      const own = source.layers.slice(from, to).map((layer, i) => {
        const named = { ...layer, name: layers[from + i].name, spec: { ...layer.spec, name: layers[from + i].name } };
        return i === 0 && isQuantized && isDense(layers[from]) ? withInt8(named) : named;
      });
      const { inputShape } = layers[from];
      models.push(await modelOf({ ...EMPTY, inputShape, layers: [...own, ...extra] }, { threads: 1 }));
    };
    const first = begins[0] ?? layers.length;
    if (first > 0) await add(0, first, [identity(sizeOf(layers[first - 1].outputShape))]);
    for (let i = 0; i < begins.length; i++) await add(begins[i], begins[i + 1], []);
    return new Pieces(models, first > 0);
  }

  /** Outputs for rows; `see` may change the inputs of dense layer number i. */
  predict(x: Float32Array, see: (inputs: Float32Array, dense: number) => Float32Array): Float32Array {
    let values = x;
    this.#models.forEach((model, i) => {
      const dense = this.#hasFirst ? i - 1 : i;
      values = model.predict(dense >= 0 ? see(values, dense) : values);
    });
    return values;
  }

  dispose(): void {
    for (const model of this.#models) model.dispose();
  }
}

const EMPTY = { seed: 0, compiled: null, training: null, classes: null, features: null, metadata: null, notes: [] };

/** A layer that passes its input on, for parts without a weight to train, which no model may be. */
function identity(size: number): PortableLayer {
  const name = "quantizedIdentity";
  const alpha = { shape: [size], data: new Float32Array(size).fill(1) };
  return { name, spec: prelu({ name }), weights: new Map([["alpha", alpha]]) };
}

/** A dense layer whose kernel holds what the int8 values stand for. */
function withInt8(layer: PortableLayer): PortableLayer {
  const kernel = layer.weights.get("kernel");
  if (!kernel) return layer;
  const [, units] = kernel.shape;
  const { values, scale } = toInt8(kernel.data, units, (i) => i % units);
  const data = Float32Array.from(values, (value, i) => value * scale[i % units]);
  return { ...layer, weights: new Map([...layer.weights, ["kernel", { shape: kernel.shape, data }]]) };
}

/** The ranges of the inputs of dense layers over rows. */
export async function rangesOf(
  source: Portable,
  layers: readonly LayerSteps[],
  x: Float32Array,
): Promise<InputRange[]> {
  const pieces = await Pieces.of(source, layers, false);
  const ranges: InputRange[] = [];
  pieces.predict(x, (inputs) => {
    ranges.push(rangeOf(inputs));
    return inputs;
  });
  pieces.dispose();
  return ranges;
}

/** Outputs of the quantized model for rows; without ranges its inputs stay float32. */
export async function quantizedOutputs(
  source: Portable,
  layers: readonly LayerSteps[],
  x: Float32Array,
  ranges: readonly InputRange[] | null,
): Promise<Float32Array> {
  const pieces = await Pieces.of(source, layers, true);
  const outputs = pieces.predict(x, (inputs, dense) => (ranges ? roundTo(ranges[dense], inputs) : inputs));
  pieces.dispose();
  return outputs;
}

/** A step with int8 weights, if it is a dense one; `next` gives the range of its inputs. */
export function quantizedStep(step: Step, next: () => InputRange | null): Step | QuantizedDense {
  return step.kind === "dense" ? quantizeDense(step, next()) : step;
}
