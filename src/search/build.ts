/**
 * Candidates that a program builds itself: a function of the parameters, or the module that exports it, makes a model
 * or an estimator for each training. Knows no folds; runs in this thread and in workers.
 */
import { counted } from "../base/counted.js";
import { DataError, OptionError, ShapeError, show } from "../base/errors.js";
import { importModule } from "../base/importModule.js";
import { isPlainObject } from "../base/json.js";
import { kindOf } from "../base/kinds.js";
import { exp } from "../base/math.js";
import { type Shape, sizeOf } from "../base/shape.js";
import { sigmoid } from "../base/sigmoids.js";
import type { Dataset } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import { argMax } from "../data/oneHot.js";
import type { Estimator } from "../estimators/estimator.js";
import type { CompileOptions, SequentialOptions } from "../model/options.js";
import { Sequential } from "../sequential.js";
import type { FitOptions } from "../training/options.js";
import type { EstimatorName } from "./scoring.js";
import type { Candidate } from "./space.js";

/** Address of a module: text, or a URL, whose type programs without the DOM library do not have. */
export type ModuleAddress = string | { readonly href: string };

/** Facts about the data, for a builder. */
export interface BuildContext {
  /** Shape of one row of x. */
  readonly inputShape: Shape;
  /** Number of classes, or of numbers per row of y. */
  readonly outputs: number;
  /** Number of the fold, from 0. */
  readonly fold: number;
}

/**
 * A model as options: those of `Sequential.create`, without `inputShape` that of the data, of `compile` and of `fit`.
 */
export interface ModelPlan extends Omit<SequentialOptions, "inputShape"> {
  readonly inputShape?: readonly number[];
  readonly compile: CompileOptions;
  readonly fit?: FitOptions;
}

/** A compiled model, and how it is trained. */
export interface ModelToFit {
  readonly model: Sequential;
  readonly fit?: FitOptions;
}

/** The result of a builder: a model as options, a compiled model, or an estimator. */
export type Built = ModelPlan | ModelToFit | Sequential | Estimator;

/** Makes what is trained, of the parameters of a candidate. */
export type Build = (
  // biome-ignore lint/suspicious/noExplicitAny: parameters are what the caller searches
  parameters: any,
  context: BuildContext,
) => Built | Promise<Built>;

/** The builder of candidates: a function, or the address of a module that exports it as `build`. */
export interface Builder {
  readonly build: Build | string;
  /** Options of `fit` that all models share. */
  readonly fit?: FitOptions;
}

const EXAMPLE = 'new URL("./build.js", import.meta.url)';

/** @throws OptionError for anything but a function and the absolute address of a module. */
export function checkBuild(where: string, given: unknown): Build | string {
  if (typeof given === "function") return given as Build;
  try {
    if (typeof given === "string" || kindOf(given) === "URL") return new URL(String(given)).href;
  } catch {
    // Not an address: below.
  }
  throw new OptionError(
    `${where}: expected a function or the URL of a module, such as ${EXAMPLE}, got ${show(given)}.`,
  );
}

/** The function. @throws OptionError for a module that cannot be loaded, or does not export it. */
export async function loadBuild(where: string, build: Build | string): Promise<Build> {
  if (typeof build === "function") return build;
  const exported = await importModule(build).catch((cause: Error) => {
    throw new OptionError(`${where}: ${build} cannot be loaded: ${cause.message}`, { cause });
  });
  if (typeof exported.build === "function") return exported.build as Build;
  const names = Object.keys(exported).join(", ") || "nothing";
  throw new OptionError(`${where}: expected ${build} to export a function called build, got ${names}.`);
}

/** Predictions of what was built, for the rows to score. */
export interface BuiltPrediction {
  /** Class numbers, or values. */
  readonly values: ArrayLike<number>;
  readonly probabilities?: Float32Array;
}

/** The task and settings of training one candidate. */
export interface BuildTask {
  readonly estimator: EstimatorName;
  readonly parameters: Candidate;
  readonly context: BuildContext;
  readonly train: Dataset;
  readonly test: Dataset;
  /** Options of models that are made here. */
  readonly runtime: object;
}

