/** One layer on a tape of its own, forward and back, with every tensor at hand. */
import { type Shape, sizeOf } from "../../src/base/shape.js";
import { addressOf, encode, layOut } from "../../src/plan/layout.js";
import { ControlField, Place } from "../../src/plan/op.js";
import { Tape } from "../../src/plan/tape.js";
import { pack, type TensorRef, unpack } from "../../src/plan/tensor.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import type { LayerSpec } from "../../src/specs/layers/all.js";
import { emitLayer, lastActivation, placeLayers } from "../../src/specs/layers/index.js";
import { type EmitContext, type Emitted, gradientName } from "../../src/specs/layers/layer.js";

export class LayerTrial {
  readonly #tensors = new Map<string, TensorRef>();
  readonly #layout;
  readonly #backend;
  readonly #rows: number;

  constructor(spec: LayerSpec, rows: number, inputShape: Shape, training: boolean, factory: BackendFactory) {
    const tape = new Tape();
    const [layer] = placeLayers([spec], inputShape);
    const parameters: Record<string, TensorRef> = {};
    for (const { name, shape } of layer.parameters) parameters[name] = tape.parameter(name, shape);
    const [x, dy] = [tape.rows("x", sizeOf(inputShape)), tape.rows("dy", sizeOf(layer.outputShape))];
    const activation = lastActivation(spec);
    const context = {
      tape,
      name: layer.name,
      inputShape,
      parameters,
      activation,
      stepwise: true,
      withLoss: true,
      seed: 0,
    };
    const step: Emitted = emitLayer(spec, { ...context, training, stream: 0 } as EmitContext, x);
    const dx = step.backward(dy, true);
    step.update?.();
    const gradients = Object.entries(parameters).map(([name, tensor]) => {
      return [gradientName(name), tape.twin(tensor, "grads")] as const;
    });
    const found = { x, dy, y: step.y, ...(dx ? { dx } : {}), ...parameters, ...Object.fromEntries(gradients) };
    for (const [name, tensor] of Object.entries(found)) this.#tensors.set(name, tensor);
    const plan = tape.build();
    this.#rows = rows;
    this.#layout = layOut(plan, rows);
    this.#backend = factory(encode(plan.records, this.#layout), this.#layout.bytes);
    this.#backend.ints[(Place.Control + ControlField.Rows) / 4] = rows;
    for (const [tensor, values] of plan.constants) pack(tensor, values, this.#slab(tensor));
    this.run = () => this.#backend.run(0, plan.records.length, false);
  }

  readonly run: () => void;

  write(name: string, values: readonly number[]): void {
    const tensor = this.#tensors.get(name);
    if (!tensor) return; // a parameter that this layer does not have
    if (tensor.format === "rows") {
      const [columns] = tensor.shape;
      const at = addressOf(tensor, this.#layout) / 4;
      values.forEach((value, i) => {
        this.#backend.floats[at + Math.floor(i / columns) * tensor.stride + (i % columns)] = value;
      });
    } else pack(tensor, values, this.#slab(tensor));
  }

  read(name: string): ArrayLike<number> {
    const tensor = this.#tensors.get(name) as TensorRef;
    if (tensor.format !== "rows") return unpack(tensor, this.#slab(tensor));
    const at = addressOf(tensor, this.#layout) / 4;
    return Array.from({ length: this.#rows }, (_, row) => {
      const from = at + row * tensor.stride;
      return [...this.#backend.floats.subarray(from, from + tensor.shape[0])];
    }).flat();
  }

  #slab(tensor: TensorRef) {
    const { address, floats } = this.#layout.slabs[tensor.slab];
    return this.#backend.floats.subarray(address / 4, address / 4 + floats);
  }
}
