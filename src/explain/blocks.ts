/** The blocks of a model, as textbooks count layers. Knows layers and the names in a trace, not formulas. */
import type { Trace } from "../model/trace.js";
import type { Sequential } from "../sequential.js";
import type { ActivationSpec } from "../specs/activations.js";
import type { ActivityRegularizationSpec } from "../specs/layers/activityRegularization.js";
import { lastActivation, layerFacts, type PlacedLayer } from "../specs/layers/facts.js";
import { fuseLoss } from "../specs/losses/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { Weight } from "../state/weights.js";
import { subscript } from "./format.js";

/** A dense layer with the activation after it, or any other layer by itself. */
export interface Block {
  readonly name: string;
  /** Place among the dense blocks, from 1; 0 for other layers. */
  readonly index: number;
  readonly isLast: boolean;
  readonly activation: ActivationSpec;
  /** Symbols and names of the input and output. */
  readonly input: { readonly symbol: string; readonly name: string };
  readonly output: { readonly symbol: string; readonly name: string };
  readonly weights: readonly Weight[];
  /** Penalties on the values that it takes in, by layers that pass them on unchanged. */
  readonly inputPenalties: readonly ActivityRegularizationSpec[];
}

/** The activation that turns logits into predictions, if the model leaves it to the loss. */
function linkOf(loss: LossSpec): ActivationSpec | null {
  return loss.fromLogits ? fuseLoss(loss, { type: "linear" }).link : null;
}

/** True for a dense layer. */
export function hasKernel({ parameters }: PlacedLayer): boolean {
  return parameters.some(({ name }) => name === "kernel");
}

/** True for a dense layer without an activation of its own. */
function givesSums(layer: PlacedLayer): boolean {
  return hasKernel(layer) && lastActivation(layer.spec).type === "linear";
}

function isActivation(layer: PlacedLayer): boolean {
  return layerFacts(layer.spec).lastActivation !== undefined && !hasKernel(layer);
}

/** Dense layers, each joined with an activation layer after it, as textbooks count. */
export function blocksOf({ layers }: Sequential, weights: readonly Weight[], loss: LossSpec, trace: Trace): Block[] {
  const blocks: Block[] = [];
  let input: Block["input"] = { symbol: "x", name: "x" };
  let [count, normalizations] = [0, 0];
  let inputPenalties: ActivityRegularizationSpec[] = [];
  layers.forEach((layer, i) => {
    const { name, spec } = layer;
    const next = layers[i + 1];
    const before = layers[i - 1];
    if (spec.type === "activityRegularization") inputPenalties.push(spec);
    if (layerFacts(spec).keepsValues) return;
    if (isActivation(layer) && before && givesSums(before)) return;
    const isDense = hasKernel(layer);
    const joins = next !== undefined && givesSums(layer) && isActivation(next);
    const isLast = i + (joins ? 1 : 0) === layers.length - 1;
    const activation = (isLast && linkOf(loss)) || lastActivation(joins ? next.spec : spec);
    if (isDense) count++;
    const outputName = isLast ? "predictions" : `${joins ? layers[i + 1].name : name}/h`;
    if (spec.type === "batchNormalization") normalizations++;
    const inside = isDense ? subscript("h", count) : outputName;
    const symbol = isLast ? "ŷ" : spec.type === "batchNormalization" ? subscript("n", normalizations) : inside;
    const output = { symbol, name: trace[outputName] ? outputName : input.name };
    const ownWeights = weights.filter((weight) => weight.name.startsWith(`${name}/`));
    blocks.push({
      name,
      index: isDense ? count : 0,
      isLast,
      activation,
      input,
      output,
      weights: ownWeights,
      inputPenalties,
    });
    input = output;
    inputPenalties = [];
  });
  return blocks;
}
