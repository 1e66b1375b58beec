/** One layer on a tape of its own, forward and back, with every tensor at hand. */
import { roundUp, type Shape, sizeOf } from "../../src/base/shape.js";
import { addressOf } from "../../src/plan/layout.js";
import { Place } from "../../src/plan/op.js";
import { Tape } from "../../src/plan/tape.js";
import { pack, type TensorRef, unpack } from "../../src/plan/tensor.js";
import type { Backend, BackendFactory } from "../../src/runtime/backend.js";
import { Session } from "../../src/runtime/session.js";
import type { LayerSpec } from "../../src/specs/layers/all.js";
import { emitLayer, lastActivation, placeLayers } from "../../src/specs/layers/facts.js";
import { type EmitContext, type Emitted, gradientName } from "../../src/specs/layers/layer.js";

export class LayerTrial {
  readonly #tensors = new Map<string, TensorRef>();
  readonly #session: Session;
  /** Memory of the session, whose values may be float64. */
  readonly #backend: Backend;
  readonly #rows: number;

  constructor(spec: LayerSpec, rows: number, inputShape: Shape, training: boolean, factory: BackendFactory) {
    const tape = new Tape();
    tape.begin("train");
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
    tape.end();
    this.#rows = rows;
    let backend: Backend | undefined;
    this.#session = new Session(tape.build(), rows, (words, bytes) => {
      backend = factory(words, bytes);
      return backend;
    });
    this.#backend = backend as Backend;
    this.#session.rows = rows;
    const { address, floats } = this.#session.layout.slabs.rows;
    this.#backend.floats.fill(Number.NaN, address / 4, address / 4 + floats);
  }

  run(): void {
    this.#session.run("train");
  }

  write(name: string, values: readonly number[]): void {
    const tensor = this.#tensors.get(name);
    if (!tensor) return; // a parameter that this layer does not have
    if (tensor.format === "rows") {
      const [columns] = tensor.shape;
      const at = addressOf(tensor, this.#session.layout) / 4;
      this.#backend.floats.fill(0, at, at + this.#rows * tensor.stride);
      values.forEach((value, i) => {
        this.#backend.floats[at + Math.floor(i / columns) * tensor.stride + (i % columns)] = value;
      });
    } else pack(tensor, values, this.#slab(tensor));
  }

  read(name: string): ArrayLike<number> {
    const tensor = this.#tensors.get(name) as TensorRef;
    if (tensor.format !== "rows") return unpack(tensor, this.#slab(tensor));
    const at = addressOf(tensor, this.#session.layout) / 4;
    return Array.from({ length: this.#rows }, (_, row) => {
      const from = at + row * tensor.stride;
      return [...this.#backend.floats.subarray(from, from + tensor.shape[0])];
    }).flat();
  }

  /** The values of a tensor of rows between its last column and the end of its last panel, which kernels leave zero. */
  padding(name: string): number[] {
    const { shape, stride, ...tensor } = this.#tensors.get(name) as TensorRef;
    const at = addressOf({ ...tensor, shape, stride }, this.#session.layout) / 4;
    const end = roundUp(shape[0], Place.PanelWidth);
    return Array.from({ length: this.#rows }, (_, row) => {
      return [...this.#backend.floats.subarray(at + row * stride + shape[0], at + row * stride + end)];
    }).flat();
  }

  #slab(tensor: TensorRef) {
    const { address, floats } = this.#session.layout.slabs[tensor.slab];
    return this.#backend.floats.subarray(address / 4, address / 4 + floats);
  }
}
