/** The network inside an estimator, as all of them show it. Knows no data. */
import { checkArguments, OptionError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import type { Sequential } from "../sequential.js";

/** The course of training. */
export interface Course {
  readonly lossCurve: readonly number[];
  readonly validationScores: readonly number[];
  readonly hasConverged: boolean;
}

/** A network, or an estimator that holds one: replaced as a whole by `fit`. */
export interface Inner {
  /** @throws OptionError before the first `fit`. */
  readonly model: Sequential;
  /** `null` before the first `fit`. */
  readonly course: Course | null;
  get metadata(): JsonObject | null;
  set metadata(metadata: object | null);
  dispose(): void;
}

/** An estimator, apart from what it learns and predicts. */
export abstract class BaseEstimator {
  readonly #name: string;
  readonly #inside: Inner;
  readonly #loader: string;

  /** @param loader The function that reads its files. */
  constructor(name: string, inside: Inner, loader: string) {
    this.#name = name;
    this.#inside = inside;
    this.#loader = loader;
  }

  /**
   * The network inside, for everything a model can do: with rows as transformers leave them, with transformed targets.
   * @throws OptionError before `fit`.
   */
  get model(): Sequential {
    return this.#inside.model;
  }

  /**
   * JSON of your own, which travels in the file and stays when `fit` makes a new network. `null` at first.
   * @throws OptionError for anything that JSON does not hold.
   */
  get metadata(): JsonObject | null {
    return this.#inside.metadata;
  }

  set metadata(metadata: object | null) {
    this.#inside.metadata = metadata;
  }

  /** Training loss of each epoch, with the penalty of `alpha`; empty before `fit`. */
  get lossCurve(): readonly number[] {
    return [...(this.#inside.course?.lossCurve ?? [])];
  }

  /**
   * Score on the rows held back, after each epoch: accuracy, or R² of the targets as they are learned; empty without
   * `earlyStopping`.
   */
  get validationScores(): readonly number[] {
    return [...(this.#inside.course?.validationScores ?? [])];
  }

  /** True if training stopped because nothing improved. */
  get hasConverged(): boolean {
    return this.#inside.course?.hasConverged ?? false;
  }

  /** Refuses every call: JSON is no form for weights. @throws OptionError */
  toJSON(): never {
    const remedy = `Keep the bytes of save(), for ${this.#loader}(bytes)`;
    throw new OptionError(`${this.#name}: JSON does not hold a network. ${remedy}.`);
  }

  /** Frees the network's memory before garbage collection would; a `fit` that runs ends with BackendError. */
  dispose(): void {
    checkArguments(`${this.#name}.dispose`, arguments, 0);
    this.#inside.dispose();
  }
}
