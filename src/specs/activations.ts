/**
 * Activation functions as plain data: names, options and defaults in one table.
 * Their formulas are in `runtime/reference/activation.ts`, their kernels in `assembly/elementwise.ts` and `softmax.ts`.
 */
import { checkKeys, checkName, checkNumber, OptionError, show } from "../base/errors.js";
import {
  flag,
  type Given,
  type Kept,
  makeSpec,
  nullable,
  number,
  type OptionTable,
  readOptions,
  type Spec,
} from "../base/options.js";
import { ActivationKind } from "../plan/op.js";

/** Options of `relu`. */
const reluOptions = {
  /** Slope up to the threshold, >= 0. @default 0 */
  negativeSlope: number({ min: 0 }, 0),
  /** The largest value, above the threshold; `null` for no limit. @default null */
  maxValue: nullable(number({})),
  /** Values up to this threshold, >= 0, are damped. @default 0 */
  threshold: number({ min: 0 }, 0),
};

/** Options of `relu`. */
export interface ReluOptions extends Given<typeof reluOptions> {}

/** `relu` with the options that differ from their defaults. */
export interface ReluSpec extends Readonly<ReluOptions> {
  readonly type: "relu";
}

/**
 * f(x) = min(x, maxValue) for x > threshold, negativeSlope · (x − threshold) up to it: max(x, 0) by default, which is
 * the plain "relu". Formula and defaults are those of Keras 3's `relu(x, negative_slope, max_value, threshold)`.
 * @throws OptionError on an unknown option, a number out of range, or a maxValue that no value above the threshold has.
 */
export function relu(options: ReluOptions = {}): ReluSpec {
  const { negativeSlope, maxValue, threshold } = readOptions("relu", reluOptions, options, arguments);
  if (maxValue !== null) checkNumber("relu: maxValue", maxValue, { above: threshold });
  return {
    type: "relu",
    ...(negativeSlope !== 0 && { negativeSlope }),
    ...(maxValue !== null && { maxValue }),
    ...(threshold !== 0 && { threshold }),
  };
}

const leakyReluOptions = {
  /** Slope below zero, > 0. @default 0.2 */
  negativeSlope: number({ above: 0 }, 0.2),
};

/** f(x) = x for x >= 0, negativeSlope · x below: 0.2 by default, as in Keras 3 (PyTorch: 0.01). @throws OptionError */
export function leakyRelu(options: Given<typeof leakyReluOptions> = {}): Spec<"leakyRelu", typeof leakyReluOptions> {
  return makeSpec("leakyRelu", leakyReluOptions, options, arguments);
}

const eluOptions = {
  /** Limit below zero, > 0. @default 1 */
  alpha: number({ above: 0 }, 1),
};

/** f(x) = x for x >= 0, alpha (eˣ − 1) below (Clevert et al. 2016). @throws OptionError */
export function elu(options: Given<typeof eluOptions> = {}): Spec<"elu", typeof eluOptions> {
  return makeSpec("elu", eluOptions, options, arguments);
}

/** f(x) = x for x >= 0, alpha (e^(x / alpha) − 1) below, smooth for every alpha (Barron 2017). @throws OptionError */
export function celu(options: Given<typeof eluOptions> = {}): Spec<"celu", typeof eluOptions> {
  return makeSpec("celu", eluOptions, options, arguments);
}

const shrinkOptions = {
  /** Half the width of the range that becomes 0, >= 0. @default 0.5 */
  threshold: number({ min: 0 }, 0.5),
};

/** f(x) = x − threshold above threshold, x + threshold below −threshold, 0 between. @throws OptionError */
export function softShrink(options: Given<typeof shrinkOptions> = {}): Spec<"softShrink", typeof shrinkOptions> {
  return makeSpec("softShrink", shrinkOptions, options, arguments);
}

/** f(x) = x beyond −threshold and threshold, 0 between. @throws OptionError */
export function hardShrink(options: Given<typeof shrinkOptions> = {}): Spec<"hardShrink", typeof shrinkOptions> {
  return makeSpec("hardShrink", shrinkOptions, options, arguments);
}

const squareplusOptions = {
  /** Size of the bend at 0, > 0. @default 4 */
  b: number({ above: 0 }, 4),
};

