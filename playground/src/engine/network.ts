/** Turns a setup into layers, a loss and an optimizer. Knows shapes, not data. */
import {
  batchNormalization,
  type CompileOptions,
  dense,
  dropout,
  type LayerSpec,
  l1,
  l2,
  normalization,
  type RuntimeOptions,
  Sequential,
} from "simdgrad";
import type { Setup } from "../setup.js";
import type { Problem } from "./problem.js";

export function runtimeOf({ backend }: Setup): RuntimeOptions {
  return { backend: backend === "reference" ? "reference" : "wasm", deterministic: backend !== "relaxed" };
}

/** Units of the last layer: one for numbers and for two classes. */
export function outputsOf({ classes }: Pick<Problem, "classes">): number {
  return classes && classes.length > 2 ? classes.length : 1;
}

export function outputActivation({ classes }: Pick<Problem, "classes">): "linear" | "sigmoid" | "softmax" {
  if (!classes) return "linear";
  return classes.length > 2 ? "softmax" : "sigmoid";
}

/** Layers named by their place, so that the page finds their weights. */
export function layersOf(setup: Setup, problem: Problem): LayerSpec[] {
  const { regularization, regularizationRate, dropout: rate, activation } = setup;
  const regularizer = { none: null, l1: l1(regularizationRate), l2: l2(regularizationRate) }[regularization];
  const regularized = regularizer ? { kernelRegularizer: regularizer } : {};
  const hidden = setup.hidden.flatMap((units, i): LayerSpec[] => [
    dense({ units, activation, name: `hidden${i + 1}`, ...regularized }),
    ...(setup.batchNormalization ? [batchNormalization()] : []),
    ...(rate > 0 ? [dropout(rate)] : []),
  ]);
  return [
    ...(problem.wantsScaling ? [normalization()] : []),
    ...hidden,
    dense({ units: outputsOf(problem), activation: outputActivation(problem), name: "output", ...regularized }),
  ];
}

export function compileOptions(setup: Setup, { classes }: Problem): CompileOptions {
  const ofClasses = classes && classes.length > 2 ? "sparseCategoricalCrossentropy" : "binaryCrossentropy";
  const auto = classes ? ofClasses : "meanSquaredError";
  // Squared errors of class numbers make sense only for a single output.
  const canChoose = !classes || classes.length === 2;
  return {
    optimizer: { type: setup.optimizer, learningRate: setup.learningRate },
    loss: setup.loss === "auto" || !canChoose ? auto : setup.loss,
    metrics: classes ? ["accuracy"] : ["meanAbsoluteError"],
  };
}

/** A model in its initial state, ready to train; its scaling has been learned from the training rows. */
export async function createModel(setup: Setup, problem: Problem): Promise<Sequential> {
  const model = await Sequential.create({
    inputShape: problem.train.inputShape,
    layers: layersOf(setup, problem),
    seed: setup.seed,
    ...runtimeOf(setup),
  });
  if (problem.wantsScaling) model.adapt(problem.train);
  model.compile(compileOptions(setup, problem));
  return model;
}
