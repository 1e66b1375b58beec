/**
 * Activation functions as plain data: names, options and defaults in one table.
 * Their formulas are in `runtime/reference/activation.ts`, their kernels in `assembly/elementwise.ts` and `softmax.ts`.
 */
import { checkArguments, checkBoolean, checkKeys, checkName, checkNumber, OptionError, show } from "../base/errors.js";
import { ActivationKind } from "../plan/op.js";

/**
 * Names and kinds. `differentiatesFrom` says what the derivative is taken from: the output y, so that forward may run
 * in place, unless y does not determine it; then the input z. `wholeRows`: not element by element.
 */
const activationTable = {
  linear: { kind: ActivationKind.Linear },
  relu: { kind: ActivationKind.Relu },
  leakyRelu: { kind: ActivationKind.LeakyRelu },
  relu6: { kind: ActivationKind.ClippedRelu },
  elu: { kind: ActivationKind.Elu },
  celu: { kind: ActivationKind.Celu },
  selu: { kind: ActivationKind.Selu },
  sigmoid: { kind: ActivationKind.Sigmoid },
  hardSigmoid: { kind: ActivationKind.HardSigmoid },
  logSigmoid: { kind: ActivationKind.LogSigmoid },
  tanh: { kind: ActivationKind.Tanh },
  hardTanh: { kind: ActivationKind.HardTanh },
  tanhShrink: { kind: ActivationKind.TanhShrink, differentiatesFrom: "z" },
  softShrink: { kind: ActivationKind.SoftShrink },
  hardShrink: { kind: ActivationKind.HardShrink },
  exponential: { kind: ActivationKind.Exponential },
  softplus: { kind: ActivationKind.Softplus },
  softsign: { kind: ActivationKind.Softsign },
  silu: { kind: ActivationKind.Silu, differentiatesFrom: "z" },
  hardSilu: { kind: ActivationKind.HardSilu, differentiatesFrom: "z" },
  gelu: { kind: ActivationKind.Gelu, differentiatesFrom: "z" },
  mish: { kind: ActivationKind.Mish, differentiatesFrom: "z" },
  softmax: { kind: ActivationKind.Softmax, wholeRows: true },
  logSoftmax: { kind: ActivationKind.LogSoftmax, wholeRows: true },
} as const satisfies Record<string, { kind: ActivationKind; differentiatesFrom?: "z"; wholeRows?: true }>;

/** What other libraries call them. */
const ALIASES: Readonly<Record<string, ActivationName>> = {
  swish: "silu",
  hardSwish: "hardSilu",
  identity: "linear",
  logistic: "sigmoid",
};

/** The name of an activation. */
export type ActivationName = keyof typeof activationTable;

/** Every activation name, for messages and documentation. */
export const activationNames = Object.keys(activationTable) as ActivationName[];

type WithOptions = "relu" | "leakyRelu" | "elu" | "celu" | "softShrink" | "hardShrink" | "gelu";

/** An activation with its options spelled out; those of `relu` only where they differ from their defaults. */
export type ActivationSpec =
  | { readonly type: Exclude<ActivationName, WithOptions> }
  | ({ readonly type: "relu" } & Readonly<ReluOptions>)
  | { readonly type: "leakyRelu"; readonly negativeSlope: number }
  | { readonly type: "elu" | "celu"; readonly alpha: number }
  | { readonly type: "softShrink" | "hardShrink"; readonly threshold: number }
  | { readonly type: "gelu"; readonly approximate: boolean };

/** What layers accept: a name, or a factory's result, whose options may be left out. */
export type Activation =
  | ActivationName
  | ActivationSpec
  | { readonly type: "leakyRelu"; readonly negativeSlope?: number }
  | { readonly type: "elu" | "celu"; readonly alpha?: number }
  | { readonly type: "softShrink" | "hardShrink"; readonly threshold?: number }
  | { readonly type: "gelu"; readonly approximate?: boolean };

/** Options of `relu`. */
export interface ReluOptions {
  /** Slope up to the threshold, >= 0. @default 0 */
  negativeSlope?: number;
  /** The largest value, above the threshold; `null` for no limit. @default null */
  maxValue?: number | null;
  /** Up to this, >= 0, values are damped. @default 0 */
  threshold?: number;
}

