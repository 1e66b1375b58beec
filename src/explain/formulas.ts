/** The formulas of activations, losses and optimizers as text, with worked values for some. */
import type { ActivationSpec, ReluOptions } from "../specs/activations.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { OptimizerSpec } from "../specs/optimizers/facts.js";
import { formatNumber as number, shown, subscript, formatTerm as term } from "./format.js";

/** The formula of an activation. */
export interface ActivationFormula {
  /** f of a symbol: `1 / (1 + e^(−z₁))`. */
  readonly value: (z: string) => string;
  /** Its derivative as a function of the output h (and of z, if that reads better). */
  readonly slope: (h: string, z: string) => string;
}

/** Formulas for the activations of the first lessons; others are only named. */
export function activationFormula(spec: ActivationSpec): ActivationFormula | null {
  switch (spec.type) {
    case "linear":
      return { value: (z) => z, slope: () => "1" };
    case "sigmoid":
      return {
        value: (z) => `1 / (1 + e^(−${z}))`,
        slope: (h) => `${h} · (1 − ${h})`,
      };
    case "tanh":
      return { value: (z) => `tanh(${z})`, slope: (h) => `1 − ${h}²` };
    case "relu":
      return reluFormula(spec);
    case "leakyRelu": {
      const { negativeSlope } = spec;
      return {
        value: (z) => `${z}, or ${number(negativeSlope)} · ${z} below 0`,
        slope: (_, z) => `1 where ${z} > 0, else ${number(negativeSlope)}`,
      };
    }
    case "elu": {
      const { alpha } = spec;
      return {
        value: (z) => `${z}, or ${number(alpha)} · (e^${z} − 1) below 0`,
        slope: (h, z) => `1 where ${z} > 0, else ${h} + ${number(alpha)}`,
      };
    }
    case "softmax":
      return {
        value: (z) => `e^${z} / Σ e^${z}`,
        slope: (h) => `${h}ᵢ · ((i = j) − ${h}ⱼ)`,
      };
    default:
      return null;
  }
}

function reluFormula({ negativeSlope = 0, maxValue = null, threshold = 0 }: Readonly<ReluOptions>): ActivationFormula {
  const [slope, from] = [number(negativeSlope), number(threshold)];
  if (negativeSlope === 0 && maxValue === null && threshold === 0) {
    return { value: (z) => `max(0, ${z})`, slope: (_, z) => `1 where ${z} > 0, else 0` };
  }
  const above = (z: string) => (maxValue === null ? z : `min(${z}, ${number(maxValue)})`);
  const below = (z: string) => (threshold === 0 ? `${slope} · ${z}` : `${slope} · (${z} − ${from})`);
  const limit = (z: string) => (maxValue === null ? "" : `0 where ${z} ≥ ${number(maxValue)}, `);
  return {
    value: (z) => `${above(z)} above ${from}, else ${negativeSlope === 0 ? "0" : below(z)}`,
    slope: (_, z) => `${limit(z)}1 where ${z} > ${from}, else ${slope}`,
  };
}

