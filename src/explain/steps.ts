/**
 * Turns a trace into steps a person can follow: the formula, the numbers put in, and the result. The numbers are those
 * of the kernels. Only derivatives of activations, which a step never forms by themselves, are computed separately.
 */

import { insideOf } from "../model/insideOf.js";
import type { NextStep } from "../model/nextStep.js";
import type { Trace } from "../model/trace.js";
import type { Sequential } from "../sequential.js";
import { isElementwise } from "../specs/activations.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { OptimizerSpec } from "../specs/optimizers/facts.js";
import { type Block, blocksOf } from "./blocks.js";
import { formatNumber, formatSumOfProducts, formatTerm, subscript } from "./format.js";
import { activationFormula, lossFormula, weightSymbol, workedActivation } from "./formulas.js";
import { normalized } from "./normalization.js";
import { gradientTerms, inputTerms, lossTerms } from "./penalties.js";
import {
  added,
  addedAt,
  by,
  type Draft,
  type ExplainStep,
  given,
  gradientOf,
  placeIn,
  placeToShow,
  type Scene,
  value,
} from "./scene.js";
import { slopesOf } from "./slopes.js";
import { update } from "./update.js";

function weightedSums(scene: Scene, block: Block): Draft {
  const { trace } = scene;
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
      ...given(scene, block),
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

function lossStep({ trace, loss, layers, blocks }: Scene): Draft {
  const formula = lossFormula(loss);
  const [p, y] = [Array.from(trace.predictions.data), Array.from(trace.y.data)];
  const terms = lossTerms(layers, blocks, trace);
  const [own, total] = [trace.rowLoss.data[0], trace.loss.data[0]];
  const bare = formula ? [formula.worked(p, y, own)] : [];
  const base = { title: `Loss: ${loss.type}`, results: [value("y", "y", trace.y), value("L", "loss", trace.loss)] };
  const text = formula?.value ?? `L = ${loss.type}(ŷ, y)`;
  if (terms.length === 0) return { ...base, formula: text, worked: bare };
  const sum = [own, ...terms.map(({ amount }) => amount)].map(formatTerm).join(" + ");
  return {
    ...base,
    formula: [text, ...terms.map((term) => term.formula)].join(" + "),
    worked: [
      ...bare.map((line) => line.replace(/^L/, "loss of the predictions")),
      `L = ${sum} = ${formatNumber(total)}`,
    ],
    note: "What is added to the loss of the predictions are the penalties.",
  };
}

function lossGradient({ trace, loss }: Scene): Draft {
  const formula = lossFormula(loss);
  const [p, y] = [Array.from(trace.predictions.data), Array.from(trace.y.data)];
  const at = placeToShow(trace.dPredictions.data);
  return {
    title: "Gradient of the loss by the predictions",
    formula: formula?.gradient ?? "∂L/∂ŷ",
    worked: formula?.workedGradient(p, y, at, trace.dPredictions.data[at]) ?? [],
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
  const at = placeToShow(slopes.data);
  const numbers = formula?.slope(formatTerm(trace[output.name].data[at]), "");
  return {
    title: isLast ? "Derivative of the output activation" : `Derivative of the activation of ${name}`,
    formula: `${symbol} = ${formula?.slope(output.symbol, z) ?? `${activation.type}′(${z})`}`,
    worked: isWorked ? [`${symbol}[${at}] = ${numbers} = ${formatNumber(slopes.data[at])}`] : [],
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
  const at = placeToShow(dz.data);
  const dh = trace[gradientOf(output.name)].data[at];
  const factor = slopesOf(activation, trace[`${name}/z`].data, create).data[at];
  const product = `${by(z)}[${at}] = ${formatTerm(dh)} · ${formatTerm(factor)} = ${formatNumber(dz.data[at])}`;
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

function weightGradients({ trace, layers }: Scene, { index, input, name, weights }: Block): Draft {
  const z = subscript("z", index);
  const gradients = weights.flatMap((weight) => {
    const own = weight.name.split("/")[1];
    const gradient = trace[gradientOf(weight.name)];
    return gradient ? [value(by(weightSymbol(own, index)), gradientOf(weight.name), gradient)] : [];
  });
  const [W, b] = [by(subscript("W", index)), by(subscript("b", index))];
  const [x, dz] = [trace[input.name].data, trace[`${name}/dz`].data];
  const [kernelTerms, biasTerms] = weights.map((weight) => gradientTerms(layers, weight, index));
  const bias = weights.length > 1 ? `,  ${b} = ${by(z)}${added(biasTerms)}` : "";
  const worked = gradients.slice(0, 1).map(({ shape, data }) => {
    const at = placeToShow(data);
    const [row, column] = [Math.floor(at / shape[1]), at % shape[1]];
    return `${W}[${placeIn(shape, at)}] = ${formatTerm(x[row])} · ${formatTerm(dz[column])}${addedAt(kernelTerms, at)} = ${formatNumber(data[at])}`;
  });
  return {
    title: `Gradients of the weights of ${name}`,
    formula: `${W} = ${input.symbol}ᵀ ${by(z)}${added(kernelTerms)}${bias}`,
    worked,
    results: gradients,
    ...(gradients.length === 0 ? { note: "The layer is frozen: it has none." } : {}),
  };
}

function inputGradient({ trace }: Scene, block: Block): Draft {
  const { index, input, name, weights } = block;
  const terms = inputTerms(block, trace);
  const [z, W] = [subscript("z", index), subscript("W", index)];
  const dz = Array.from(trace[`${name}/dz`].data);
  const result = trace[gradientOf(input.name)];
  const at = placeToShow(result.data);
  const row = Array.from(weights[0].data.subarray(at * dz.length, (at + 1) * dz.length));
  const sum = formatSumOfProducts(dz, row, null);
  return {
    title: `Gradient handed back by ${name}`,
    formula: `${by(input.symbol)} = ${by(z)} ${W}ᵀ${added(terms)}`,
    worked: [`${by(input.symbol)}[${at}] = ${sum}${addedAt(terms, at)} = ${formatNumber(result.data[at])}`],
    results: [value(by(input.symbol), gradientOf(input.name), result)],
  };
}

/** Layers beside dense ones: batch normalization with its formula, others by their values in the trace. */
function otherLayer(scene: Scene, block: Block, isBackward: boolean): Draft[] {
  const { trace } = scene;
  const { name, input, output, weights } = block;
  const normalization = normalized(scene, block, isBackward);
  if (normalization) return [normalization];
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

/** All steps, numbered. */
export function buildSteps(
  model: Sequential,
  trace: Trace,
  { loss, optimizer }: Readonly<{ loss: LossSpec; optimizer: OptimizerSpec }>,
  layers: readonly PlacedLayer[],
  next: NextStep,
): ExplainStep[] {
  const blocks = blocksOf(model, model.getWeights(), loss, trace);
  const { create } = insideOf("explain", model).state.backend;
  const scene = { trace, loss, blocks, layers, create };
  const there = [...forward(scene), lossStep(scene)];
  const drafts = [...there, lossGradient(scene), ...backward(scene), ...update(scene, optimizer, next)];
  return drafts.map((draft, i) => ({ number: i + 1, note: "", ...draft }));
}
