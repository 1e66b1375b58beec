/** The common interface of all estimators, as pipelines and searches use it. Types, and the way to the network. */

import type { JsonObject } from "../base/json.js";
import type { OnWarning } from "../data/onWarning.js";
import type { Step } from "../data/preprocess/steps.js";
import type { TransformerConfig } from "../data/preprocess/transformer.js";
import type { SaveOptions } from "../model/file.js";
import type { Sequential } from "../sequential.js";
import type { Course } from "./base.js";
import type { LoadOptions } from "./file.js";
import type { MLPClassifierOptions, MLPRegressorOptions } from "./options.js";

/** Functions of a target that undo each other. */
export interface TargetFunctions {
  /** Turns each number of y into the one that is learned. */
  readonly func: (y: number) => number;
  /** Turns each prediction back. */
  readonly inverseFunc: (prediction: number) => number;
}

/** An estimator that has learned nothing, as data: of which class it is, with its options and parts. */
export type EstimatorConfig =
  | { readonly type: "MLPClassifier"; readonly options: MLPClassifierOptions }
  | { readonly type: "MLPRegressor"; readonly options: MLPRegressorOptions }
  | {
      readonly type: "EstimatorPipeline";
      readonly steps: readonly Step<TransformerConfig>[];
      /** Name of the last step. */
      readonly name: string;
      readonly estimator: EstimatorConfig;
    }
  | {
      readonly type: "TransformedTargetRegressor";
      readonly regressor: EstimatorConfig;
      readonly transformer: TransformerConfig | TargetFunctions;
      readonly onWarning: OnWarning;
    };

/** Learns from rows and predicts: `MLPClassifier`, `MLPRegressor`, or an estimator that holds one of them. */
export interface Estimator extends Course {
  readonly model: Sequential;
  get metadata(): JsonObject | null;
  set metadata(metadata: object | null);
  // biome-ignore lint/suspicious/noExplicitAny: each takes data of its own kind, and checks them
  fit(data: any): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  partialFit?(data: any, ...options: any[]): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  predict(x: any): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  predictProba?(x: any): Float32Array;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  score(data: any): number;
  save(options?: SaveOptions): Uint8Array<ArrayBuffer>;
  dispose(): void;
  getConfig(): EstimatorConfig;
}

/** Key of what a search needs of an estimator that holds another. */
export const STAGES: unique symbol = Symbol("stages");

/** Makes estimators of every class, those that hold others among them. */
export interface EstimatorMaker<Stages = unknown> {
  readonly stages: Stages;
  /** An estimator that has learned nothing. @throws OptionError */
  make(config: EstimatorConfig): Estimator;
  /** An estimator from its file, for the function `where`. @throws FormatError, OptionError, BackendError */
  load(where: string, bytes: Uint8Array | ArrayBuffer, options: LoadOptions): Promise<Estimator>;
}

/** The class and the options of the network that an estimator holds. */
export function innermost(config: EstimatorConfig): Extract<EstimatorConfig, { readonly options: object }> {
  switch (config.type) {
    case "EstimatorPipeline":
      return innermost(config.estimator);
    case "TransformedTargetRegressor":
      return innermost(config.regressor);
    default:
      return config;
  }
}
