/** Finds last layers whose outputs the loss cannot read. Pure; loaded only if there is a doubt. */
import type { ActivationName, ActivationSpec } from "../specs/activations.js";
import { layerFacts, type PlacedLayer } from "../specs/layers/facts.js";
import { logitsActivation, outputReading } from "../specs/losses/facts.js";
import type { LossSpec } from "../specs/losses/table.js";

/** A problem and its remedy, as sentences. */
export interface Doubt {
  readonly message: string;
  readonly remedy: string;
}

const SHARES: readonly ActivationName[] = ["sigmoid", "hardSigmoid", "softmax"];
/** Outputs that are not shares, but at least 0: a categorical loss scales rows to sum to 1. */
const POSITIVE: readonly ActivationName[] = ["softplus", "exponential"];

/** The activation at the end of a model; `null` if a layer after it changes its outputs. */
function endOf(layers: readonly PlacedLayer[]): ActivationSpec | null {
  const last = layers.findLast(({ spec }) => !layerFacts(spec).keepsValues);
  return (last && layerFacts(last.spec).lastActivation?.(last.spec)) ?? null;
}

/** Doubt about a cross-entropy after a layer that does not give probabilities; `null` if all is well or unknown. */
export function doubtOf(layers: readonly PlacedLayer[], loss: LossSpec): Doubt | null {
  const wanted = logitsActivation(loss);
  const end = endOf(layers)?.type;
  if (!wanted || loss.fromLogits || !end || SHARES.includes(end)) return null;
  if (outputReading(loss) === "classes" && POSITIVE.includes(end)) return null;
  const orLogits = end === "linear" ? `, or give the loss as { type: "${loss.type}", fromLogits: true }` : "";
  return {
    message: `${loss.type} reads probabilities, but the last layer ends with ${end}`,
    remedy: `End with activation: "${wanted}"${orLogits}`,
  };
}

/** Smallest and largest outputs of bounded activations. */
const RANGES: Partial<Record<ActivationName, readonly [min: number, max: number]>> = {
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  softmax: [0, 1],
  relu6: [0, 6],
  tanh: [-1, 1],
  hardTanh: [-1, 1],
  softsign: [-1, 1],
  relu: [0, Infinity],
  softplus: [0, Infinity],
  exponential: [0, Infinity],
  logSigmoid: [-Infinity, 0],
  logSoftmax: [-Infinity, 0],
};

function rangeOf(end: ActivationSpec): readonly [min: number, max: number] | undefined {
  if (end.type !== "relu") return RANGES[end.type];
  return [end.negativeSlope ? -Infinity : 0, end.maxValue ?? Infinity];
}

/** Doubt about regression targets that the last activation cannot reach; `null` if there are none. */
export function unreachable(layers: readonly PlacedLayer[], targets: Float32Array): Doubt | null {
  const end = endOf(layers);
  const range = end && rangeOf(end);
  const bad = range && targets.find((target) => target < range[0] || target > range[1]);
  if (!end || !range || bad === undefined) return null;
  const [min, max] = range;
  const reach = max === Infinity ? `from ${min} up` : min === -Infinity ? `up to ${max}` : `from ${min} to ${max}`;
  return {
    message: `The last layer ends with ${end.type}, which gives numbers ${reach}, and a target is ${bad}`,
    remedy: "Leave the last activation out, or scale y to that range",
  };
}
