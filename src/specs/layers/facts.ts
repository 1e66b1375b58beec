/** Layers of any type: the functions that a model needs. */

import { checkName, located, OptionError, show } from "../../base/errors.js";
import type { NumericArray } from "../../base/kinds.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import type { TensorRef } from "../../plan/tensor.js";
import type { ActivationSpec } from "../activations.js";
import type { LayerSpec } from "./all.js";
import type { EmitContext, Emitted, LayerDefinition, LayerFacts, ParameterSpec } from "./layer.js";
import { knownLayers } from "./registry.js";

/** The definition of a type, which takes every spec of that type. */
function definitionOf(type: string): LayerDefinition<LayerSpec> {
  return knownLayers.get(type) as LayerDefinition<LayerSpec>;
}

/** True if no factory of this type was called: plain data may name any type, and a model may be of another realm. */
export function isUnknown(layer: unknown): boolean {
  const { spec, type } = (layer ?? {}) as { spec?: { type?: unknown }; type?: unknown };
  return !knownLayers.has((spec?.type ?? type) as string);
}

/** A layer at its position in a model. */
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
  const { type, ...options } = value as { type?: unknown };
  const definition = definitionOf(checkName(`${where}: type`, type, [...knownLayers.keys()]));
  return located(where, () => definition.resolve(options));
}

/** Names the layers (`dense_1`, `dense_2`, …), joins their shapes and lists their parameters. */
export function placeLayers(specs: readonly LayerSpec[], inputShape: Shape): PlacedLayer[] {
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  let shape = inputShape;
  let isInput = true;
  return specs.map((spec) => {
    const number = (counts.get(spec.type) ?? 0) + 1;
    counts.set(spec.type, number);
    const name = spec.name ?? `${spec.type}_${number}`;
    if (typeof name !== "string" || !/^[A-Za-z][\w.-]*$/.test(name)) {
      throw new OptionError(
        `layers: a name starts with a letter and has only A-Z, a-z, 0-9, _, . and -, got ${show(name)}.`,
      );
    }
    if (taken.has(name)) throw new OptionError(`layers: two layers are called "${name}". Give each its own name.`);
    taken.add(name);
    const definition = definitionOf(spec.type);
    if (definition.checkInput && !isInput) {
      throw new OptionError(`${name}: only flatten() and reshape() may stand before ${spec.type}. Put it first.`);
    }
    isInput &&= definition.keepsValues ?? false;
    const outputShape = definition.outputShape(spec, shape, name);
    const parameters = definition.parameters?.(spec, shape) ?? [];
    const placed = { name, spec, inputShape: shape, outputShape, parameters };
    shape = outputShape;
    return placed;
  });
}

/** Freezes plain data through and through; functions and typed arrays stay as they are. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const part of Object.values(Object.freeze(value))) deepFreeze(part);
  }
  return value;
}

/** Checks rows of input by the first layer that computes with them. @throws DataError naming row and column. */
export function checkInput(where: string, layers: readonly PlacedLayer[], data: { readonly x: NumericArray }): void {
  for (const { spec, inputShape } of layers) {
    const { checkInput: check, keepsValues } = definitionOf(spec.type);
    check?.(where, spec, data.x, sizeOf(inputShape));
    if (!keepsValues) return;
  }
}

/** True if `checkInput` has something to check. */
export function checksInput(layers: readonly PlacedLayer[]): boolean {
  return layers.some(({ spec }) => definitionOf(spec.type).checkInput);
}

/** The facts that a layer states about itself. */
export function layerFacts({ type }: LayerSpec): LayerFacts<LayerSpec> {
  return definitionOf(type);
}

/** The activation a layer ends with. */
export function lastActivation(spec: LayerSpec): ActivationSpec {
  return layerFacts(spec).lastActivation?.(spec) ?? { type: "linear" };
}

/** Emits a layer's forward records and returns its output and backward pass. */
export function emitLayer(spec: LayerSpec, context: EmitContext, x: TensorRef): Emitted {
  return definitionOf(spec.type).emit(spec, context, x);
}

/** A layer in a few words, for a summary: `dense, relu`. */
export function describeLayer(spec: LayerSpec): string {
  const detail = definitionOf(spec.type).detail?.(spec);
  return detail ? `${spec.type}, ${detail}` : spec.type;
}
