/**
 * A regressor of transformed targets, which predicts in the units of y. After scikit-learn's
 * TransformedTargetRegressor.
 */

import { checkArguments, DataError, located, OptionError, show } from "../base/errors.js";
import { unawaited } from "../base/unawaited.js";
import { Dataset } from "../data/dataset.js";
import { keepExact } from "../data/exact.js";
import { describeMerged, mergedColumn } from "../data/mergedColumn.js";
import { type OnWarning, withWarnings } from "../data/onWarning.js";
import { transformerFromConfig, transformerFromJSON } from "../data/preprocess/composite.js";
import { readNumbers, refuseMissing } from "../data/preprocess/table.js";
import type { Transformer, TransformerConfig } from "../data/preprocess/transformer.js";
import { withTargets } from "../data/withTargets.js";
import type { SaveOptions } from "../model/file.js";
import { r2Score } from "../specs/metrics/regression.js";
import { BaseEstimator } from "./base.js";
import { type EstimatorConfig, type EstimatorMaker, STAGES, type TargetFunctions } from "./estimator.js";
import type { PipelineData, PipelineInputs } from "./estimatorPipeline.js";
import { checkDataArgument, widthOf } from "./inputs.js";
import { type Fitted, Wrapped } from "./wrapped.js";

const NAME = "TransformedTargetRegressor";
/** Functions are tried on about this many rows. */
const TRIED = 1000;
/** As NumPy's `allclose`: how near a number must come back. */
const [RELATIVE, ABSOLUTE] = [1e-5, 1e-8];

/** The regressor, and how its targets are transformed. */
export interface TargetParts {
  readonly regressor: EstimatorConfig;
  readonly transformer: TransformerConfig | TargetFunctions;
  readonly onWarning: OnWarning;
}

/** The state that `fit` learned from the targets. */
export interface TargetKnowledge {
  /** Numbers per row of y. */
  readonly outputs: number;
  readonly transformer: Transformer | TargetFunctions;
}

/** A regressor with a transformer of y. Made by `transformedTargetRegressor` or `loadEstimator`. */
export class TransformedTargetRegressor extends BaseEstimator {
  readonly #parts: TargetParts;
  readonly #wrapped: Wrapped<TargetKnowledge>;
  /** For searches. */
  readonly [STAGES]: unknown;

  /** Use the factory, or `loadEstimator`. */
  constructor(parts: TargetParts, maker: EstimatorMaker, fitted: Fitted<TargetKnowledge> | null = null) {
    const wrapped = new Wrapped(NAME, parts.regressor, maker, fitted);
    super(NAME, wrapped, "loadEstimator");
    this.#parts = parts;
    this.#wrapped = wrapped;
    this[STAGES] = maker.stages;
  }

  /**
   * A copy of the transformer of y as it was fitted. @throws OptionError before `fit`, and where it is a pair of
   * functions.
   */
  get transformer(): Transformer {
    const { transformer } = this.#wrapped.fitted().knowledge;
    if (!("func" in transformer)) return located(NAME, () => transformerFromJSON(transformer.toJSON()));
    throw new OptionError(`${NAME}: the target is transformed by functions, not by a transformer.`);
  }

