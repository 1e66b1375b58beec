/**
 * Weight penalties as plain data. The records that add them to the loss and to the gradients are in `ruleRecords.ts`,
 * the formulas in `runtime/reference/optimizer/penalties.ts`.
 */
import { checkArguments, checkName, checkNumber, located, OptionError, show } from "../base/errors.js";
import { type Given, makeSpec, number, type Spec, via } from "../base/options.js";
import type { ScriptMaker } from "../plan/record.js";
import type { TensorRef } from "../plan/tensor.js";

/** Options of `l1l2`. */
const l1l2Options = {
  /** Factor of Σ|w|, >= 0. @default 0 */
  l1: number({ min: 0 }, 0),
  /** Factor of Σw², >= 0. @default 0 */
  l2: number({ min: 0 }, 0),
};

/** Options of `l1l2`. */
export interface L1L2Options extends Given<typeof l1l2Options> {}

/** A penalty of l1 Σ|w| + l2 Σw² on one weight tensor. */
export interface L1L2Spec extends Spec<"l1l2", typeof l1l2Options> {}

/** A penalty on one weight tensor: its type, and options. */
export type RegularizerSpec = L1L2Spec | { readonly type: "orthogonalRegularizer" };

/** A regularizer as a layer accepts it. */
export type Regularizer =
  | "l1"
  | "l2"
  | ({ readonly type: "l1l2" } & Readonly<L1L2Options>)
  | { readonly type: "orthogonalRegularizer" };

/** A regularizer that not every program has: its factory adds it. */
interface OtherRegularizer {
  readonly resolve: (options: object) => RegularizerSpec;
  /** The scripts that compute the penalty and its gradient. @throws OptionError for a tensor that it cannot take */
  readonly scripts: (
    spec: RegularizerSpec,
    tensor: TensorRef,
  ) => { readonly penalty: ScriptMaker; readonly gradient: ScriptMaker };
}

/** The regularizers that their factories have made known, by type. */
export const otherRegularizers = /* @__PURE__ */ new Map<unknown, OtherRegularizer>();

/**
 * Adds l1 · Σ|w| to the loss, which drives weights to zero. As Keras's `L1`.
 * @param factor >= 0 @default 0.01
 * @throws OptionError for a factor that is not a number >= 0.
 */
export function l1(factor = 0.01): L1L2Spec {
  checkArguments("l1", arguments, 1);
  return { type: "l1l2", l1: checkNumber("l1", factor, { min: 0 }), l2: 0 };
}

/**
 * Adds l2 · Σw² to the loss, which keeps weights small. As Keras's `L2`: without the ½ of other libraries, so that the
 * `weight_decay` d of PyTorch's `SGD` is l2(d / 2), and scikit-learn's `alpha` of n rows in a batch l2(alpha / (2n)).
 * @param factor >= 0 @default 0.01
 * @throws OptionError for a factor that is not a number >= 0.
 */
export function l2(factor = 0.01): L1L2Spec {
  checkArguments("l2", arguments, 1);
  return { type: "l1l2", l1: 0, l2: checkNumber("l2", factor, { min: 0 }) };
}

/**
 * Adds l1 · Σ|w| + l2 · Σw² to the loss. As Keras's `L1L2`.
 * @throws OptionError for unknown options or factors that are not numbers >= 0.
 */
export function l1l2(options: L1L2Options): L1L2Spec {
  return makeSpec("l1l2", l1l2Options, options, arguments);
}

/** A name, spec or `null`, checked. @throws OptionError with the nearest known name. */
function resolveRegularizer(where: string, value: unknown): RegularizerSpec | null {
  if (value === null) return null;
  if (typeof value === "string") return checkName(where, value, ["l1", "l2"]) === "l1" ? l1() : l2();
  if (typeof value !== "object" || value === undefined) {
    throw new OptionError(`${where}: expected a regularizer such as l2(0.001), or null for none, got ${show(value)}.`);
  }
  const { type, ...options } = value as { type?: unknown };
  const other = otherRegularizers.get(type);
  if (!other) checkName(`${where}: type`, type, ["l1l2"]);
  return located(where, () => (other ? other.resolve(options) : l1l2(options)));
}

/** The option of a layer that puts a penalty on one of its weights. */
export const regularizerOption = /* @__PURE__ */ via<Regularizer | null, RegularizerSpec | null>(
  resolveRegularizer,
  null,
);

/** A weight tensor and its penalty. */
export interface Penalized {
  readonly tensor: TensorRef;
  readonly regularizer: RegularizerSpec;
}