/** f(x) = (x + √(x² + b)) / 2, a smooth relu without powers of e (Barron 2021), as in Keras 3. @throws OptionError */
export function squareplus(
  options: Given<typeof squareplusOptions> = {},
): Spec<"squareplus", typeof squareplusOptions> {
  return makeSpec("squareplus", squareplusOptions, options, arguments);
}

const thresholdOptions = {
  /** Values above it pass. @default 0 */
  threshold: number({}, 0),
  /** Value of the others. @default 0 */
  defaultValue: number({}, 0),
};

/**
 * f(x) = x for x > threshold, defaultValue up to it: Keras 3's `threshold(x, threshold, default_value)`, which has no
 * defaults, and PyTorch's `Threshold`. @throws OptionError
 */
export function threshold(options: Given<typeof thresholdOptions> = {}): Spec<"threshold", typeof thresholdOptions> {
  return makeSpec("threshold", thresholdOptions, options, arguments);
}

const geluOptions = {
  /**
   * Use x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 instead, which differs by up to 5e-4.
   * @default false
   */
  approximate: flag(false),
};

/** f(x) = x Φ(x), with Φ the standard normal distribution function (Hendrycks & Gimpel 2016). @throws OptionError */
export function gelu(options: Given<typeof geluOptions> = {}): Spec<"gelu", typeof geluOptions> {
  return makeSpec("gelu", geluOptions, options, arguments);
}

/** One activation. */
interface ActivationEntry<Spec> {
  readonly kind: ActivationKind;
  /**
   * "z" if the derivative needs the input z, because the output y does not determine it. Otherwise it is taken from y,
   * so that the forward pass may run in place.
   */
  readonly differentiatesFrom?: "z";
  /** True if it works on whole rows, not element by element. */
  readonly wholeRows?: true;
  /** Its options, if there are any. */
  readonly options?: OptionTable;
  /** Reads options, if the spec is not all of them. */
  readonly make?: (options: object) => Spec;
  /** Its numbers, and its kind if options decide it. */
  readonly code?: (spec: Spec) => Partial<ActivationCode>;
}

/** Keeps the type of the options. */
// @__NO_SIDE_EFFECTS__
function withOptions<Table extends OptionTable>(entry: ActivationEntry<Kept<Table>> & { readonly options: Table }) {
  return entry;
}

/** Every activation: one entry per name. */
export const activationTable = {
  linear: { kind: ActivationKind.Linear },
  relu: { kind: ActivationKind.Relu, make: relu, code: reluCode },
  leakyRelu: withOptions({
    kind: ActivationKind.LeakyRelu,
    options: leakyReluOptions,
    code: ({ negativeSlope }) => ({ alpha: negativeSlope }),
  }),
  relu6: { kind: ActivationKind.ClippedRelu, code: () => ({ alpha: 6 }) },
  elu: withOptions({ kind: ActivationKind.Elu, options: eluOptions, code: ({ alpha }) => ({ alpha }) }),
  celu: withOptions({ kind: ActivationKind.Celu, options: eluOptions, code: ({ alpha }) => ({ alpha }) }),
  selu: { kind: ActivationKind.Selu },
  sigmoid: { kind: ActivationKind.Sigmoid },
  hardSigmoid: { kind: ActivationKind.HardSigmoid },
  logSigmoid: { kind: ActivationKind.LogSigmoid },
  tanh: { kind: ActivationKind.Tanh },
  hardTanh: { kind: ActivationKind.HardTanh },
  tanhShrink: { kind: ActivationKind.TanhShrink, differentiatesFrom: "z" },
  softShrink: withOptions({
    kind: ActivationKind.SoftShrink,
    options: shrinkOptions,
    code: ({ threshold }) => ({ alpha: threshold }),
  }),
  hardShrink: withOptions({
    kind: ActivationKind.HardShrink,
    options: shrinkOptions,
    code: ({ threshold }) => ({ alpha: threshold }),
  }),
  exponential: { kind: ActivationKind.Exponential },
  softplus: { kind: ActivationKind.Softplus },
  softsign: { kind: ActivationKind.Softsign },
  silu: { kind: ActivationKind.Silu, differentiatesFrom: "z" },
  hardSilu: { kind: ActivationKind.HardSilu, differentiatesFrom: "z" },
  gelu: withOptions({
    kind: ActivationKind.Gelu,
    differentiatesFrom: "z",
    options: geluOptions,
    code: ({ approximate }) => (approximate ? { activation: ActivationKind.GeluTanh } : {}),
  }),
  mish: { kind: ActivationKind.Mish, differentiatesFrom: "z" },
  sparsePlus: { kind: ActivationKind.SparsePlus },
  sparseSigmoid: { kind: ActivationKind.SparseSigmoid },
  squareplus: withOptions({
    kind: ActivationKind.Squareplus,
    options: squareplusOptions,
    code: ({ b }) => ({ alpha: b }),
  }),
  threshold: withOptions({
    kind: ActivationKind.Threshold,
    differentiatesFrom: "z",
    options: thresholdOptions,
    code: ({ threshold, defaultValue }) => ({ alpha: defaultValue, threshold }),
  }),
  softmax: { kind: ActivationKind.Softmax, wholeRows: true },
  logSoftmax: { kind: ActivationKind.LogSoftmax, wholeRows: true },
  sparsemax: { kind: ActivationKind.Sparsemax, wholeRows: true },
} satisfies Record<string, Omit<ActivationEntry<never>, "make"> & { make?: (options: object) => unknown }>;

