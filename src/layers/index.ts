/** The table of layers: one entry per type, and the questions a model asks of any of them. */
import { type ActivationSpec, resolveActivation } from "../activations.js";
import { checkName, OptionError, ShapeError, show } from "../errors.js";
import type { TensorRef } from "../plan/tensor.js";
import { formatShape, type Shape } from "../shape.js";
import { type ActivationLayerSpec, activation, emitActivationLayer } from "./activation.js";
import { type DenseSpec, dense, denseParameters, emitDense } from "./dense.js";
import type { EmitContext, ParameterSpec, Step } from "./layer.js";

/** Any layer, as plain data. */
export type LayerSpec = DenseSpec | ActivationLayerSpec;

export const layerTypes = ["dense", "activation"] as const satisfies readonly LayerSpec["type"][];

/** A layer at its place in a model. */
export interface PlacedLayer {
  readonly name: string;
  readonly spec: LayerSpec;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: readonly ParameterSpec[];
}

/** Checks a spec as if its factory had been called with it. @throws OptionError saying which layer. */
export function resolveLayer(where: string, value: unknown): LayerSpec {
  if (typeof value !== "object" || value === null) {
    throw new OptionError(`${where}: expected a layer such as dense({ units: 64 }), got ${show(value)}.`);
  }
  const { type: given, ...options } = value as { type?: unknown };
  const type = checkName(`${where}: type`, given, layerTypes);
  if (type === "dense") return dense(options as Parameters<typeof dense>[0]);
  const { activation: spec, ...rest } = options as { activation?: unknown; name?: string };
  return activation(resolveActivation(where, spec), rest);
}

/** Names the layers (`dense_1`, `dense_2`, …), joins their shapes and lists their parameters. */
export function placeLayers(specs: readonly LayerSpec[], inputShape: Shape): PlacedLayer[] {
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  let shape = inputShape;
  return specs.map((spec) => {
    const number = (counts.get(spec.type) ?? 0) + 1;
    counts.set(spec.type, number);
    const name = spec.name ?? `${spec.type}_${number}`;
    if (typeof name !== "string" || !/^[A-Za-z][\w.-]*$/.test(name)) {
      throw new OptionError(`layers: a name starts with a letter and has no spaces or slashes, got ${show(name)}.`);
    }
    if (taken.has(name)) throw new OptionError(`layers: two layers are called "${name}". Give each its own name.`);
    taken.add(name);
    const placed = { name, spec, inputShape: shape, ...placeLayer(name, spec, shape) };
    shape = placed.outputShape;
    return placed;
  });
}

function placeLayer(name: string, spec: LayerSpec, inputShape: Shape): Pick<PlacedLayer, "outputShape" | "parameters"> {
  if (inputShape.length !== 1) {
    const got = formatShape(inputShape, { batch: true });
    throw new ShapeError(`${name}: expected input [*, features], got ${got}. Use inputShape: [features].`);
  }
  switch (spec.type) {
    case "dense":
      return { outputShape: [spec.units], parameters: denseParameters(spec, inputShape[0]) };
    case "activation":
      return { outputShape: inputShape, parameters: [] };
    default:
      return spec satisfies never;
  }
}

/** The activation a layer ends with. */
export function lastActivation(spec: LayerSpec): ActivationSpec {
  return spec.activation;
}

/** Emits a layer's forward records and returns its output and its way back. */
export function emitLayer(spec: LayerSpec, context: EmitContext, x: TensorRef): Step {
  switch (spec.type) {
    case "dense":
      return emitDense(spec, context, x);
    case "activation":
      return emitActivationLayer(context, x);
    default:
      return spec satisfies never;
  }
}
