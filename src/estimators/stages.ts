/**
 * An estimator that holds a network among transformers, taken apart: what the network is trained on, and what becomes
 * of its predictions. A search trains the network elsewhere. Reached through the estimator, under a symbol, so that
 * programs without such an estimator need none of this.
 */
import { located } from "../base/errors.js";
import { openData, tableData } from "../data/tableRows.js";
import { changeConfig } from "./changeConfig.js";
import type { EstimatorConfig } from "./estimator.js";
import { fitSteps, type PipelineData, type PipelineInputs, transformInputs } from "./estimatorPipeline.js";
import { fitTargets, undoTargets } from "./transformedTarget.js";

/** The data that the network is trained on and predicts for, and the use of its predictions. */
export interface Prepared {
  readonly train: PipelineData;
  readonly test: PipelineInputs;
  finish(predictions: ArrayLike<number>): ArrayLike<number>;
}

/** Fits what is around the network to the rows that are trained on. @throws what transformers throw */
function prepare(config: EstimatorConfig, train: PipelineData, test: PipelineInputs): Prepared {
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
      const inner = prepare(config.regressor, made, test);
      const finish = (predictions: ArrayLike<number>) =>
        undoTargets(knowledge, Float32Array.from(inner.finish(predictions)));
      return { ...inner, finish };
    }
    default:
      return { train, test, finish: (predictions) => predictions };
  }
}

export const stages = { prepare, changeConfig, openData, tableData };

/** The parts of such an estimator that a search needs. */
export type Stages = typeof stages & {
  /** @throws OptionError for a configuration that cannot be. */
  check(config: EstimatorConfig): void;
};