/** Names in other libraries. */
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

type Entry<Name extends ActivationName> = (typeof activationTable)[Name];
type WithTable = {
  [Name in ActivationName]: Entry<Name> extends { options: OptionTable } ? Name : never;
}[ActivationName];
type TableOf<Name extends WithTable> = Entry<Name> extends { options: infer Table extends OptionTable } ? Table : never;

/** An activation with its options spelled out; those of `relu` only if they differ from their defaults. */
export type ActivationSpec =
  | { readonly type: Exclude<ActivationName, WithTable | "relu"> }
  | ReluSpec
  | { [Name in WithTable]: Spec<Name, TableOf<Name>> }[WithTable];

/** An activation as layers accept it: a name, or a factory's result, whose options may be omitted. */
export type Activation =
  | ActivationName
  | ActivationSpec
  | { [Name in WithTable]: { readonly type: Name } & Partial<Kept<TableOf<Name>>> }[WithTable];

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveActivation(where: string, value: unknown): ActivationSpec {
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | null;
  if (typeof spec !== "object" || spec === null) {
    throw new OptionError(`${where}: expected an activation name or the result of its factory, got ${show(value)}.`);
  }
  const { type: given, ...options } = spec;
  const type = checkName(where, given, activationNames, ALIASES);
  const { make, options: table } = entryOf(type);
  if (make) return make(options);
  if (table) return makeSpec(type, table, options) as ActivationSpec;
  checkKeys(`${where} ${type}`, options, []);
  return { type } as ActivationSpec;
}

/** The entry of an activation, which takes every spec of its name. */
function entryOf(name: ActivationName): ActivationEntry<ActivationSpec> {
  return activationTable[name] as object as ActivationEntry<ActivationSpec>;
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
  const { kind, code } = entryOf(spec.type);
  return { activation: kind, alpha: 0, threshold: 0, maxValue: 0, ...code?.(spec) };
}

/** The kind of relu that needs the fewest numbers: most have at most one, and use the code of the plain one. */
function reluCode({ negativeSlope = 0, maxValue = null, threshold = 0 }: ReluSpec): Partial<ActivationCode> {
  if (threshold === 0 && maxValue === null) {
    return negativeSlope === 0 ? {} : { activation: ActivationKind.LeakyRelu, alpha: negativeSlope };
  }
  if (threshold === 0 && maxValue !== null && negativeSlope === 0) {
    return { activation: ActivationKind.ClippedRelu, alpha: maxValue };
  }
  const activation = ActivationKind.GeneralRelu;
  return { activation, alpha: negativeSlope, threshold, maxValue: maxValue ?? Infinity };
}

/** The source of the derivative: the output y, or the input z. */
export function differentiatesFrom(spec: ActivationSpec): "y" | "z" {
  return entryOf(spec.type).differentiatesFrom ?? "y";
}

/** True if each output depends on its own input alone. */
export function isElementwise(spec: ActivationSpec): boolean {
  return !entryOf(spec.type).wholeRows;
}

/** True if a dense layer can apply it: the layer's record has room for one number, and its tiles are not whole rows. */
export function fitsDense(spec: ActivationSpec): boolean {
  const { activation } = activationCode(spec);
  return isElementwise(spec) && activation !== ActivationKind.GeneralRelu && activation !== ActivationKind.Threshold;
}
