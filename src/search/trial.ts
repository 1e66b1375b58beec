/** One task of a search: an estimator with some options, trained on one fold and scored on it. Runs anywhere. */

import { checkArguments, NonFiniteError } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { Dataset } from "../data/dataset.js";
import type { Failure, PlainProblem, Task, TaskResult } from "../data/executor.js";
import { argMax } from "../data/oneHot.js";
import { MLPClassifier } from "../estimators/classifier.js";
import type { MLPOptions } from "../estimators/options.js";
import { MLPRegressor } from "../estimators/regressor.js";
import { hashOfWeights } from "../model/weightsHash.js";
import type { WasmSource } from "../runtime/variants.js";
import { now } from "../runtime/yield.js";
import type { Sequential } from "../sequential.js";
import { type Builder, predictBuilt } from "./build.js";
import { boundsOf, type EstimatorName, type ScoredModel, type ScoringName, scorerOf } from "./scoring.js";
import type { Candidate } from "./space.js";

/** The problem of a search: data that all its tasks share, plain, so that workers can receive it. */
export interface Problem extends PlainProblem {
  readonly estimator: EstimatorName;
  readonly scoring: ScoringName;
  /** Makes the candidates, if the caller does; a function only in the thread of the caller. */
  readonly builder?: Builder;
  /** Compiled modules, for workers. */
  readonly wasm?: readonly WasmSource[];
}

/** Predictions of an estimator for the test rows: class numbers or values, and probabilities if there are classes. */
export interface Prediction {
  readonly values: ArrayLike<number>;
  readonly probabilities?: Float32Array;
  /** The reason, where training failed. */
  readonly error?: Failure;
}

/** Trains and scores; a failure of any kind is a result, too. */
export async function runTask(problem: PlainProblem, task: Task): Promise<TaskResult> {
  checkArguments("runTask", arguments, 2);
  const began = now();
  const seconds = () => (now() - began) / 1000;
  try {
    const { score, ...more } = await scoreOfAny(problem, task);
    return { score: checkScore(problem.scoring, score), seconds: seconds(), ...more };
  } catch (error) {
    return failure(error, seconds());
  }
}

/** @throws NonFiniteError for a score that cannot be. */
export function checkScore(scoring: string, score: number): number {
  const { min, max } = boundsOf(scoring);
  if (score >= min && score <= max) return score;
  throw new NonFiniteError(`${scoring} is ${score}. Predictions are too far from the targets to be scored.`);
}

/** Trains on the first fold and predicts for its test, without a score. Where it fails, that is the result. */
export async function runTraining(problem: Problem, options: Candidate): Promise<Prediction> {
  try {
    const { x, y, sampleWeight, inputShape, targetShape, folds } = problem;
    const data = Dataset.from({ x, y, ...(sampleWeight && { sampleWeight }) }, { inputShape, targetShape });
    const trained = await fitted(problem, options, data.select(folds[0].train));
    try {
      const test = data.select(folds[0].test);
      const probabilities = trained.predictProba?.(test.x);
      return { values: trained.predict(test.x), ...(probabilities && { probabilities }) };
    } finally {
      trained.dispose?.();
    }
  } catch (error) {
    return { values: [], error: failure(error, 0).error as Failure };
  }
}

/** A result without a score. */
export function failure(error: unknown, seconds: number): TaskResult {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  return { score: null, seconds, error: { name, message } };
}

type Scored = Pick<TaskResult, "weights" | "network"> & { score: number };

async function scoreOfAny(problem: PlainProblem, task: Task): Promise<Scored> {
  if (problem.estimator !== "network") return scoreOf(problem as Problem, task);
  const { runNetwork } = await import("../table/networkTask.js");
  return runNetwork(problem, task);
}

async function scoreOf(problem: Problem, { subject, fold }: Task): Promise<Scored> {
  const { x, y, sampleWeight, inputShape, targetShape, estimator, scoring } = problem;
  const data = Dataset.from({ x, y, ...(sampleWeight && { sampleWeight }) }, { inputShape, targetShape });
  const train = data.select(problem.folds[fold].train);
  const test = data.select(problem.folds[fold].test);
  if (problem.builder && subject.kind === "candidate") {
    const built = { ...problem, parameters: subject.options, fold, train, test };
    return { score: await scoreBuilt(problem.builder, built) };
  }
  const isGuess = subject.kind === "constant";
  const trained = isGuess ? constant(estimator, train) : await fitted(problem, subject.options, train);
  try {
    const weights = trained.model && (await hashOfWeights(trained.model));
    return { score: scorerOf(estimator, scoring)(trained, test), ...(weights && { weights }) };
  } finally {
    trained.dispose?.();
  }
}

/** A candidate that is built, on one fold. */
export interface BuiltFold extends Pick<Problem, "estimator" | "scoring" | "wasm"> {
  readonly parameters: Candidate;
  readonly fold: number;
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Builds, trains and scores. */
export async function scoreBuilt(builder: Builder, own: BuiltFold): Promise<number> {
  const { estimator, scoring, parameters, fold, train, test, wasm } = own;
  const { inputShape, targetShape } = train;
  const classes = () => Math.max(classesOf(train.y), classesOf(test.y));
  const outputs = estimator === "classifier" ? classes() : (targetShape[0] ?? 1);
  const { values, probabilities } = await predictBuilt(builder, {
    estimator,
    parameters,
    train,
    test,
    context: { inputShape, outputs, fold },
    runtime: { threads: 1, ...(wasm ? { wasm } : {}) },
  });
  const predictor = { predict: () => values, ...(probabilities && { predictProba: () => probabilities }) };
  return scorerOf(estimator, scoring)(predictor, test);
}

/** Class numbers are from 0 to one less. */
function classesOf(y: Float32Array): number {
  return y.reduce((most, label) => Math.max(most, label), 0) + 1;
}

type Trained = ScoredModel & { dispose?(): void; readonly model?: Sequential };

async function fitted({ estimator, wasm }: Problem, options: Candidate, train: Dataset): Promise<Trained> {
  const all: MLPOptions = { threads: 1, ...(wasm ? { wasm } : {}), ...options, onWarning: () => {} };
  if (estimator === "regressor") return new MLPRegressor(all).fit(train);
  return (await new MLPClassifier(all).fit(train)) as MLPClassifier & { predict(x: Float32Array): number[] };
}

/** Makes the same guess for every row: the shares of the classes, or the mean of each output. */
function constant(estimator: EstimatorName, train: Dataset): Trained {
  const { y, length, inputShape, targetShape } = train;
  const isClassifier = estimator === "classifier";
  const columns = isClassifier ? classesOf(y) : (targetShape[0] ?? 1);
  const guess = new Float64Array(columns);
  y.forEach((value, i) => {
    if (isClassifier) guess[value] += 1 / length;
    else guess[i % columns] += value / length;
  });
  const repeat = (row: ArrayLike<number>, x: Float32Array) =>
    Float32Array.from({ length: (x.length / sizeOf(inputShape)) * row.length }, (_, i) => row[i % row.length]);
  return {
    predict: (x) => repeat(isClassifier ? argMax(guess, columns) : guess, x),
    predictProba: (x) => repeat(guess, x),
  };
}
