/**
 * Activations, element by element, as text that is the same in JavaScript and in C but for the names of functions:
 * `z < 0 ? 0.2 * z : z`. Every activation of the registry has a row; one without fails the type check.
 */
import type { ActivationName, ActivationSpec } from "../../specs/activations.js";

/** Functions that a formula may call. */
export type Helper = "sigmoid" | "softplus" | "normalCdf";

type Formula<Name extends ActivationName> = (spec: Extract<ActivationSpec, { type: Name }>) => string;

const text = (value: number) => (value < 0 ? `(${value})` : String(value));

/** `null` for those that work on whole rows, which are steps of their own. */
const formulas: { [Name in ActivationName]: Formula<Name> | null } = {
  linear: () => "z",
  relu({ negativeSlope = 0, maxValue = null, threshold = 0 }) {
    const above = maxValue === null ? "z" : `min(z, ${text(maxValue)})`;
    if (threshold !== 0) return `z > ${text(threshold)} ? ${above} : ${text(negativeSlope)} * (z - ${text(threshold)})`;
    if (negativeSlope !== 0) return `z > 0 ? ${above} : ${text(negativeSlope)} * z`;
    return `max(${above}, 0)`;
  },
  leakyRelu: ({ negativeSlope }) => `z < 0 ? ${text(negativeSlope)} * z : z`,
  relu6: () => "min(max(z, 0), 6)",
  elu: ({ alpha }) => `z < 0 ? ${text(alpha)} * expm1(z) : z`,
  celu: ({ alpha }) => `z < 0 ? ${text(alpha)} * expm1(z / ${text(alpha)}) : z`,
  selu: () => "1.0507009873554805 * (z < 0 ? 1.6732632423543772 * expm1(z) : z)",
  sigmoid: () => "sigmoid(z)",
  hardSigmoid: () => "min(max(z + 3, 0), 6) / 6",
  logSigmoid: () => "-softplus(-z)",
  tanh: () => "tanh(z)",
  hardTanh: () => "min(max(z, -1), 1)",
  tanhShrink: () => "z - tanh(z)",
  softShrink: ({ threshold }) => `max(z - ${text(threshold)}, 0) + min(z + ${text(threshold)}, 0)`,
  hardShrink: ({ threshold }) => `abs(z) <= ${text(threshold)} ? 0 : z`,
  exponential: () => "exp(z)",
  softplus: () => "softplus(z)",
  softsign: () => "z / (1 + abs(z))",
  silu: () => "z * sigmoid(z)",
  hardSilu: () => "(z * min(max(z + 3, 0), 6)) / 6",
  gelu: ({ approximate }) =>
    approximate ? "z * sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z))" : "z * normalCdf(z)",
  mish: () => "z * tanh(softplus(z))",
  sparsePlus: () => "z >= 1 ? z : ((max(z, -1) + 1) * (max(z, -1) + 1)) / 4",
  sparseSigmoid: () => "min(max((z + 1) / 2, 0), 1)",
  squareplus: ({ b }) =>
    `z < 0 ? ${text(b)} / (2 * (sqrt(z * z + ${text(b)}) - z)) : (z + sqrt(z * z + ${text(b)})) / 2`,
  threshold: ({ threshold, defaultValue }) => `z <= ${text(threshold)} ? ${text(defaultValue)} : z`,
  softmax: null,
  logSoftmax: null,
  sparsemax: null,
};

/** The formula of an activation; `null` for one that works on whole rows. */
export function formulaOf(spec: ActivationSpec): string | null {
  const formula = formulas[spec.type] as Formula<ActivationName> | null;
  return formula?.(spec) ?? null;
}
