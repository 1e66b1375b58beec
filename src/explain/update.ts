/** The last steps: the update of the weights, and the loss with the new ones. */
import { placeOfLargest } from "../base/largest.js";
import type { Trace } from "../model/trace.js";
import { isTrainable } from "../specs/layers/layer.js";
import type { OptimizerSpec } from "../specs/optimizers/facts.js";
import { formatNumber, formatPair, formatTerm } from "./format.js";
import { optimizerFormula, weightSymbol } from "./formulas.js";
import { type Draft, gradientOf, placeIn, type Scene, value } from "./scene.js";

/** True if the change is −η times the gradient, so that both can be put in. */
function isPlain(optimizer: OptimizerSpec): optimizer is OptimizerSpec & { learningRate: number } {
  if (optimizer.type !== "sgd" || typeof optimizer.learningRate !== "number") return false;
  const { momentum, weightDecay, clipNorm, globalClipNorm, clipValue } = optimizer;
  return !momentum && !weightDecay && !clipNorm && !globalClipNorm && !clipValue;
}

/** Update and new loss; the weight that changes most is worked. */
export function update({ trace, blocks, layers }: Scene, optimizer: OptimizerSpec): Draft[] {
  const changes = blocks.flatMap(({ name: layer, weights, index }) => {
    const { parameters = [] } = layers.find(({ name }) => name === layer) ?? {};
    const moving = weights.filter(({ name }) =>
      parameters.some((each) => name === `${layer}/${each.name}` && isTrainable(each)),
    );
    return moving.map((weight) => {
      const name = `optimizer/change/${weight.name}`;
      return { weight, change: value(`Δ${weightSymbol(weight.name.split("/")[1], index)}`, name, trace[name]) };
    });
  });
  const worked = changes.slice(0, 1).map(({ weight, change }) => {
    const at = placeOfLargest(change.data.map(Math.abs), 0, change.data.length);
    const [old, by] = [weight.data[at], change.data[at]];
    const gradient = trace[gradientOf(weight.name)];
    const change_ =
      isPlain(optimizer) && gradient
        ? `− ${formatNumber(optimizer.learningRate)} · ${formatTerm(gradient.data[at])}`
        : `+ ${formatTerm(by)}`;
    return `${change.symbol.slice(1)}[${placeIn(weight.shape, at)}] ← ${formatNumber(old)} ${change_} = ${formatNumber(old + by)}`;
  });
  const results = changes.map(({ change }) => change);
  return [
    { title: `Update of the weights: ${optimizer.type}`, formula: optimizerFormula(optimizer), worked, results },
    newLoss(trace),
  ];
}

function newLoss(trace: Trace): Draft {
  const [before, after] = [trace.loss.data[0], trace["optimizer/loss"].data[0]];
  const verdict = after < before ? "smaller" : after > before ? "larger" : "the same";
  const [was, is] = formatPair(before, after);
  return {
    title: "New loss, with the new weights",
    formula: "L, as above",
    worked: [`before ${was}, now ${is}`],
    results: [value("L", "optimizer/loss", trace["optimizer/loss"])],
    note: `For this sample the loss is now ${verdict}.`,
  };
}
