/** The last steps: the update of the weights, and the loss with the new ones. */
import { placeOfLargest } from "../base/largest.js";
import { pow } from "../base/math.js";
import type { NextStep } from "../model/nextStep.js";
import type { Trace } from "../model/trace.js";
import { isTrainable } from "../specs/layers/layer.js";
import type { AdamSpec } from "../specs/optimizers/adam.js";
import type { OptimizerSpec } from "../specs/optimizers/facts.js";
import { formatNumber, formatPair, formatTerm } from "./format.js";
import { optimizerFormula, weightSymbol } from "./formulas.js";
import { type Draft, type ExplainValue, gradientOf, placeIn, type Scene, value } from "./scene.js";

/** True if the change is −η times the gradient, so that both can be put in. */
function isPlain(optimizer: OptimizerSpec): boolean {
  if (optimizer.type !== "sgd") return false;
  const { momentum, weightDecay, clipNorm, globalClipNorm, clipValue } = optimizer;
  return !momentum && !weightDecay && !clipNorm && !globalClipNorm && !clipValue;
}

/** True if the change is that of Adam's moments alone. */
const isAdam = (optimizer: OptimizerSpec): optimizer is AdamSpec =>
  optimizer.type === "adam" && !optimizer.amsgrad && !optimizer.weightDecay;

/** Adam's moments of a weight tensor, with the factors that correct them for the start. */
interface Moments {
  readonly mean: ExplainValue;
  readonly square: ExplainValue;
  /** Divisors of the corrected moments: 1 − βᵗ. */
  readonly corrections: readonly [mean: number, square: number];
  readonly epsilon: number;
}

function momentsOf(
  weight: { readonly name: string },
  symbol: string,
  trace: Trace,
  adam: AdamSpec,
  step: number,
): Moments {
  const corrections = [1 - pow(adam.beta1, step), 1 - pow(adam.beta2, step)] as const;
  const [mean, square] = (["m", "v"] as const).map((slot, i) => {
    const { shape, data } = trace[`optimizer/${slot}/${weight.name}`];
    return value(`${slot}\u0302(${symbol})`, "", { shape, data: data.map((each) => each / corrections[i]) });
  });
  // Keras adds it before the correction.
  const epsilon = adam.compat === "torch" ? adam.epsilon : adam.epsilon / Math.sqrt(corrections[1]);
  return { mean, square, corrections, epsilon };
}

/** Adam's update of one weight: its moments, and the change that follows from them. */
function workedAdam(moments: Moments, at: number, adam: AdamSpec, { step, learningRate }: NextStep) {
  const { mean, square, corrections, epsilon } = moments;
  const [m, v] = [mean.data[at], square.data[at]];
  const corrected = (name: string, hat: number, correction: number, beta: number) =>
    `${name} = ${formatTerm(hat * correction)} / (1 − ${formatNumber(beta)}^${step}) = ${formatNumber(hat)}`;
  return {
    lines: [corrected("m̂", m, corrections[0], adam.beta1), corrected("v̂", v, corrections[1], adam.beta2)],
    change: `− ${formatNumber(learningRate)} · ${formatTerm(m)} / (√(${formatNumber(v)}) + ${formatNumber(epsilon)})`,
  };
}

/** Update and new loss; the weight that changes most is worked. */
export function update({ trace, blocks, layers }: Scene, optimizer: OptimizerSpec, next: NextStep): Draft[] {
  const changes = blocks.flatMap(({ name: layer, weights, index }) => {
    const { parameters = [] } = layers.find(({ name }) => name === layer) ?? {};
    const moving = weights.filter(({ name }) =>
      parameters.some((each) => name === `${layer}/${each.name}` && isTrainable(each)),
    );
    return moving.map((weight) => {
      const name = `optimizer/change/${weight.name}`;
      const symbol = weightSymbol(weight.name.split("/")[1], index);
      const moments = isAdam(optimizer) ? momentsOf(weight, symbol, trace, optimizer, next.step) : null;
      return { weight, moments, change: value(`Δ${symbol}`, name, trace[name]) };
    });
  });
  const worked = changes.slice(0, 1).flatMap(({ weight, moments, change }) => {
    const at = placeOfLargest(change.data.map(Math.abs), 0, change.data.length);
    const [old, by] = [weight.data[at], change.data[at]];
    const gradient = trace[gradientOf(weight.name)];
    const adam = moments && isAdam(optimizer) ? workedAdam(moments, at, optimizer, next) : null;
    const change_ =
      isPlain(optimizer) && gradient
        ? `− ${formatNumber(next.learningRate)} · ${formatTerm(gradient.data[at])}`
        : `+ ${formatTerm(by)}`;
    const line = `${change.symbol.slice(1)}[${placeIn(weight.shape, at)}] ← ${formatNumber(old)} ${adam?.change ?? change_}`;
    return [...(adam?.lines ?? []), `${line} = ${formatNumber(old + by)}`];
  });
  const results = changes.flatMap(({ change, moments }) =>
    moments ? [moments.mean, moments.square, change] : [change],
  );
  const title = `Update of the weights: ${optimizer.type}`;
  return [{ title, formula: optimizerFormula(optimizer, next.learningRate), worked, results }, newLoss(trace)];
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