/**
 * f(x) = min(x, maxValue) for x > threshold, negativeSlope · (x − threshold) up to it: max(x, 0) by default, which is
 * the plain "relu". Formula and defaults are those of Keras 3's `relu(x, negative_slope, max_value, threshold)`.
 * @throws OptionError on an unknown option, a number out of range, or a maxValue that no value above the threshold has.
 */
export function relu(options: ReluOptions = {}): ActivationSpec {
  checkKeys("relu", options, ["negativeSlope", "maxValue", "threshold"], arguments);
  const { negativeSlope = 0, maxValue = null, threshold = 0 } = options;
  checkNumber("relu: negativeSlope", negativeSlope, { min: 0 });
  checkNumber("relu: threshold", threshold, { min: 0 });
  if (maxValue !== null) checkNumber("relu: maxValue", maxValue, { above: threshold });
  return {
    type: "relu",
    ...(negativeSlope !== 0 && { negativeSlope }),
    ...(maxValue !== null && { maxValue }),
    ...(threshold !== 0 && { threshold }),
  };
}

/**
 * f(x) = x for x >= 0, negativeSlope · x below.
 * @param options negativeSlope: slope below zero, > 0. @default 0.2 (Keras 3; PyTorch uses 0.01)
 * @throws OptionError on an unknown option or a slope that is not a positive number.
 */
export function leakyRelu(options: { negativeSlope?: number } = {}): ActivationSpec {
  checkKeys("leakyRelu", options, ["negativeSlope"], arguments);
  const { negativeSlope = 0.2 } = options;
  return { type: "leakyRelu", negativeSlope: checkNumber("leakyRelu: negativeSlope", negativeSlope, { above: 0 }) };
}

/**
 * f(x) = x for x >= 0, alpha (eˣ − 1) below (Clevert et al. 2016).
 * @param options alpha: limit below zero, > 0. @default 1
 * @throws OptionError on an unknown option or an alpha that is not a positive number.
 */
export function elu(options: { alpha?: number } = {}): ActivationSpec {
  checkArguments("elu", arguments, 1);
  return { type: "elu", alpha: checkAlpha("elu", options) };
}

/**
 * f(x) = x for x >= 0, alpha (e^(x / alpha) − 1) below, smooth for every alpha (Barron 2017).
 * @param options alpha: limit below zero, > 0. @default 1
 * @throws OptionError on an unknown option or an alpha that is not a positive number.
 */
export function celu(options: { alpha?: number } = {}): ActivationSpec {
  checkArguments("celu", arguments, 1);
  return { type: "celu", alpha: checkAlpha("celu", options) };
}

/**
 * f(x) = x − threshold above threshold, x + threshold below −threshold, 0 between.
 * @param options threshold: >= 0. @default 0.5
 * @throws OptionError on an unknown option or a threshold that is not a number >= 0.
 */
export function softShrink(options: { threshold?: number } = {}): ActivationSpec {
  checkArguments("softShrink", arguments, 1);
  return { type: "softShrink", threshold: checkThreshold("softShrink", options) };
}

/**
 * f(x) = x beyond −threshold and threshold, 0 between.
 * @param options threshold: >= 0. @default 0.5
 * @throws OptionError on an unknown option or a threshold that is not a number >= 0.
 */
export function hardShrink(options: { threshold?: number } = {}): ActivationSpec {
  checkArguments("hardShrink", arguments, 1);
  return { type: "hardShrink", threshold: checkThreshold("hardShrink", options) };
}

/**
 * f(x) = x Φ(x), with Φ the standard normal distribution function (Hendrycks & Gimpel 2016).
 * @param options approximate: x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 instead, which differs by up to 5e-4.
 * @default false, as in Keras 3 and PyTorch
 * @throws OptionError on an unknown option, or an `approximate` that is not a boolean.
 */
export function gelu(options: { approximate?: boolean } = {}): ActivationSpec {
  checkKeys("gelu", options, ["approximate"], arguments);
  const { approximate = false } = options;
  return { type: "gelu", approximate: checkBoolean("gelu: approximate", approximate) };
}

