/** Transformers and an estimator, as one estimator. After scikit-learn's Pipeline. Knows neither what they do. */

import { checkArguments, located, OptionError } from "../base/errors.js";
import { Dataset } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import type { AnyTable } from "../data/preprocess/anyTable.js";
import { transformerFromConfig, transformerFromJSON } from "../data/preprocess/composite.js";
import type { Step } from "../data/preprocess/steps.js";
import type { FitColumnsOptions } from "../data/preprocess/table.js";
import type { Transformer, TransformerConfig } from "../data/preprocess/transformer.js";
import type { TransformerPipeline } from "../data/preprocess/transformerPipeline.js";
import type { SaveOptions } from "../model/file.js";
import { BaseEstimator } from "./base.js";
import type { ClassLabel, ClassTargets } from "./classes.js";
import type { PartialFitOptions } from "./classifier.js";
import { type Estimator, type EstimatorConfig, type EstimatorMaker, STAGES } from "./estimator.js";
import { checkDataArgument, countFeatures } from "./inputs.js";
import { type Fitted, Wrapped } from "./wrapped.js";

const NAME = "EstimatorPipeline";

/** Rows as the first transformer takes them, and what the estimator learns of them. */
export type PipelineData =
  | Dataset
  | {
      readonly x: AnyTable;
      /** Labels of a classifier, numbers of a regressor. */
      readonly y: ClassTargets | Numbers;
      readonly sampleWeight?: Numbers;
    };

/** Rows to predict for, as the first transformer takes them. */
export type PipelineInputs = AnyTable | { readonly x: AnyTable };

/** The transformers with their names, and the estimator with its own. */
export interface PipelineParts {
  readonly steps: readonly Step<TransformerConfig>[];
  readonly name: string;
  readonly estimator: EstimatorConfig;
}

/** Transformers and an estimator, fitted together. Made by `estimatorPipeline` or `loadEstimator`. */
export class EstimatorPipeline<E extends Estimator = Estimator> extends BaseEstimator {
  readonly #parts: PipelineParts;
  readonly #wrapped: Wrapped<TransformerPipeline>;
  /** For searches. */
  readonly [STAGES]: unknown;

  /** Use the factory, or `loadEstimator`. */
  constructor(parts: PipelineParts, maker: EstimatorMaker, fitted: Fitted<TransformerPipeline> | null = null) {
    const wrapped = new Wrapped(NAME, parts.estimator, maker, fitted);
    super(NAME, wrapped, "loadEstimator");
    this.#parts = parts;
    this.#wrapped = wrapped;
    this[STAGES] = maker.stages;
  }

