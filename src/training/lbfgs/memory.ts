/** The memory of L-BFGS: the last few changes of weights and gradient. Knows their names in files, not their use. */
import type { NamedTensor } from "../../formats/safetensors.js";
import type { Compiled, Parameter, Program } from "../../program/types.js";
import type { LbfgsSpec } from "../../specs/optimizers/lbfgs.js";
import { fromTensors, toTensors } from "../../state/weights.js";
import type { OptimizerMemory, TrainingState } from "../trainingState.js";
import type { Pair } from "./minimizer.js";

class LbfgsMemory implements OptimizerMemory {
  /** The oldest first. */
  readonly pairs: Pair[] = [];
  readonly spec: LbfgsSpec;
  readonly #parameters: readonly Parameter[];
  /** Floats of a vector. */
  readonly #size: number;

  constructor({ trainable, plan }: Program, spec: LbfgsSpec) {
    this.spec = spec;
    this.#parameters = trainable;
    this.#size = plan.slabSizes.params;
  }

  reset(): void {
    this.pairs.length = 0;
  }

  /** Each pair as `optimizer/s0/dense_1/kernel` and `optimizer/y0/dense_1/kernel`. */
  save(): NamedTensor[] {
    return this.pairs.flatMap(({ s, y }, i) => [
      ...toTensors(this.#parameters, s, `optimizer/s${i}/`),
      ...toTensors(this.#parameters, y, `optimizer/y${i}/`),
    ]);
  }

  /** Takes the tensors of `save` out of those of a file, `others` of which belong elsewhere. @throws FormatError */
  load(tensors: Map<string, NamedTensor>, others: number): void {
    this.reset();
    const count = (tensors.size - others) / (2 * this.#parameters.length);
    if (!Number.isInteger(count) || count > this.spec.historySize) return; // refused later as unused tensors
    for (let i = 0; i < count; i++) {
      this.pairs.push({ s: this.#take(tensors, `optimizer/s${i}/`), y: this.#take(tensors, `optimizer/y${i}/`) });
    }
  }

  #take(tensors: Map<string, NamedTensor>, prefix: string): Float32Array {
    const values = fromTensors(this.#parameters, tensors, prefix, this.#size);
    for (const { path } of this.#parameters) tensors.delete(prefix + path);
    return values;
  }
}

/** The memory of a model compiled with L-BFGS; a new, empty one if there is none. */
export function memoryIn(training: TrainingState, program: Program, { optimizer }: Compiled): LbfgsMemory {
  training.optimizer ??= new LbfgsMemory(program, optimizer as LbfgsSpec);
  return training.optimizer as LbfgsMemory;
}