/** Builds, trains and predicts. @throws what the function throws; OptionError for a result that cannot be trained */
export async function predictBuilt({ build, fit = {} }: Builder, task: BuildTask): Promise<BuiltPrediction> {
  const make = await loadBuild("build", build);
  const built: unknown = await make(structuredClone(task.parameters), task.context);
  const { maxEpochs } = task.parameters;
  const shared = { onWarning: () => {}, ...fit, ...(maxEpochs === undefined ? {} : { epochs: maxEpochs as number }) };
  if (isModel(built)) return predictModel(built, shared, task);
  if (isEstimator(built)) {
    if (Object.keys(fit).length === 0) return predictEstimator(built, task);
    throw new OptionError("build: fit: an estimator has options of its own. Give them there, and leave fit out.");
  }
  const { model, fit: own, ...plan } = (isPlainObject(built) ? built : {}) as Partial<ModelToFit> & Partial<ModelPlan>;
  if (isModel(model) && Object.keys(plan).length === 0) return predictModel(model, { ...shared, ...own }, task);
  if (!Array.isArray(plan.layers) || !isPlainObject(plan.compile)) {
    const expected = "a compiled model, an estimator, { model, fit } or { layers, compile, fit }";
    throw new OptionError(`build: expected the function to return ${expected}, got ${show(built)}.`);
  }
  const { compile, ...create } = plan as ModelPlan;
  const made = await Sequential.create({ ...task.runtime, inputShape: task.context.inputShape, ...create });
  try {
    made.compile(compile);
  } catch (error) {
    made.dispose();
    throw error;
  }
  return predictModel(made, { ...shared, ...own }, task);
}

/** Another copy of the library may have made it, so its class is not asked for. */
function isModel(value: unknown): value is Sequential {
  return has(value, ["fit", "predict", "compile"]);
}

function isEstimator(value: unknown): value is Estimator {
  return has(value, ["fit", "predict", "score"]);
}

function has(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}

async function predictModel(model: Sequential, fit: FitOptions, task: BuildTask): Promise<BuiltPrediction> {
  try {
    if (!model.compiled)
      throw new OptionError("build: the model is not compiled. Call model.compile({ optimizer, loss }).");
    const { inputShape } = model.layers[0];
    if (sizeOf(inputShape) !== sizeOf(task.train.inputShape)) {
      throw new ShapeError(
        `build: the model takes rows of [${inputShape}], got [${task.train.inputShape}]. Make it with inputShape of the context.`,
      );
    }
    await model.fit(arraysOf(task.train), fit);
    const predictions = await model.predict(task.test.x);
    if (task.estimator === "regressor") return { values: predictions };
    const { loss } = model.compiled as unknown as { loss: { fromLogits?: boolean } };
    return decide(predictions, task.test.length, loss.fromLogits === true);
  } finally {
    model.dispose();
  }
}

/** Class numbers and probabilities from the outputs of a classifier. @throws DataError */
function decide(predictions: Float32Array, rows: number, areLogits: boolean): BuiltPrediction {
  const columns = predictions.length / rows;
  if (columns === 1) {
    const ones = areLogits ? predictions.map(sigmoid) : predictions;
    const probabilities = Float32Array.from({ length: 2 * rows }, (_, i) =>
      i % 2 === 1 ? ones[i >> 1] : 1 - ones[i >> 1],
    );
    return { values: ones.map((p) => Number(p > 0.5)), probabilities };
  }
  if (!Number.isInteger(columns)) {
    throw new DataError(
      `build: expected as many outputs for each of ${counted(rows, "row")}, got ${predictions.length}.`,
    );
  }
  return {
    values: argMax(predictions, columns),
    probabilities: areLogits ? softmax(predictions, columns) : predictions,
  };
}

function softmax(logits: Float32Array, columns: number): Float32Array {
  const shares = new Float32Array(logits.length);
  for (let begin = 0; begin < logits.length; begin += columns) {
    const row = logits.subarray(begin, begin + columns);
    const most = row.reduce((a, b) => Math.max(a, b));
    const powers = Float64Array.from(row, (value) => exp(value - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    shares.set(
      powers.map((power) => power / sum),
      begin,
    );
  }
  return shares;
}

async function predictEstimator(
  estimator: Estimator,
  { estimator: kind, train, test }: BuildTask,
): Promise<BuiltPrediction> {
  try {
    await estimator.fit(arraysOf(train, true));
    const values = (await estimator.predict(test.x)) as ArrayLike<number>;
    if (kind === "regressor") return { values };
    const probabilities = await estimator.predictProba?.(test.x);
    return { values, ...(probabilities && { probabilities }) };
  } finally {
    estimator.dispose?.();
  }
}

/** Plain arrays: another copy of the library would not know the Dataset. */
function arraysOf({ x, y, sampleWeight, targetShape, length }: Dataset, inRows = false) {
  const width = targetShape[0] ?? 1;
  const rows = () => Array.from({ length }, (_, row) => Array.from(y.subarray(row * width, (row + 1) * width)));
  const targets: Numbers = inRows && targetShape.length > 0 ? rows() : y;
  return { x, y: targets, ...(sampleWeight && { sampleWeight }) };
}