  /** Names of the steps, the estimator's last. */
  get stepNames(): string[] {
    return [...this.#parts.steps.map(([name]) => name), this.#parts.name];
  }

  /**
   * The classes of a classifier: the columns of `predictProba`. @throws OptionError before `fit`, and for a regressor.
   */
  get classes(): readonly ClassLabel[] {
    const { classes } = this.#wrapped.fitted().estimator as { classes?: readonly ClassLabel[] };
    if (classes) return classes;
    throw new OptionError(`${NAME}: a regressor has no classes.`);
  }

  /** Class, options and parts as data, from which it can be made anew. */
  getConfig(): EstimatorConfig {
    return { type: NAME, ...this.#parts };
  }

  /**
   * A copy of a transformer as it was fitted, to look at what it learned. @throws OptionError before `fit`, and for
   * another name.
   */
  step(name: string): Transformer {
    checkArguments(`${NAME}.step`, arguments, 1);
    return this.#wrapped.fitted().knowledge.step(name);
  }

  /**
   * Fits the transformers, each to what those before it make of the rows, and the estimator to what the last makes of
   * them. Until it is done, and when it fails, everything stays as the last `fit` left it.
   * @throws what a step throws, with the name of the step before the message; what the estimator throws.
   */
  async fit(data: PipelineData): Promise<this> {
    const where = `${NAME}.fit`;
    checkDataArgument(where, data, arguments);
    const { made, transformers } = located(where, () => fitSteps(this.#parts.steps, data));
    await this.#wrapped.fit(made, transformers);
    return this;
  }

  /**
   * Transformers and estimator learn from further rows: each transformer by its own `partialFit`, then the estimator by
   * one more pass over the rows as they now make them. Every step needs a `partialFit`. When it fails, everything stays
   * as it was.
   * @param options Those of the estimator's `partialFit`: `{ classes }` of a classifier.
   * @throws OptionError for a step that needs all rows at once; what a step throws, with its name before the message.
   */
  async partialFit(data: PipelineData, options?: PartialFitOptions): Promise<this> {
    const where = `${NAME}.partialFit`;
    checkDataArgument(where, data);
    checkArguments(where, arguments, 2);
    const before = this.#wrapped.current?.knowledge;
    const { made, transformers } = located(where, () => furtherSteps(this.#parts.steps, data, before));
    await this.#wrapped.partialFit(made, transformers, options === undefined ? [] : [options]);
    return this;
  }

  /**
   * The estimator's predictions for the rows: classes, or numbers row after row. @throws OptionError before `fit`;
   * ShapeError, DataError.
   */
  predict(x: PipelineInputs): ReturnType<E["predict"]> {
    checkArguments(`${NAME}.predict`, arguments, 1);
    const { estimator } = this.#wrapped.fitted();
    return estimator.predict(this.#inputs(`${NAME}.predict`, x)) as ReturnType<E["predict"]>;
  }

  /**
   * Probabilities [n, classes], row after row, columns in the order of `classes`. @throws as `predict`; OptionError for
   * a regressor.
   */
  predictProba(x: PipelineInputs): Float32Array {
    const where = `${NAME}.predictProba`;
    checkArguments(where, arguments, 1);
    const { estimator } = this.#wrapped.fitted();
    if (estimator.predictProba) return estimator.predictProba(this.#inputs(where, x));
    throw new OptionError(`${where}: a regressor has no probabilities. Use predict.`);
  }

  /** Accuracy of a classifier, R² of a regressor. @throws as `predict`. */
  score(data: PipelineData): number {
    const where = `${NAME}.score`;
    checkDataArgument(where, data, arguments);
    const { estimator } = this.#wrapped.fitted();
    const x = this.#inputs(where, data);
    return estimator.score(data instanceof Dataset ? x : { ...data, x });
  }

  /**
   * Transformers and estimator as one file, for `loadEstimator`. `optimizer: false` drops the optimizer's memory. The
   * file is that of a model, which `Sequential.load` takes, without the transformers.
   * @throws OptionError before `fit`, and where the learning rate is a function.
   */
  save(options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    checkArguments(`${NAME}.save`, arguments, 1);
    const { knowledge } = this.#wrapped.fitted();
    return this.#wrapped.save(options, { name: this.#parts.name, transformers: knowledge.toJSON() });
  }

  #inputs(where: string, given: PipelineInputs): unknown {
    const { knowledge } = this.#wrapped.fitted();
    return located(where, () => transformInputs(knowledge, given));
  }
}

/** Transformers fitted to data, and what they make of them. */
export function fitSteps(
  steps: PipelineParts["steps"],
  data: PipelineData,
): { made: PipelineData; transformers: TransformerPipeline } {
  const transformers = emptySteps(steps);
  if (data instanceof Dataset) return { made: transformers.fitTransform(data), transformers };
  return { made: { ...data, x: transformers.fitTransform(data.x, featuresOf(data)) }, transformers };
}

/** Copies of transformers that have learned from further data, and what they make of them. */
function furtherSteps(
  steps: PipelineParts["steps"],
  data: PipelineData,
  before: TransformerPipeline | undefined,
): { made: PipelineData; transformers: TransformerPipeline } {
  const transformers = before ? (transformerFromJSON(before.toJSON()) as TransformerPipeline) : emptySteps(steps);
  if (data instanceof Dataset) return { made: transformers.partialFit(data).transform(data), transformers };
  transformers.partialFit(data.x, featuresOf(data));
  return { made: { ...data, x: transformers.transform(data.x) }, transformers };
}

function emptySteps(steps: PipelineParts["steps"]): TransformerPipeline {
  return transformerFromConfig({ type: "transformerPipeline", options: { steps } }) as TransformerPipeline;
}

function featuresOf(data: Exclude<PipelineData, Dataset>): FitColumnsOptions {
  return ArrayBuffer.isView(data.x) ? { features: countFeatures("data", data.x, rowsOf(data)) } : {};
}

/** The output of the transformers for x, or for rows that are x. */
export function transformInputs(transformers: TransformerPipeline, given: PipelineInputs): AnyTable {
  const hasX = !(given instanceof Dataset) && typeof given === "object" && given !== null && "x" in given;
  return transformers.transform(hasX ? given.x : given);
}

function rowsOf({ y }: Exclude<PipelineData, Dataset>): number {
  return (y as ArrayLike<unknown> | null | undefined)?.length ?? 0;
}
