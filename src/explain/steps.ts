/**
 * Turns a trace into steps a person can follow: the formula, the numbers put in, and the result. The numbers are those
 * of the kernels. Only derivatives of activations, which a step never forms by themselves, are computed separately.
 */

import { insideOf } from "../model/inside.js";
import type { Trace, TraceTensor } from "../model/trace.js";
import type { BackendFactory } from "../runtime/backend.js";
import type { Sequential } from "../sequential.js";
import { isElementwise } from "../specs/activations.js";
import type { LossSpec } from "../specs/losses/table.js";
import { type Block, blocksOf } from "./blocks.js";
import { formatNumber, formatSumOfProducts, formatTerm, subscript } from "./format.js";
import { activationFormula, lossFormula, optimizerFormula, weightSymbol, workedActivation } from "./formulas.js";
import { slopesOf } from "./slopes.js";

/** A value in a step. */
export interface ExplainValue {
  /** As in the formula: `z₁`, `∂L/∂W₁`. */
  readonly symbol: string;
  /** Its name in `model.trace()` or `model.getWeights()`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** One step of the explanation. */
export interface ExplainStep {
  /** From 1. For a network with one hidden layer, 1 to 13 are forward and backward pass. */
  readonly number: number;
  readonly title: string;
  readonly formula: string;
  /** The formula with numbers put in, for one element each. */
  readonly worked: readonly string[];
  /** The results of the step. */
  readonly results: readonly ExplainValue[];
  /** Anything else worth knowing; empty if there is nothing. */
  readonly note: string;
}

type Draft = Omit<ExplainStep, "number" | "note"> & { readonly note?: string };

/** The parts from which the steps are built. */
interface Scene {
  readonly trace: Trace;
  readonly loss: LossSpec;
  readonly blocks: readonly Block[];
  /** Makes the backend that the model runs on. */
  readonly create: BackendFactory;
}

function value(symbol: string, name: string, { shape, data }: TraceTensor): ExplainValue {
  return { symbol, name, shape, data };
}

/** `dense_1/h` gives `dense_1/dh`, `x` gives `dx`, `predictions` gives `dPredictions`. */
function gradientOf(name: string): string {
  return name.replace(/[^/]+$/, (own) => `d${own.length > 1 ? own[0].toUpperCase() + own.slice(1) : own}`);
}

const by = (symbol: string) => `∂L/∂${symbol}`;

function weightedSums({ trace }: Scene, block: Block): Draft {
  const { index, input, name, weights } = block;
  const [kernel, bias] = weights;
  const z = subscript("z", index);
  const units = kernel.shape[1];
  const x = Array.from(trace[input.name].data);
  const result = trace[`${name}/z`];
  const worked = Array.from({ length: Math.min(units, 3) }, (_, unit) => {
    const column = x.map((_, i) => kernel.data[i * units + unit]);
    const sum = formatSumOfProducts(x, column, bias ? bias.data[unit] : null);
    return `${z}[${unit}] = ${sum} = ${formatNumber(result.data[unit])}`;
  });
  return {
    title: block.isLast ? `Weighted sums of the output layer, ${name}` : `Weighted sums of ${name}`,
    formula: `${z} = ${input.symbol} ${subscript("W", index)}${bias ? ` + ${subscript("b", index)}` : ""}`,
    worked,
    results: [
      ...weights.map((weight) => value(weightSymbol(weight.name.split("/")[1], index), weight.name, weight)),
      value(z, `${name}/z`, result),
    ],
    ...(block.isLast && trace.logits ? { note: "These are the logits: the loss is computed from them." } : {}),
  };
}

function activated({ trace }: Scene, { activation, index, output, name, isLast }: Block): Draft {
  const formula = activationFormula(activation);
  const z = subscript("z", index);
  const result = trace[output.name];
  const worked = workedActivation(activation, trace[`${name}/z`].data, result.data);
  return {
    title: isLast ? `Prediction: ${activation.type} of the output layer` : `Activation of ${name}: ${activation.type}`,
    formula: `${output.symbol} = ${formula ? formula.value(z) : `${activation.type}(${z})`}`,
    worked: worked.map((line) => line.replace(/^h/, output.symbol)),
    results: [value(output.symbol, output.name, result)],
    ...(activation.type === "linear" ? { note: "A linear layer hands its sums on." } : {}),
  };
}

function lossStep({ trace, loss }: Scene): Draft {
  const formula = lossFormula(loss);
  const [p, y] = [Array.from(trace.predictions.data), Array.from(trace.y.data)];
  return {
    title: `Loss: ${loss.type}`,
    formula: formula?.value ?? `L = ${loss.type}(ŷ, y)`,
    worked: formula ? [formula.worked(p, y, trace.loss.data[0])] : [],
    results: [value("y", "y", trace.y), value("L", "loss", trace.loss)],
  };
}

function lossGradient({ trace, loss }: Scene): Draft {
  const formula = lossFormula(loss);
  return {
    title: "Gradient of the loss by the predictions",
    formula: formula?.gradient ?? "∂L/∂ŷ",
    worked: [],
    results: [value(by("ŷ"), "dPredictions", trace.dPredictions)],
    ...(formula?.note ? { note: formula.note } : {}),
  };
}

function slopeStep({ trace, create }: Scene, { activation, index, output, name, isLast }: Block): Draft {
  const z = subscript("z", index);
  const slopes = slopesOf(activation, trace[`${name}/z`].data, create);
  const formula = activationFormula(activation);
  const symbol = `∂${output.symbol}/∂${z}`;
  // True if the formula takes numbers, not cases.
  const isWorked = activation.type === "sigmoid" || activation.type === "tanh";
  const numbers = formula?.slope(formatTerm(trace[output.name].data[0]), "");
  return {
    title: isLast ? "Derivative of the output activation" : `Derivative of the activation of ${name}`,
    formula: `${symbol} = ${formula?.slope(output.symbol, z) ?? `${activation.type}′(${z})`}`,
    worked: isWorked ? [`${symbol}[0] = ${numbers} = ${formatNumber(slopes.data[0])}`] : [],
    results: [value(symbol, "", slopes)],
    ...(isElementwise(activation) ? {} : { note: "Each output depends on every sum, so this is a matrix." }),
  };
}

function sumGradient({ trace, loss, create }: Scene, { activation, index, output, name, isLast }: Block): Draft {
  const z = subscript("z", index);
  const dz = trace[`${name}/dz`];
  const [slope, upstream] = [`∂${output.symbol}/∂${z}`, by(output.symbol)];
  const isMean = loss.type === "binaryCrossentropy" && dz.data.length > 1;
  const joined = `${by(z)} = ${isMean ? "(ŷ − y) / n" : "ŷ − y"}`;
  const [dh] = trace[gradientOf(output.name)].data;
  const [factor] = slopesOf(activation, trace[`${name}/z`].data, create).data;
  const product = `${by(z)}[0] = ${formatTerm(dh)} · ${formatTerm(factor)} = ${formatNumber(dz.data[0])}`;
  return {
    title: `Gradient of the loss by the sums of ${name}`,
    formula: `${by(z)} = ${upstream} ${isElementwise(activation) ? "⊙" : "·"} ${slope}`,
    worked: isElementwise(activation) ? [product] : [],
    results: [value(by(z), `${name}/dz`, dz)],
    ...(isLast && trace.logits && lossFormula(loss)
      ? { note: `Chained, the two factors give ${joined}. That is how it is computed, from the logits.` }
      : {}),
  };
}

function weightGradients({ trace }: Scene, { index, input, name, weights }: Block): Draft {
  const z = subscript("z", index);
  const gradients = weights.flatMap((weight) => {
    const own = weight.name.split("/")[1];
    const gradient = trace[gradientOf(weight.name)];
    return gradient ? [value(by(weightSymbol(own, index)), gradientOf(weight.name), gradient)] : [];
  });
  const [W, b] = [by(subscript("W", index)), by(subscript("b", index))];
  const hasBias = weights.length > 1;
  const [x, dz] = [trace[input.name].data, trace[`${name}/dz`].data];
  const first = gradients[0]?.data[0];
  return {
    title: `Gradients of the weights of ${name}`,
    formula: `${W} = ${input.symbol}ᵀ ${by(z)}${hasBias ? `,  ${b} = ${by(z)}` : ""}`,
    worked:
      first === undefined ? [] : [`${W}[0, 0] = ${formatTerm(x[0])} · ${formatTerm(dz[0])} = ${formatNumber(first)}`],
    results: gradients,
    ...(gradients.length === 0 ? { note: "The layer is frozen: it has none." } : {}),
  };
}

function inputGradient({ trace }: Scene, { index, input, name, weights }: Block): Draft {
  const [z, W] = [subscript("z", index), subscript("W", index)];
  const dz = Array.from(trace[`${name}/dz`].data);
  const result = trace[gradientOf(input.name)];
  const row = Array.from(weights[0].data.subarray(0, dz.length));
  const sum = formatSumOfProducts(dz, row, null);
  return {
    title: `Gradient handed back by ${name}`,
    formula: `${by(input.symbol)} = ${by(z)} ${W}ᵀ`,
    worked: [`${by(input.symbol)}[0] = ${sum} = ${formatNumber(result.data[0])}`],
    results: [value(by(input.symbol), gradientOf(input.name), result)],
  };
}

/** Layers without a formula here: their values in the trace, forward or backward. */
function otherLayer({ trace }: Scene, { name, input, output, weights }: Block, isBackward: boolean): Draft[] {
  const gradients = [input.name, ...weights.map((weight) => weight.name)].map(gradientOf);
  const names = (isBackward ? gradients : [output.name]).filter((key) => trace[key] !== undefined);
  if (names.length === 0) return [];
  const title = isBackward ? `Gradients at ${name}` : `Output of ${name}`;
  return [{ title, formula: name, worked: [], results: names.map((key) => value(key, key, trace[key])) }];
}

function forward(scene: Scene): Draft[] {
  return scene.blocks.flatMap((block) => {
    return block.index > 0 ? [weightedSums(scene, block), activated(scene, block)] : otherLayer(scene, block, false);
  });
}

function backward(scene: Scene): Draft[] {
  return scene.blocks.toReversed().flatMap((block, i, all) => {
    if (block.index === 0) return otherLayer(scene, block, true);
    // A layer without formulas may return a gradient under a name of its own.
    const hasUpstream = scene.trace[gradientOf(block.output.name)] !== undefined;
    const chain = hasUpstream ? [slopeStep(scene, block), sumGradient(scene, block)] : [];
    const handedBack = i < all.length - 1 && scene.trace[gradientOf(block.input.name)] !== undefined;
    return [...chain, weightGradients(scene, block), ...(handedBack ? [inputGradient(scene, block)] : [])];
  });
}

function update({ trace, blocks }: Scene, model: Sequential): Draft[] {
  if (!model.compiled) return [];
  const changes = blocks.flatMap(({ weights, index }) => {
    return weights.map((weight) => {
      const name = `optimizer/change/${weight.name}`;
      return { weight, change: value(`Δ${weightSymbol(weight.name.split("/")[1], index)}`, name, trace[name]) };
    });
  });
  const worked = changes.slice(0, 1).map(({ weight, change }) => {
    const [old, by] = [weight.data[0], change.data[0]];
    const sum = `${formatNumber(old)} + ${formatTerm(by)} = ${formatNumber(old + by)}`;
    return `${change.symbol.slice(1)}[0, 0] ← ${sum}`;
  });
  const { optimizer } = model.compiled;
  const results = changes.map(({ change }) => change);
  return [
    { title: `Update of the weights: ${optimizer.type}`, formula: optimizerFormula(optimizer), worked, results },
    newLoss(trace),
  ];
}

function newLoss(trace: Trace): Draft {
  const [before, after] = [trace.loss.data[0], trace["optimizer/loss"].data[0]];
  const verdict = after < before ? "smaller" : after > before ? "larger" : "the same";
  return {
    title: "New loss, with the new weights",
    formula: "L, as above",
    worked: [`before ${formatNumber(before)}, now ${formatNumber(after)}`],
    results: [value("L", "optimizer/loss", trace["optimizer/loss"])],
    note: `For this sample the loss is now ${verdict}.`,
  };
}

/** All steps, numbered. */
export function buildSteps(model: Sequential, trace: Trace, loss: LossSpec): ExplainStep[] {
  const blocks = blocksOf(model, model.getWeights(), loss, trace);
  const { create } = insideOf("explain", model).state.backend;
  const scene = { trace, loss, blocks, create };
  const drafts = [...forward(scene), lossStep(scene), lossGradient(scene), ...backward(scene), ...update(scene, model)];
  return drafts.map((draft, i) => ({ number: i + 1, note: "", ...draft }));
}
