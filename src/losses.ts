/**
 * Losses as plain data: names, options, the targets they take, and the fusions that are legal.
 * The formulas are in `runtime/reference/loss.ts`, the kernels in `assembly/loss.ts`.
 */
import type { ActivationSpec } from "./activations.js";
import { checkBoolean, checkKeys, checkName, OptionError, show } from "./errors.js";
import { LossKind } from "./plan/op.js";

/**
 * Per loss: its kind on predictions, its kind on logits with the activation that makes predictions of them,
 * and whether it takes integer labels or one target per output.
 */
const lossTable = {
  meanSquaredError: { kind: LossKind.MeanSquaredError, targets: "dense" },
  binaryCrossentropy: {
    kind: LossKind.BinaryCrossentropy,
    logits: { kind: LossKind.BinaryCrossentropyLogits, activation: "sigmoid" },
    targets: "dense",
  },
  categoricalCrossentropy: {
    kind: LossKind.CategoricalCrossentropy,
    logits: { kind: LossKind.CategoricalCrossentropyLogits, activation: "softmax" },
    targets: "dense",
  },
  sparseCategoricalCrossentropy: {
    kind: LossKind.SparseCategoricalCrossentropy,
    logits: { kind: LossKind.SparseCategoricalCrossentropyLogits, activation: "softmax" },
    targets: "labels",
  },
} as const satisfies Record<
  string,
  { kind: LossKind; logits?: { kind: LossKind; activation: ActivationSpec["type"] }; targets: "dense" | "labels" }
>;

/** The name of a loss. */
export type LossName = keyof typeof lossTable;

/** Every loss name, for messages and documentation. */
export const lossNames = Object.keys(lossTable) as LossName[];

/** A loss with its options spelled out. */
export interface LossSpec {
  readonly type: LossName;
  /** The model's outputs are logits: the loss applies sigmoid or softmax itself. */
  readonly fromLogits: boolean;
}

/** What `compile` accepts as a loss. */
export type Loss = LossName | LossSpec;

/** Options of the cross-entropies. */
export interface CrossentropyOptions {
  /** The model's last layer is linear and gives logits. @default false */
  fromLogits?: boolean;
}

function crossentropy(type: LossName, options: CrossentropyOptions): LossSpec {
  checkKeys(type, options, ["fromLogits"]);
  const { fromLogits = false } = options;
  return { type, fromLogits: checkBoolean(`${type}: fromLogits`, fromLogits) };
}

/** L = mean over rows and outputs of (ŷ − y)². Targets: one number per output. */
export function meanSquaredError(options: Record<string, never> = {}): LossSpec {
  checkKeys("meanSquaredError", options, []);
  return { type: "meanSquaredError", fromLogits: false };
}

/**
 * L = −mean(y ln ŷ + (1 − y) ln(1 − ŷ)); targets 0 to 1, one per output. After a sigmoid layer it is computed
 * from the logits, where it is exact; else ŷ is clipped to [1e-7, 1 − 1e-7] as in Keras.
 */
export function binaryCrossentropy(options: CrossentropyOptions = {}): LossSpec {
  return crossentropy("binaryCrossentropy", options);
}

/**
 * L = −mean over rows of Σ y ln ŷ; targets one-hot or soft, one per class. After a softmax layer it is computed
 * from the logits; else rows of ŷ are scaled to sum 1 and clipped to [1e-7, 1 − 1e-7] as in Keras.
 */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): LossSpec {
  return crossentropy("categoricalCrossentropy", options);
}

/** `categoricalCrossentropy` for integer labels: L = −mean over rows of ln ŷ[label]. */
export function sparseCategoricalCrossentropy(options: CrossentropyOptions = {}): LossSpec {
  return crossentropy("sparseCategoricalCrossentropy", options);
}

/** A name or spec, checked and spelled out. @throws OptionError with the nearest known name. */
export function resolveLoss(where: string, value: unknown): LossSpec {
  const spec = (typeof value === "string" ? { type: value } : value) as { type?: unknown } | null | undefined;
  if (typeof spec !== "object" || spec === null) {
    const names = lossNames.map((name) => `"${name}"`).join(", ");
    throw new OptionError(`${where}: expected a loss, one of ${names}, got ${show(value)}.`);
  }
  const { type: given, ...options } = spec;
  const type = checkName(where, given, lossNames);
  if (type === "meanSquaredError") {
    checkKeys(`${where} ${type}`, options, ["fromLogits"]);
    if ((options as CrossentropyOptions).fromLogits)
      throw new OptionError(`${where}: ${type} has no logits: drop fromLogits.`);
    return meanSquaredError();
  }
  return crossentropy(type, options);
}

/** Integer labels, or one target per output? */
export function lossTargets(spec: LossSpec): "dense" | "labels" {
  return lossTable[spec.type].targets;
}

/** Are targets classes, or shares of classes, rather than numbers of any size? */
export function hasClasses(spec: LossSpec): boolean {
  return spec.type !== "meanSquaredError";
}

/** How a loss is computed behind a given last activation. */
export interface FusedLoss {
  readonly kind: LossKind;
  /** Drop the last activation: the loss includes it. */
  readonly dropsActivation: boolean;
  /** What turns the values the loss sees into predictions; `linear` when they are predictions already. */
  readonly link: ActivationSpec;
}

/**
 * Softmax with a categorical cross-entropy, and sigmoid with the binary one, are computed from the logits
 * whichever way they are spelled.
 * @throws OptionError where `fromLogits` meets an activation that is not linear.
 */
export function fuseLoss(spec: LossSpec, last: ActivationSpec): FusedLoss {
  const entry = lossTable[spec.type];
  if (!("logits" in entry)) return { kind: entry.kind, dropsActivation: false, link: { type: "linear" } };
  const { kind, activation } = entry.logits;
  if (spec.fromLogits && last.type !== "linear") {
    throw new OptionError(
      `compile: ${spec.type} with fromLogits expects a linear last layer, got ${last.type}. ` +
        `Drop fromLogits: behind ${activation} the loss is computed from the logits anyway.`,
    );
  }
  if (spec.fromLogits) return { kind, dropsActivation: false, link: { type: activation } };
  if (last.type === activation) return { kind, dropsActivation: true, link: { type: activation } };
  return { kind: entry.kind, dropsActivation: false, link: { type: "linear" } };
}

/** How a loss is computed from predictions, whatever stands before it. */
export function lossOfPredictions(spec: LossSpec): LossKind {
  return lossTable[spec.type].kind;
}
