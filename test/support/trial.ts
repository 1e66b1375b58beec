/** A compiled model in a backend's memory, with every parameter and gradient at hand in full precision. */

import { addressOf } from "../../src/plan/layout.js";
import type { Section } from "../../src/plan/tape.js";
import { pack, type TensorRef } from "../../src/plan/tensor.js";
import { buildProgram } from "../../src/program/program.js";
import { rules } from "../../src/program/rules.js";
import type { Program } from "../../src/program/types.js";
import type { Backend, BackendFactory } from "../../src/runtime/backend.js";
import { Session } from "../../src/runtime/session.js";
import type { LayerSpec } from "../../src/specs/layers/all.js";
import { placeLayers } from "../../src/specs/layers/facts.js";
import type { LossSpec } from "../../src/specs/losses/table.js";
import { sgd } from "../../src/specs/optimizers/sgd.js";
import * as ruleRecords from "../../src/specs/ruleRecords.js";

// `Sequential.create` loads them for layers that need them.
Object.assign(rules, ruleRecords);

export interface TrialModel {
  readonly layers: readonly LayerSpec[];
  readonly inputs: number;
  readonly loss: LossSpec;
  readonly rows: number;
  /** Values of each parameter, by path. */
  readonly weights: (path: string, count: number) => ArrayLike<number>;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly sampleWeights: ArrayLike<number>;
}

/** Programs of models: the same for every backend. */
const programs = new WeakMap<TrialModel, Program>();

function programOf(model: TrialModel): Program {
  const { layers, inputs, loss } = model;
  // At a learning rate of 0 the train section leaves the parameters as they are.
  const compiled = { optimizer: sgd({ learningRate: 0 }), loss, metrics: [] };
  const program = programs.get(model) ?? buildProgram(placeLayers(layers, [inputs]), [inputs], compiled);
  programs.set(model, program);
  return program;
}

export class Trial {
  readonly program: Program;
  readonly #session: Session;
  /** Memory of the session, whose values may be float64. */
  readonly #backend: Backend;
  readonly #rows: number;

  constructor(model: TrialModel, factory: BackendFactory) {
    const { rows, weights } = model;
    this.program = programOf(model);
    const { plan, parameters, training } = this.program;
    this.#rows = rows;
    let backend: Backend | undefined;
    this.#session = new Session(plan, rows, (words, bytes) => {
      backend = factory(words, bytes);
      return backend;
    });
    this.#backend = backend as Backend;
    this.#session.rows = rows;
    for (const { path, tensor } of parameters) {
      pack(
        tensor,
        weights(
          path,
          tensor.shape.reduce((a, b) => a * b),
        ),
        this.params,
      );
    }
    this.#write(this.program.x, model.x);
    if (!training) throw new Error("A trial needs a loss.");
    this.#write(training.targets, model.y);
    this.#write(training.sampleWeights, model.sampleWeights);
  }

  /** All parameters, with their padding, as they lie in memory. */
  get params(): Float32Array | Float64Array {
    return this.#slab("params");
  }

  /** The gradients of `params` after `gradients`, element by element. */
  get grads(): Float32Array | Float64Array {
    return this.#slab("grads");
  }

  /** Positions in `params` that hold a value of these parameters, not padding. */
  positions(parameters = this.program.parameters): number[] {
    const positions: number[] = [];
    for (const { tensor } of parameters) {
      const marks = new Float64Array(this.params.length);
      pack(tensor, new Float64Array(tensor.shape.reduce((a, b) => a * b)).fill(1), marks);
      marks.forEach((mark, i) => {
        if (mark === 1) positions.push(i);
      });
    }
    return positions;
  }

  /** The weighted mean loss by forward records alone. */
  loss(): number {
    return this.#run("evaluate");
  }

  /** Fills `grads`; returns the loss that the train section found. */
  gradients(): number {
    return this.#run("train");
  }

  #run(section: Section): number {
    this.#session.resetSums();
    this.#session.run(section);
    return this.#session.lossSum / this.#rows;
  }

  #slab(name: "params" | "grads"): Float32Array | Float64Array {
    const { address, floats } = this.#session.layout.slabs[name];
    return this.#backend.floats.subarray(address / 4, address / 4 + floats);
  }

  #write(tensor: TensorRef, values: ArrayLike<number>): void {
    const target = tensor.format === "labels" ? this.#backend.ints : this.#backend.floats;
    const columns = tensor.shape.length === 0 ? 1 : tensor.shape[0];
    const at = addressOf(tensor, this.#session.layout) / 4;
    for (let i = 0; i < values.length; i++)
      target[at + Math.floor(i / columns) * tensor.stride + (i % columns)] = values[i];
  }
}
