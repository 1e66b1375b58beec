/**
 * Trials of estimators that hold a network among transformers: these are fitted here, to the rows that are trained on, and
 * the network is trained wherever a lane trains. Loaded with the first search for such an estimator, so that workers and
 * other searches need no transformers.
 */
import { crc32 } from "../base/crc32.js";
import { located } from "../base/errors.js";
import { type Data, Dataset } from "../data/dataset.js";
import { type OpenedData, openData, type TableData, tableData } from "../data/tableRows.js";
import { estimatorFromConfig } from "../estimators/composite.js";
import { type EstimatorConfig, innermost } from "../estimators/estimator.js";
import { fitSteps, type PipelineData, type PipelineInputs, transformInputs } from "../estimators/estimatorPipeline.js";
import { fitTargets, undoTargets } from "../estimators/transformedTarget.js";
import { changeConfig } from "../estimators/withOptions.js";
import { now } from "../runtime/yield.js";
import { scorerOf } from "./scoring.js";
import type { Candidate } from "./space.js";
import { checkScore, failure, type Prediction, type Problem, type Task, type TaskResult } from "./trial.js";

/** Trains a network on the first fold of a problem. */
type Train = (problem: Problem, options: Candidate) => Promise<Prediction>;

/** A search for such an estimator. */
export class WrappedSearch {
  /** Class and parts, without the options of the network. */
  readonly #config: EstimatorConfig;
  #data: OpenedData | null = null;

  constructor(config: EstimatorConfig) {
    this.#config = bare(config);
  }

  /** The data as numbers; x of a table is the number of the row. @throws as `Dataset.from` */
  open(where: string, data: Data | TableData): Dataset {
    this.#data = openData(where, data);
    return this.#data.dataset;
  }

  /** Names what is searched: parts, and data that are not in numbers of float32. */
  get fingerprint(): string {
    const { table, exact } = this.#data ?? {};
    const text = JSON.stringify([this.#config, table, exact && Array.from(exact)], (_, value: unknown) =>
      typeof value === "function" ? String(value) : value,
    );
    return crc32(new TextEncoder().encode(text)).toString(16);
  }

  /** @throws OptionError for options that cannot be. */
  check(candidate: Candidate): void {
    estimatorFromConfig(changeConfig("options", this.#config, candidate));
  }

  /** The score of a task; a failure of any kind is a result, too. */
  async run(problem: Problem, { subject, fold }: Task, train: Train): Promise<TaskResult> {
    const began = now();
    const seconds = () => (now() - began) / 1000;
    try {
      const { dataset, table } = this.#data as OpenedData;
      const { train: trained, test: scored } = problem.folds[fold];
      const parts = { train: dataset.select(trained), test: dataset.select(scored) };
      const config = changeConfig("options", this.#config, subject.options);
      const stages = prepare(
        config,
        table ? (tableData(table, trained, parts.train) as PipelineData) : parts.train,
        table ? { x: tableData(table, scored, parts.test).x } : parts.test,
      );
      const { wasm } = problem;
      const own = { ...problemOf(problem, stages), ...(wasm ? { wasm } : {}) };
      const { values, probabilities, error } = await train(own, innermost(config).options as Candidate);
      if (error) return { score: null, seconds: seconds(), error };
      const predictor = {
        predict: () => stages.finish(values),
        ...(probabilities && { predictProba: () => probabilities }),
      };
      const score = scorerOf(problem.estimator, problem.scoring)(predictor, parts.test);
      return { score: checkScore(problem.scoring, score), seconds: seconds() };
    } catch (error) {
      return failure(error, seconds());
    }
  }
}

/** What the network is trained on and predicts for, and what becomes of its predictions. */
interface Stages {
  readonly train: PipelineData;
  readonly test: PipelineInputs;
  finish(predictions: ArrayLike<number>): ArrayLike<number>;
}

/** Fits what is around the network to the rows that are trained on. */
function prepare(config: EstimatorConfig, train: PipelineData, test: PipelineInputs): Stages {
  switch (config.type) {
    case "EstimatorPipeline": {
      const { made, transformers } = located(config.type, () => fitSteps(config.steps, train));
      return prepare(
        config.estimator,
        made,
        located(config.type, () => transformInputs(transformers, test)),
      );
    }
    case "TransformedTargetRegressor": {
      const { made, knowledge } = fitTargets(config.type, config, train);
      const stages = prepare(config.regressor, made, test);
      const finish = (predictions: ArrayLike<number>) =>
        undoTargets(knowledge, Float32Array.from(stages.finish(predictions)));
      return { ...stages, finish };
    }
    default:
      return { train, test, finish: (predictions) => predictions };
  }
}

/** A problem of one fold: the rows that are trained on, then those that are predicted for. */
function problemOf({ estimator, scoring }: Problem, { train, test }: Stages): Problem {
  const rows = train instanceof Dataset ? train : Dataset.from(train as never);
  const { inputShape, targetShape, length } = rows;
  const own = test instanceof Dataset ? test.x : Float32Array.from((test as number[][]).flat());
  const x = joined(rows.x, own);
  const count = (x.length / rows.x.length) * length - length;
  const extended = (values: Float32Array) => joined(values, new Float32Array((values.length / length) * count));
  const numbers = Uint32Array.from({ length: length + count }, (_, row) => row);
  return {
    ...{ estimator, scoring, x, inputShape, targetShape },
    y: extended(rows.y),
    sampleWeight: rows.sampleWeight && extended(rows.sampleWeight),
    folds: [{ train: numbers.subarray(0, length), test: numbers.subarray(length) }],
  };
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const all = new Float32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** The same without the options of the network, and without warnings. */
function bare(config: EstimatorConfig): EstimatorConfig {
  switch (config.type) {
    case "EstimatorPipeline":
      return { ...config, estimator: bare(config.estimator) };
    case "TransformedTargetRegressor":
      return { ...config, regressor: bare(config.regressor), onWarning: () => {} };
    default:
      return { ...config, options: {} };
  }
}
