/**
 * Parts shared by estimators that hold another: the one that was fitted, replaced as a whole once a new one is, and
 * those that are being fitted. Knows no data.
 */
import { BackendError, OptionError } from "../base/errors.js";
import { copyJson, type JsonObject } from "../base/json.js";
import { readAttachment, withAttachment } from "../model/attachment.js";
import { compactFile } from "../model/compactFile.js";
import type { SaveOptions } from "../model/file.js";
import { readModelFile } from "../model/readModelFile.js";
import type { Sequential } from "../sequential.js";
import type { Course, Inner } from "./base.js";
import { type Estimator, type EstimatorConfig, type EstimatorMaker, innermost } from "./estimator.js";

/** An estimator that was fitted, and the state learned along with it. */
export interface Fitted<K> {
  readonly estimator: Estimator;
  readonly knowledge: K;
}

export class Wrapped<K> implements Inner {
  readonly #where: string;
  readonly #config: EstimatorConfig;
  readonly #maker: EstimatorMaker;
  #metadata: JsonObject | null = null;
  #fitted: Fitted<K> | null;
  /** Goes up when what was fitted until then is disposed of. */
  #life = 0;
  readonly #inTraining = new Set<Estimator>();

  constructor(where: string, config: EstimatorConfig, maker: EstimatorMaker, fitted: Fitted<K> | null) {
    this.#where = where;
    this.#config = config;
    this.#maker = maker;
    this.#fitted = fitted;
  }

  get course(): Course | null {
    return this.#fitted?.estimator ?? null;
  }

  get model(): Sequential {
    return this.fitted().estimator.model;
  }

  /** `null` before the first `fit`. */
  get current(): Fitted<K> | null {
    return this.#fitted;
  }

  /** @throws OptionError before the first `fit`. */
  fitted(): Fitted<K> {
    if (this.#fitted) return this.#fitted;
    throw new OptionError(`${this.#where}: it has learned nothing yet. Call await fit({ x, y }) first.`);
  }

  get metadata(): JsonObject | null {
    return this.#fitted ? this.#fitted.estimator.metadata : this.#metadata;
  }

  set metadata(metadata: object | null) {
    this.#metadata = metadata === null ? null : copyJson("metadata", metadata);
    if (this.#fitted) this.#fitted.estimator.metadata = this.#metadata;
  }

  /** Fits a new estimator, or with `warmStart` the last one, and takes it with what belongs to it. */
  async fit(data: unknown, knowledge: K): Promise<void> {
    const { warmStart = false } = innermost(this.#config).options;
    await this.#train(warmStart, knowledge, (estimator) => estimator.fit(data));
  }

  /** Has the last estimator, or a new one, learn from further data, and takes it. @throws OptionError if it cannot */
  async partialFit(data: unknown, knowledge: K, options: readonly object[]): Promise<void> {
    await this.#train(true, knowledge, async (estimator) => {
      if (estimator.partialFit) return estimator.partialFit(data, ...options);
      const { type } = this.#config;
      throw new OptionError(`${this.#where}.partialFit: ${type} has no partialFit. Call fit with all rows.`);
    });
  }

  async #train(keeps: boolean, knowledge: K, work: (estimator: Estimator) => Promise<unknown>): Promise<void> {
    const life = this.#life;
    const kept = keeps ? this.#fitted?.estimator : undefined;
    const estimator = kept ?? this.#maker.make(this.#config);
    if (!kept) estimator.metadata = this.metadata;
    this.#inTraining.add(estimator);
    try {
      await work(estimator);
      if (life !== this.#life) {
        throw new BackendError(`${this.#where}: it was disposed of while fit ran. Call fit again.`);
      }
    } catch (error) {
      if (estimator !== this.#fitted?.estimator) estimator.dispose();
      throw error;
    } finally {
      this.#inTraining.delete(estimator);
    }
    const before = this.#fitted?.estimator;
    if (before && before !== estimator) {
      estimator.metadata = before.metadata;
      before.dispose();
    }
    this.#fitted = { estimator, knowledge };
  }

  /** The estimator's file, which says what holds it. @throws OptionError, FormatError */
  save(options: SaveOptions, own: object): Uint8Array<ArrayBuffer> {
    const { estimator } = this.fitted();
    const where = `${this.#where}.save`;
    const bytes = estimator.save(options);
    const { weights = "float32" } = options;
    // Another attachment is put into float32 weights, which then become smaller.
    const whole = weights === "float32" ? bytes : estimator.save({ optimizer: false });
    const attachment = { estimator: this.#where, version: VERSION, ...own, inner: readAttachment(where, whole) };
    const file = withAttachment(where, whole, JSON.parse(JSON.stringify(attachment)) as JsonObject);
    return weights === "float32" ? file : compactFile(where, readModelFile(where, file), weights);
  }

  dispose(): void {
    this.#life++;
    this.#fitted?.estimator.dispose();
    this.#fitted = null;
    for (const estimator of this.#inTraining) estimator.dispose();
  }
}

/** The version of the attachments of such estimators. */
export const VERSION = 1;
