/** `explain`: checks its arguments, has the model trace one sample, and builds the explanation. */

import { checkArguments, OptionError, ShapeError } from "../base/errors.js";
import type { Data } from "../data/dataset.js";
import { insideOf } from "../model/insideOf.js";
import { nextStep } from "../model/nextStep.js";
import { traceModel } from "../model/trace.js";
import type { Sequential } from "../sequential.js";
import { blocksOf, hasKernel } from "./blocks.js";
import { diagramOf } from "./diagram.js";
import { toHtml } from "./html.js";
import { withMovingStatistics } from "./normalization.js";
import type { ExplainStep } from "./scene.js";
import { buildSteps } from "./steps.js";
import { toMarkdown, toText } from "./text.js";

/** One training step on one sample, explained step by step. */
export interface Explanation {
  readonly title: string;
  readonly steps: readonly ExplainStep[];
  /** Text for a terminal, at most 100 columns except for wide matrices. */
  toText(): string;
  toMarkdown(): string;
  /** A whole HTML page with a picture of the network: no scripts, nothing to load, light and dark. */
  toHtml(): string;
}

/**
 * Explains a training step of your network on your sample: weighted sums, activations, loss, the gradients back
 * through every layer, the update and the new loss, each with its formula, the numbers put in, and the result. A
 * network with one hidden layer takes 13 steps from the input to the last gradient, then two for update and new loss.
 * The update by `adam` shows its corrected moments m̂ and v̂.
 * Penalties are terms of the loss and of the gradients; batch normalization takes its moving statistics, as in `predict`.
 * The numbers are those of the kernels that train (`model.trace`); no weight changes. Vectors and matrices of more than
 * 8 are shortened in print; `steps` has them whole.
 *
 * @param model compiled
 * @param data one row of x with its y
 * @example console.log((await explain(model, { x: [[2, 3]], y: [1] })).toText());
 * @throws OptionError for anything that is not a compiled model; ShapeError for more than one row; as `model.trace`.
 */
export async function explain(model: Sequential, data: Data): Promise<Explanation> {
  checkArguments("explain", arguments, 2);
  const inside = insideOf("explain", model);
  if (!model.compiled) throw new OptionError("explain: call model.compile({ optimizer, loss }) first.");
  const layers = withMovingStatistics(inside.layers);
  await inside.state.loadKernels();
  const trace = traceModel(inside, data, { optimizer: true }, layers);
  const rows = trace.predictions.shape[0];
  if (rows !== 1) {
    throw new ShapeError(`explain: expected one row, got ${rows}. Choose one: { x: [x[0]], y: [y[0]] }.`);
  }
  const widths = [trace.x.data.length, ...model.layers.filter(hasKernel).flatMap(({ outputShape }) => outputShape)];
  const title = `One training step of a ${widths.join("-")} network`;
  const steps = buildSteps(model, trace, model.compiled, layers, nextStep(model.compiled, inside.progress));
  const diagram = diagramOf(blocksOf(model, model.getWeights(), model.compiled.loss, trace), trace);
  return {
    title,
    steps,
    toText: () => toText(title, steps),
    toMarkdown: () => toMarkdown(title, steps),
    toHtml: () => toHtml(title, steps, diagram),
  };
}