  /** Class, options and parts as data, from which it can be made anew. */
  getConfig(): EstimatorConfig {
    return { type: NAME, ...this.#parts };
  }

  /**
   * Fits the transformer to y, and the regressor to what it makes of y. Until it is done, and when it fails, everything
   * stays as the last `fit` left it. Warns where functions do not undo each other.
   * @throws DataError for a target that a function makes infinite or NaN of; what transformer and regressor throw.
   */
  async fit(data: PipelineData): Promise<this> {
    const where = `${NAME}.fit`;
    checkDataArgument(where, data, arguments);
    const { made, knowledge } = await withWarnings(this.#parts, (parts) => fitTargets(where, parts, data));
    await this.#wrapped.fit(made, knowledge);
    return this;
  }

  /**
   * Predictions in the units of y: Float32Array [n, outputs], row after row. A prediction that nothing is transformed
   * to is NaN. @throws OptionError before `fit`; ShapeError, DataError.
   */
  predict(x: PipelineInputs): Float32Array {
    checkArguments(`${NAME}.predict`, arguments, 1);
    return this.#predict(x);
  }

  /**
   * R² in the units of y, the mean of that of each output: 1 is perfect, 0 no better than the mean. @throws as
   * `predict`.
   */
  score(data: PipelineData): number {
    const where = `${NAME}.score`;
    checkDataArgument(where, data, arguments);
    const { rows } = readTargets(where, data);
    const { outputs } = this.#wrapped.fitted().knowledge;
    const sampleWeight = data.sampleWeight as ArrayLike<number> | null | undefined;
    return r2Score(rows.flat(), this.#predict(data), { outputs, ...(sampleWeight ? { sampleWeight } : {}) });
  }

  /**
   * Regressor and transformer as one file, for `loadEstimator`. `optimizer: false` drops the optimizer's memory. The
   * file is that of a model, which `Sequential.load` takes, without the transformer.
   * @throws OptionError before `fit`, for a pair of functions, and where the learning rate is a function.
   */
  save(options: SaveOptions = {}): Uint8Array<ArrayBuffer> {
    checkArguments(`${NAME}.save`, arguments, 1);
    const { outputs, transformer } = this.#wrapped.fitted().knowledge;
    if (!("func" in transformer)) return this.#wrapped.save(options, { outputs, transformer: transformer.toJSON() });
    const remedy = 'Use a transformer, such as powerTransformer({ method: "boxCox" })';
    throw new OptionError(`${NAME}.save: a file cannot hold the functions of the target. ${remedy}.`);
  }

  #predict(x: PipelineInputs): Float32Array {
    const { estimator, knowledge } = this.#wrapped.fitted();
    const predictions = estimator.predict(x) as Float32Array;
    return undoTargets(knowledge, predictions);
  }
}

/** The transformer of the targets, fitted, and the data with what it makes of y. @throws as `fit` */
export function fitTargets(
  where: string,
  { transformer: config, onWarning }: Pick<TargetParts, "transformer" | "onWarning">,
  data: PipelineData,
): { made: PipelineData; knowledge: TargetKnowledge } {
  const { rows, outputs } = readTargets(where, data);
  warnOfMerged(where, rows, outputs, onWarning);
  const transformer = "func" in config ? config : transformerFromConfig(config);
  const made = located(`${where}: y`, () => {
    if (!("func" in transformer)) {
      transformer.fit(rows);
      return transformer.transform(rows) as number[][];
    }
    const changed = rows.map((row, i) => row.map((value) => finite(i, value, unawaited(transformer.func(value)))));
    tryInverse(transformer, rows, changed, onWarning);
    return changed;
  });
  return { made: withOutputs(data, made), knowledge: { outputs, transformer } };
}

/** Warns where predictions, which are float32, cannot tell the targets apart. */
function warnOfMerged(where: string, rows: readonly number[][], outputs: number, onWarning: OnWarning): void {
  const targets = Float64Array.from(rows.flat());
  const rounded = Float32Array.from(targets);
  keepExact(rounded, targets, outputs);
  const merged = mergedColumn(rounded, outputs);
  if (!merged) return;
  onWarning(`${where}: y: ${describeMerged(merged)}, and so are predictions. Subtract an offset from y before.`);
}

/** Predictions in the units of y. */
export function undoTargets({ transformer, outputs }: TargetKnowledge, predictions: Float32Array): Float32Array {
  if ("func" in transformer) return predictions.map((value) => transformer.inverseFunc(value));
  const width = transformer.featureNames().length;
  const rows = Array.from({ length: predictions.length / width }, (_, row) =>
    Array.from(predictions.subarray(row * width, (row + 1) * width)),
  );
  const undone = located(`${NAME}.predict`, () => transformer.inverseTransform?.(rows)) as number[][];
  const values = new Float32Array(undone.length * outputs);
  undone.forEach((row, i) => {
    values.set(row, i * outputs);
  });
  return values;
}

/** Warns where what was changed does not come back. */
function tryInverse(
  { inverseFunc }: TargetFunctions,
  rows: readonly number[][],
  changed: readonly number[][],
  onWarning: OnWarning,
): void {
  const step = Math.max(1, Math.floor(rows.length / TRIED));
  for (let row = 0; row < rows.length; row += step) {
    for (const [i, value] of rows[row].entries()) {
      const back = unawaited(inverseFunc(changed[row][i])) as number;
      if (Math.abs(back - value) <= ABSOLUTE + RELATIVE * Math.abs(value)) continue;
      const made = `func makes ${changed[row][i]} of ${value}, and inverseFunc ${show(back)} of that`;
      onWarning(`${NAME}: y: row ${row}: ${made}. Give functions that undo each other.`);
      return;
    }
  }
}

function finite(row: number, value: number, made: unknown): number {
  if (typeof made === "number" && Number.isFinite(made)) return made;
  throw new DataError(`row ${row}: expected a finite number of func, got ${show(made)} for ${value}.`);
}

/** The targets in rows, in float64. @throws DataError, ShapeError */
function readTargets(where: string, data: PipelineData): { rows: number[][]; outputs: number } {
  const outputs = data instanceof Dataset ? (data.targetShape[0] ?? 1) : (widthOf(data.y) ?? 1);
  const isRows = !(data instanceof Dataset) && widthOf(data.y) !== null;
  const table = readNumbers(`${where}: y`, data.y, isRows ? undefined : outputs);
  refuseMissing(`${where}: y`, table);
  const { rows, values } = table;
  const row = (_: unknown, i: number) => Array.from(values.subarray(i * outputs, (i + 1) * outputs));
  return { rows: Array.from({ length: rows }, row), outputs };
}

/** The data with other targets. */
function withOutputs(data: PipelineData, made: readonly number[][]): PipelineData {
  const width = made[0].length;
  const y = width === 1 ? made.map(([value]) => value) : made;
  if (!(data instanceof Dataset)) return { ...data, y };
  return withTargets(data, y, width === 1 ? [] : [width]);
}
