/**
 * Trials of estimators that hold a network among transformers: these are fitted here, to the rows that are trained on,
 * and the network is trained wherever a lane trains. The estimator brings the transformers, so that workers and other
 * searches need none.
 */
import { crc32 } from "../base/crc32.js";
import type { Data } from "../data/dataset.js";
import { Dataset } from "../data/dataset.js";
import type { Task, TaskResult } from "../data/executor.js";
import type { OpenedData, TableData } from "../data/tableRows.js";
import { type EstimatorConfig, innermost } from "../estimators/estimator.js";
import type { PipelineData } from "../estimators/estimatorPipeline.js";
import type { Prepared, Stages } from "../estimators/stages.js";
import { now } from "../runtime/yield.js";
import { scorerOf } from "./scoring.js";
import type { Candidate } from "./space.js";
import { checkScore, failure, type Prediction, type Problem } from "./trial.js";

/** Trains a network on the first fold of a problem. */
type Train = (problem: Problem, options: Candidate) => Promise<Prediction>;

/** A search for such an estimator. */
export class WrappedSearch {
  /** Class and parts, without the options of the network. */
  readonly #config: EstimatorConfig;
  readonly #stages: Stages;
  #data: OpenedData | null = null;

  constructor(config: EstimatorConfig, stages: Stages) {
    this.#config = bare(config);
    this.#stages = stages;
  }

  /** The data as numbers; x of a table is the number of the row. @throws as `Dataset.from` */
  open(where: string, data: Data | TableData): Dataset {
    this.#data = this.#stages.openData(where, data);
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
    this.#stages.check(this.#stages.changeConfig("options", this.#config, candidate));
  }

  /** The score of a task; a failure of any kind is a result, too. */
  async run(problem: Problem, { subject, fold }: Task, train: Train): Promise<TaskResult> {
    const began = now();
    const seconds = () => (now() - began) / 1000;
    try {
      const { dataset, table } = this.#data as OpenedData;
      const { train: trained, test: scored } = problem.folds[fold];
      const parts = { train: dataset.select(trained), test: dataset.select(scored) };
      const { changeConfig, prepare, tableData } = this.#stages;
      const config = changeConfig("options", this.#config, subject.options);
      const prepared = prepare(
        config,
        table ? (tableData(table, trained, parts.train) as PipelineData) : parts.train,
        table ? { x: tableData(table, scored, parts.test).x } : parts.test,
      );
      const { wasm } = problem;
      const own = { ...problemOf(problem, prepared), ...(wasm ? { wasm } : {}) };
      const { values, probabilities, error } = await train(own, innermost(config).options as Candidate);
      if (error) return { score: null, seconds: seconds(), error };
      const predictor = {
        predict: () => prepared.finish(values),
        ...(probabilities && { predictProba: () => probabilities }),
      };
      const score = scorerOf(problem.estimator, problem.scoring)(predictor, parts.test);
      return { score: checkScore(problem.scoring, score), seconds: seconds() };
    } catch (error) {
      return failure(error, seconds());
    }
  }
}

/** A problem of one fold: the rows that are trained on, then those that are predicted for. */
function problemOf({ estimator, scoring }: Problem, { train, test }: Prepared): Problem {
  const rows = train instanceof Dataset ? train : Dataset.from(train as never);
  const { inputShape, targetShape, length } = rows;
  const own = test instanceof Dataset ? test.x : Float32Array.from((test as number[][]).flat());
  const x = joined(rows.x, own);
  const count = (x.length / rows.x.length) * length - length;
  const extended = (values: Float32Array) => joined(values, new Float32Array((values.length / length) * count));
  const numbers = Uint32Array.from({ length: length + count }, (_, row) => row);
  return {
    estimator,
    scoring,
    x,
    inputShape,
    targetShape,
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
