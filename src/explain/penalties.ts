/** Penalties on weights and on activations as terms of the loss and of the gradients. */
import type { Trace } from "../model/trace.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import { isTrainable } from "../specs/layers/layer.js";
import type { RegularizerSpec } from "../specs/regularizers.js";
import type { Weight } from "../state/weights.js";
import type { Block } from "./blocks.js";
import { formatNumber, formatTerm } from "./format.js";
import { weightSymbol } from "./formulas.js";

/** A term that is added to the loss. */
export interface LossTerm {
  /** `0.1 · Σ|W₁|` */
  readonly formula: string;
  readonly amount: number;
}

/** A term that is added to the gradient of a weight. */
export interface GradientTerm {
  /** `0.1 · sign(W₁)` */
  readonly formula: string;
  /** With the number of one element put in: `0.1 · 1`. */
  readonly worked: (at: number) => string;
}

/** The penalty on a weight, if it has one that the loss includes: those of frozen layers do not count. */
function regularizerOf(layers: readonly PlacedLayer[], { name }: Weight): RegularizerSpec | null {
  const [layerName, own] = name.split("/");
  const parameter = layers.find((layer) => layer.name === layerName)?.parameters.find((each) => each.name === own);
  return (parameter && isTrainable(parameter) && parameter.regularizer) || null;
}

function sumOf(values: Float32Array, term: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += term(value);
  return sum;
}

/** All terms that the loss has beside that of the predictions, in order. */
export function lossTerms(layers: readonly PlacedLayer[], blocks: readonly Block[], trace: Trace): LossTerm[] {
  const terms: LossTerm[] = [];
  for (const { name, spec } of layers) {
    const penalty = trace[`${name}/penalty`];
    if (penalty && spec.type === "activityRegularization") {
      const of = `values of ${name}`;
      const parts = [
        ...(spec.l1 ? [`${formatNumber(spec.l1)} · Σ|${of}|`] : []),
        ...(spec.l2 ? [`${formatNumber(spec.l2)} · Σ(${of})²`] : []),
      ];
      terms.push({ formula: parts.join(" + "), amount: penalty.data[0] });
    }
  }
  for (const { weights, index } of blocks) {
    for (const weight of weights) {
      const regularizer = regularizerOf(layers, weight);
      const symbol = weightSymbol(weight.name.split("/")[1], index);
      if (regularizer?.type === "l1l2") {
        const { l1, l2 } = regularizer;
        if (l1)
          terms.push({ formula: `${formatNumber(l1)} · Σ|${symbol}|`, amount: l1 * sumOf(weight.data, Math.abs) });
        if (l2)
          terms.push({ formula: `${formatNumber(l2)} · Σ${symbol}²`, amount: l2 * sumOf(weight.data, (w) => w * w) });
      } else if (regularizer) {
        const known = terms.reduce((sum, { amount }) => sum + amount, trace.rowLoss.data[0]);
        terms.push({ formula: `${regularizer.type}(${symbol})`, amount: trace.loss.data[0] - known });
      }
    }
  }
  return terms;
}

/** The terms of the gradient of l1 Σ|v| + l2 Σv², for values with that symbol. */
function slopesOf(
  { l1, l2 }: { readonly l1: number; readonly l2: number },
  symbol: string,
  values: Float32Array,
): GradientTerm[] {
  const [once, twice] = [formatNumber(l1), formatNumber(2 * l2)];
  return [
    ...(l1
      ? [
          {
            formula: `${once} · sign(${symbol})`,
            worked: (at: number) => `${once} · ${formatTerm(Math.sign(values[at]))}`,
          },
        ]
      : []),
    ...(l2
      ? [{ formula: `${twice} · ${symbol}`, worked: (at: number) => `${twice} · ${formatTerm(values[at])}` }]
      : []),
  ];
}

/** The terms that its penalty adds to the gradient of a weight. */
export function gradientTerms(layers: readonly PlacedLayer[], weight: Weight, index: number): GradientTerm[] {
  const regularizer = regularizerOf(layers, weight);
  if (!regularizer) return [];
  const symbol = weightSymbol(weight.name.split("/")[1], index);
  if (regularizer.type === "l1l2") return slopesOf(regularizer, symbol, weight.data);
  return [{ formula: `∂${regularizer.type}/∂${symbol}`, worked: () => "…" }];
}

/** The terms that penalties on activations add to the gradient of what a block takes in. */
export function inputTerms({ inputPenalties, input }: Block, trace: Trace): GradientTerm[] {
  return inputPenalties.flatMap((spec) => slopesOf(spec, input.symbol, trace[input.name].data));
}
