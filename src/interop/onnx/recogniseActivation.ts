/** Recognizes an activation by its values: names the one of ours that gives the same numbers. */
import { activate } from "../../runtime/reference/activation.js";
import { type ActivationName, type ActivationSpec, activationCode, activationNames } from "../../specs/activations.js";
import { shortest } from "./numbers.js";

/** The values of a function: y[i] at x[i]. */
export interface Values {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Constants in the nodes of the function, candidates for thresholds. */
  readonly constants: readonly number[];
  /** Differences that do not count, relative to x: where a constant rounded to float32 shifts a bend. @default 0 */
  readonly slack?: number;
}

/** Float32 constants in the file differ from ours by so much. */
const RELATIVE = 2e-6;
const ABSOLUTE = 1e-9;
/** Beyond this size, a spelling by powers of e may be infinite or NaN where the function is not. */
const OVERFLOWS = 50;

/** True if two numbers are the same but for constants rounded to float32. */
export function isClose(got: number, expected: number): boolean {
  return got === expected || Math.abs(got - expected) <= RELATIVE * Math.abs(expected) + ABSOLUTE;
}

/** True if an activation has these values. */
export function fits({ x, y, slack = 0 }: Omit<Values, "constants">, spec: ActivationSpec): boolean {
  const { activation, alpha, threshold, maxValue } = activationCode(spec);
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i]) && Math.abs(x[i]) > OVERFLOWS) continue;
    const expected = activate(activation, x[i], alpha, threshold, maxValue);
    if (!isClose(y[i], expected) && !(Math.abs(y[i] - expected) <= slack * Math.abs(x[i]))) return false;
  }
  return true;
}

const ROW_WISE: ReadonlySet<string> = new Set<ActivationName>(["softmax", "logSoftmax", "sparsemax"]);
/** Activations that have no numbers, or have them only to differ from the one in the list. */
const PLAIN = activationNames.filter((name) => !ROW_WISE.has(name) && name !== "linear");

/** The alpha with alpha (1 − e^(−size / alpha)) = limit. It grows with alpha, so halving finds it. */
function celuAlpha(size: number, limit: number): number {
  let [low, high] = [1e-6, 1e6];
  const of = (alpha: number) => -activate(activationCode({ type: "celu", alpha }).activation, -size, alpha);
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (of(middle) < limit) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Activations whose numbers follow from some values, with these numbers. */
function candidates({ x, y, constants }: Values): ActivationSpec[] {
  const at = (compare: (a: number, b: number) => boolean) => {
    let best = 0;
    for (let i = 1; i < x.length; i++) if (compare(x[i], x[best])) best = i;
    return best;
  };
  const [least, most, zero] = [at((a, b) => a < b), at((a, b) => a > b), at((a, b) => Math.abs(a) < Math.abs(b))];
  const [low, high] = [x[least], x[most]];
  const slope = y[least] / low;
  const thresholds = [0, ...constants, ...constants.map((c) => -c)].filter(Number.isFinite);
  const sizes = thresholds.filter((t) => t >= 0);
  const maxValue = y[most] < high ? { maxValue: y[most] } : {};
  return [
    ...(slope > 0 ? [{ type: "leakyRelu" as const, negativeSlope: slope }] : []),
    ...(y[least] < 0 ? [{ type: "elu" as const, alpha: -y[least] }] : []),
    ...(y[least] < 0 ? [{ type: "celu" as const, alpha: celuAlpha(-low, -y[least]) }] : []),
    ...(y[zero] > 0 ? [{ type: "squareplus" as const, b: 4 * y[zero] * y[zero] }] : []),
    { type: "gelu", approximate: true },
    ...sizes.map((threshold) => ({ type: "softShrink" as const, threshold })),
    ...sizes.map((threshold) => ({ type: "hardShrink" as const, threshold })),
    ...sizes
      .filter((size) => size < y[most])
      .map((threshold) => reluOf(threshold, y[least] / (low - threshold), maxValue)),
    ...thresholds.map((threshold) => ({ type: "threshold" as const, threshold, defaultValue: y[least] })),
  ];
}

function reluOf(threshold: number, negativeSlope: number, maxValue: { maxValue?: number }): ActivationSpec {
  const isDamped = negativeSlope > 0;
  const isShifted = threshold !== 0;
  return { type: "relu", ...maxValue, ...(isDamped && { negativeSlope }), ...(isShifted && { threshold }) };
}

function hasNumbers(spec: ActivationSpec): boolean {
  return Object.values(spec).every((value) => typeof value !== "number" || Number.isFinite(value));
}

/** The same activation with the shortest numbers that are the same float32. */
function tidy(spec: ActivationSpec): ActivationSpec {
  const entries = Object.entries(spec).map(([key, value]) => [
    key,
    typeof value === "number" ? shortest(value) : value,
  ]);
  return Object.fromEntries(entries) as ActivationSpec;
}

/** The same activation with the numbers that float32 makes of its own, as they stand in a file. */
export function inFloat32(spec: ActivationSpec): ActivationSpec {
  const entries = Object.entries(spec).map(([key, value]) => [
    key,
    typeof value === "number" ? Math.fround(value) : value,
  ]);
  return Object.fromEntries(entries) as ActivationSpec;
}

/** The activation that has these values; `null` if there is none. */
export function recogniseActivation(values: Values): ActivationSpec | null {
  const defaults: Partial<Record<ActivationName, object>> = {
    leakyRelu: { negativeSlope: 0.2 },
    elu: { alpha: 1 },
    celu: { alpha: 1 },
    softShrink: { threshold: 0.5 },
    hardShrink: { threshold: 0.5 },
    squareplus: { b: 4 },
    threshold: { threshold: 0, defaultValue: 0 },
    gelu: { approximate: false },
  };
  for (const type of PLAIN) {
    const spec = { type, ...defaults[type] } as ActivationSpec;
    if (fits(values, spec)) return spec;
  }
  const found = candidates(values).find((spec) => hasNumbers(spec) && fits(values, spec));
  return found ? tidy(found) : null;
}
