/**
 * Activation functions as plain data: names, options and defaults in one table.
 * Their formulas are in `runtime/reference/activation.ts`, their kernels in `assembly/activation.ts`.
 */
import { checkKeys, checkName, checkNumber, OptionError, show } from "./errors.js";
import { ActivationKind } from "./plan/op.js";

/** Names, kinds, and the one option (with its default) of those that take one. */
const activationTable = {
  linear: { kind: ActivationKind.Linear },
  relu: { kind: ActivationKind.Relu },
  leakyRelu: { kind: ActivationKind.LeakyRelu, option: "negativeSlope", value: 0.2 },
  elu: { kind: ActivationKind.Elu, option: "alpha", value: 1 },
  sigmoid: { kind: ActivationKind.Sigmoid },
  tanh: { kind: ActivationKind.Tanh },
  softmax: { kind: ActivationKind.Softmax },
} as const satisfies Record<string, { kind: ActivationKind; option?: string; value?: number }>;

/** The name of an activation. */
export type ActivationName = keyof typeof activationTable;

/** Every activation name, for messages and documentation. */
export const activationNames = Object.keys(activationTable) as ActivationName[];

/** An activation with its options spelled out. */
export type ActivationSpec =
  | { readonly type: Exclude<ActivationName, "leakyRelu" | "elu"> }
  | { readonly type: "leakyRelu"; readonly negativeSlope: number }
  | { readonly type: "elu"; readonly alpha: number };

/** What layers accept: a name, or a factory's result. */
export type Activation = ActivationName | ActivationSpec;

/**
 * f(x) = x for x >= 0, negativeSlope · x below.
 * @param options negativeSlope: slope below zero, > 0. @default 0.2 (Keras 3; PyTorch uses 0.01)
 * @throws OptionError on an unknown option or a slope that is not a positive number.
 */
export function leakyRelu(options: { negativeSlope?: number } = {}): ActivationSpec {
  checkKeys("leakyRelu", options, ["negativeSlope"]);
  const { negativeSlope = activationTable.leakyRelu.value } = options;
  return { type: "leakyRelu", negativeSlope: checkNumber("leakyRelu: negativeSlope", negativeSlope, { above: 0 }) };
}

/**
 * f(x) = x for x >= 0, alpha (eˣ − 1) below (Clevert et al. 2016).
 * @param options alpha: limit below zero, > 0. @default 1
 * @throws OptionError on an unknown option or an alpha that is not a positive number.
 */
export function elu(options: { alpha?: number } = {}): ActivationSpec {
  checkKeys("elu", options, ["alpha"]);
  const { alpha = activationTable.elu.value } = options;
  return { type: "elu", alpha: checkNumber("elu: alpha", alpha, { above: 0 }) };
}

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveActivation(where: string, value: unknown): ActivationSpec {
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | null;
  if (typeof spec !== "object" || spec === null) {
    throw new OptionError(`${where}: expected an activation name or the result of its factory, got ${show(value)}.`);
  }
  const type = checkName(where, spec.type, activationNames);
  const { type: _, ...options } = spec;
  if (type === "leakyRelu") return leakyRelu(options);
  if (type === "elu") return elu(options);
  checkKeys(`${where} ${type}`, options, []);
  return { type };
}

/** The opcode's view of an activation: its kind and its one number. */
export function activationCode(spec: ActivationSpec): { activation: ActivationKind; alpha: number } {
  const alpha = spec.type === "leakyRelu" ? spec.negativeSlope : spec.type === "elu" ? spec.alpha : 0;
  return { activation: activationTable[spec.type].kind, alpha };
}

/** The name of a kind. */
export function activationOf(kind: ActivationKind): ActivationName {
  return activationNames.find((name) => activationTable[name].kind === kind) ?? "linear";
}