function checkAlpha(where: string, options: { alpha?: number }): number {
  checkKeys(where, options, ["alpha"]);
  const { alpha = 1 } = options;
  return checkNumber(`${where}: alpha`, alpha, { above: 0 });
}

function checkThreshold(where: string, options: { threshold?: number }): number {
  checkKeys(where, options, ["threshold"]);
  const { threshold = 0.5 } = options;
  return checkNumber(`${where}: threshold`, threshold, { min: 0 });
}

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveActivation(where: string, value: unknown): ActivationSpec {
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | null;
  if (typeof spec !== "object" || spec === null) {
    throw new OptionError(`${where}: expected an activation name or the result of its factory, got ${show(value)}.`);
  }
  const { type: given, ...options } = spec;
  const type = checkName(where, given, activationNames, ALIASES);
  switch (type) {
    case "relu":
      return relu(options);
    case "leakyRelu":
      return leakyRelu(options);
    case "elu":
      return elu(options);
    case "celu":
      return celu(options);
    case "softShrink":
      return softShrink(options);
    case "hardShrink":
      return hardShrink(options);
    case "gelu":
      return gelu(options);
    default:
      checkKeys(`${where} ${type}`, options, []);
      return { type };
  }
}

/** The opcode's view of an activation: its kind and its numbers. Most kinds have none, or `alpha` alone. */
export interface ActivationCode {
  readonly activation: ActivationKind;
  readonly alpha: number;
  readonly threshold: number;
  readonly maxValue: number;
}

/** The opcode's view of an activation. */
export function activationCode(spec: ActivationSpec): ActivationCode {
  const { kind } = activationTable[spec.type];
  const code = { activation: kind, alpha: 0, threshold: 0, maxValue: 0 };
  switch (spec.type) {
    case "relu":
      return reluCode(spec);
    case "relu6":
      return reluCode({ maxValue: 6 });
    case "leakyRelu":
      return { ...code, alpha: spec.negativeSlope };
    case "elu":
    case "celu":
      return { ...code, alpha: spec.alpha };
    case "softShrink":
    case "hardShrink":
      return { ...code, alpha: spec.threshold };
    case "gelu":
      return { ...code, activation: spec.approximate ? ActivationKind.GeluTanh : kind };
    default:
      return code;
  }
}

/** The kind of relu that needs the fewest numbers: most have one at most, and run where the plain one does. */
function reluCode({ negativeSlope = 0, maxValue = null, threshold = 0 }: Readonly<ReluOptions>): ActivationCode {
  const none = { alpha: 0, threshold: 0, maxValue: 0 };
  if (threshold === 0 && maxValue === null) {
    if (negativeSlope === 0) return { ...none, activation: ActivationKind.Relu };
    return { ...none, activation: ActivationKind.LeakyRelu, alpha: negativeSlope };
  }
  if (threshold === 0 && maxValue !== null && negativeSlope === 0) {
    return { ...none, activation: ActivationKind.ClippedRelu, alpha: maxValue };
  }
  const activation = ActivationKind.GeneralRelu;
  return { activation, alpha: negativeSlope, threshold, maxValue: maxValue ?? Infinity };
}

/** What the derivative is taken from: the output y, or the input z. */
export function differentiatesFrom(spec: ActivationSpec): "y" | "z" {
  const entry = activationTable[spec.type];
  return "differentiatesFrom" in entry ? entry.differentiatesFrom : "y";
}

/** Does each output depend on its own input alone? */
export function isElementwise(spec: ActivationSpec): boolean {
  return !("wholeRows" in activationTable[spec.type]);
}

/** Can a dense layer apply it to its own output? Its record has room for one number, and its tiles are not whole rows. */
export function fitsDense(spec: ActivationSpec): boolean {
  return isElementwise(spec) && activationCode(spec).activation !== ActivationKind.GeneralRelu;
}

/** The name of a kind with the number `alpha`. */
export function activationOf({
  activation: kind,
  alpha,
}: Pick<ActivationCode, "activation" | "alpha">): ActivationName {
  if (kind === ActivationKind.GeluTanh) return "gelu";
  if (kind === ActivationKind.GeneralRelu) return "relu";
  if (kind === ActivationKind.ClippedRelu && alpha !== 6) return "relu";
  return activationNames.find((name) => activationTable[name].kind === kind) ?? "linear";
}
