/** One task of a search: an estimator with some options, trained on one fold and scored on it. Runs anywhere. */
import { Dataset } from "../data/dataset.js";
import type { Fold } from "../data/split.js";
import { MLPClassifier } from "../estimators/classifier.js";
import type { MLPOptions } from "../estimators/options.js";
import { MLPRegressor } from "../estimators/regressor.js";
import type { WasmSource } from "../runtime/variants.js";
import { now } from "../runtime/yield.js";
import { type Shape, sizeOf } from "../shape.js";
import { type EstimatorName, type Predictor, type ScoringName, scorerOf } from "./scoring.js";
import type { Candidate } from "./space.js";

/** What all tasks of a search share; plain data, so that workers can have it. */
export interface Problem {
  readonly estimator: EstimatorName;
  readonly scoring: ScoringName;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly inputShape: Shape;
  readonly targetShape: Shape;
  readonly folds: readonly Fold[];
  /** Compiled modules, for workers. */
  readonly wasm?: readonly WasmSource[];
}

/** What to train, or what to guess without training. */
export interface Subject {
  /** A candidate, or one of the baselines: a model without hidden layers, and the same guess for every row. */
  readonly kind: "candidate" | "linear" | "constant";
  readonly options: Candidate;
}

export interface Task {
  readonly subject: Subject;
  /** Number of the fold to score on. */
  readonly fold: number;
}

export interface TaskResult {
  readonly score: number;
  readonly seconds: number;
}

/** @throws whatever the estimator throws for these options and data. */
export async function runTask(problem: Problem, { subject, fold }: Task): Promise<TaskResult> {
  const { x, y, inputShape, targetShape, estimator, scoring } = problem;
  const data = Dataset.from({ x, y }, { inputShape, targetShape });
  const train = data.select(problem.folds[fold].train);
  const test = data.select(problem.folds[fold].test);
  const began = now();
  const isGuess = subject.kind === "constant";
  const trained = isGuess ? constant(estimator, train) : await fitted(problem, subject.options, train);
  const score = scorerOf(estimator, scoring)(trained, test);
  trained.dispose?.();
  return { score, seconds: (now() - began) / 1000 };
}

type Trained = Predictor & { dispose?(): void };

async function fitted({ estimator, wasm }: Problem, options: Candidate, train: Dataset): Promise<Trained> {
  const all: MLPOptions = { threads: 1, ...(wasm ? { wasm } : {}), ...options, onWarning: () => {} };
  if (estimator === "regressor") return new MLPRegressor(all).fit(train);
  return (await new MLPClassifier(all).fit(train)) as MLPClassifier & { predict(x: Float32Array): number[] };
}

/** Guesses the same for every row: the shares of the classes, or the mean of each output. */
function constant(estimator: EstimatorName, train: Dataset): Trained {
  const { y, length, inputShape, targetShape } = train;
  const isClassifier = estimator === "classifier";
  const guess = new Float64Array(isClassifier ? Math.max(...y) + 1 : (targetShape[0] ?? 1));
  y.forEach((value, i) => {
    if (isClassifier) guess[value] += 1 / length;
    else guess[i % guess.length] += value / length;
  });
  const repeat = (row: ArrayLike<number>, x: Float32Array) =>
    Float32Array.from({ length: (x.length / sizeOf(inputShape)) * row.length }, (_, i) => row[i % row.length]);
  return {
    predict: (x) => repeat(isClassifier ? [guess.indexOf(Math.max(...guess))] : guess, x),
    predictProba: (x) => repeat(guess, x),
  };
}