/** The values of f for single numbers: `σ(3) = 1 / (1 + e^(−3)) = 0.9526`. */
export function workedActivation(spec: ActivationSpec, z: ArrayLike<number>, h: ArrayLike<number>): string[] {
  const formula = activationFormula(spec);
  if (!formula || spec.type === "linear") return [];
  if (spec.type === "softmax") {
    const terms = shown(z.length).map((i) => (i === null ? "…" : `e^${term(z[i])}`));
    return [`h[0] = e^${term(z[0])} / (${terms.join(" + ")}) = ${number(h[0])}`];
  }
  const put = formula.value(term(z[0])).replace(/(\(|, )\((−[^()]*)\)/g, "$1$2"); // no parentheses right inside others
  return [`h[0] = ${put} = ${number(h[0])}`];
}

/** The formula of a loss for one row. */
export interface LossFormula {
  readonly value: string;
  readonly gradient: string;
  /** The numbers put in. */
  readonly worked: (p: readonly number[], y: readonly number[], loss: number) => string;
  /** The gradient at one output with the numbers put in. */
  readonly workedGradient: (p: readonly number[], y: readonly number[], at: number, gradient: number) => string[];
  readonly note?: string;
}

/** ` / 3` for a mean over 3. */
const over = (count: number) => (count === 1 ? "" : ` / ${count}`);

const SCALED =
  "Most books write −y / ŷ. Here, as in Keras, ŷ is first scaled to sum 1, which adds the 1; " +
  "after softmax it cancels out.";

/** Formulas for the losses of the first lessons, without options; others are only named. */
export function lossFormula(spec: LossSpec): LossFormula | null {
  const { labelSmoothing = 0, posWeight = 1, ignoreClass = null } = spec;
  if (labelSmoothing !== 0 || posWeight !== 1 || ignoreClass !== null) return null;
  switch (spec.type) {
    case "meanSquaredError":
      return {
        value: "L = mean of (ŷ − y)²",
        gradient: "∂L/∂ŷ = 2 (ŷ − y) / n",
        worked: (p, y, loss) => {
          const squares = shown(p.length).map((j) => (j === null ? "…" : `(${number(p[j])} − ${term(y[j])})²`));
          const sum = squares.join(" + ");
          return `L = ${p.length === 1 ? sum : `(${sum}) / ${p.length}`} = ${number(loss)}`;
        },
        workedGradient: (p, y, at, gradient) => [
          `∂L/∂ŷ[${at}] = 2 · (${number(p[at])} − ${term(y[at])})${over(p.length)} = ${number(gradient)}`,
        ],
      };
    case "binaryCrossentropy":
      return {
        value: "L = −mean of (y ln ŷ + (1 − y) ln(1 − ŷ))",
        gradient: "∂L/∂ŷ = (−y / ŷ + (1 − y) / (1 − ŷ)) / n",
        worked: (p, y, loss) => {
          const logs = (j: number) => `${number(y[j])}·ln ${number(p[j])} + ${number(1 - y[j])}·ln ${number(1 - p[j])}`;
          const sum = shown(p.length).map((j) => (j === null ? "…" : logs(j)));
          return `L = −(${sum.join(" + ")})${over(p.length)} = ${number(loss)}`;
        },
        workedGradient: (p, y, at, gradient) => {
          const sum = `−${number(y[at])} / ${number(p[at])} + ${number(1 - y[at])} / ${number(1 - p[at])}`;
          return [`∂L/∂ŷ[${at}] = ${p.length === 1 ? sum : `(${sum})${over(p.length)}`} = ${number(gradient)}`];
        },
      };
    case "categoricalCrossentropy":
      return {
        value: "L = −Σ y ln ŷ",
        gradient: "∂L/∂ŷ = 1 − y / ŷ",
        worked: (p, y, loss) => {
          const terms = y.flatMap((t, j) => (t === 0 ? [] : [`${number(t)}·ln ${number(p[j])}`]));
          return `L = −(${terms.join(" + ")}) = ${number(loss)}`;
        },
        workedGradient: (p, y, at, gradient) => [
          `∂L/∂ŷ[${at}] = 1 − ${number(y[at])} / ${number(p[at])} = ${number(gradient)}`,
        ],
        note: SCALED,
      };
    case "sparseCategoricalCrossentropy":
      return {
        value: "L = −ln ŷ[y]",
        gradient: "∂L/∂ŷ = 1 − (1 / ŷ at the label, 0 elsewhere)",
        worked: (p, [label], loss) => `L = −ln ŷ[${label}] = −ln ${number(p[label])} = ${number(loss)}`,
        workedGradient: (p, [label], at, gradient) => [
          `∂L/∂ŷ[${at}] = 1 − ${at === label ? `1 / ${number(p[at])}` : "0"} = ${number(gradient)}`,
        ],
        note: SCALED,
      };
    default:
      return null;
  }
}

/** The formula by which an optimizer changes a weight W with gradient g. */
export function optimizerFormula(spec: OptimizerSpec, learningRate: number): string {
  const rate = number(learningRate);
  switch (spec.type) {
    case "sgd":
      if (spec.momentum === 0) return `W ← W − ${rate} · ∂L/∂W`;
      return spec.nesterov
        ? `v ← ${number(spec.momentum)} · v − ${rate} · ∂L/∂W,  W ← W + ${number(spec.momentum)} · v − ${rate} · ∂L/∂W`
        : `v ← ${number(spec.momentum)} · v − ${rate} · ∂L/∂W,  W ← W + v`;
    case "adam":
      return (
        `m ← ${number(spec.beta1)} m + ${number(1 - spec.beta1)} g,  v ← ${number(spec.beta2)} v + ` +
        `${number(1 - spec.beta2)} g²,  W ← W − ${rate} · m̂ / (√v̂ + ε)  with g = ∂L/∂W`
      );
    default:
      return `W ← W + ΔW, as ${(spec as { type: string }).type} says`;
  }
}

/** The name of a weight tensor in a formula: W₁, b₁, or the layer's own name for it. */
export function weightSymbol(name: string, block: number): string {
  if (name === "kernel") return subscript("W", block);
  return name === "bias" ? subscript("b", block) : name;
}
