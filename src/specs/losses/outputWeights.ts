/**
 * Weights of single outputs, for losses of numbers. With weights, TypeScript computes a loss whose kernel has none.
 * `compile` knows them after the first factory of a loss was called, so that other programs do not contain them.
 */

import { exp, log, log1p } from "../../base/math.js";
import { tanh } from "../../base/sigmoids.js";
import { addLosses } from "./addLosses.js";
import { eachRow, lossScript } from "./host.js";
import type { LossEntry, LossOptions } from "./options.js";
import { checkOutputWeights, outputWeights } from "./outputWeightsOption.js";
import { meanOf } from "./rows.js";
import { lossTable } from "./table.js";

type Options = Readonly<Required<LossOptions>>;

/** A loss of one output, and its derivative by the prediction. */
type Formula = (options: Options) => [value: Term, slope: Term];
type Term = (p: number, t: number) => number;

/** Keras's epsilon. */
const CLIP = 1e-7;

const shrunk = (x: number) => log1p(Math.max(x, CLIP));

/** The formulas of `runtime/reference/elementLoss.ts`. */
const formulas = {
  meanSquaredError: () => [(p, t) => (p - t) * (p - t), (p, t) => 2 * (p - t)],
  meanAbsoluteError: () => [(p, t) => Math.abs(p - t), (p, t) => Math.sign(p - t)],
  meanAbsolutePercentageError: () => [
    (p, t) => (100 * Math.abs(p - t)) / Math.max(Math.abs(t), CLIP),
    (p, t) => (100 * Math.sign(p - t)) / Math.max(Math.abs(t), CLIP),
  ],
  meanSquaredLogarithmicError: () => [
    (p, t) => (shrunk(p) - shrunk(t)) * (shrunk(p) - shrunk(t)),
    (p, t) => (p < CLIP ? 0 : (2 * (shrunk(p) - shrunk(t))) / (1 + p)),
  ],
  huber: ({ delta }) => [
    (p, t) => {
      const inner = Math.min(Math.abs(p - t), delta);
      return inner * (Math.abs(p - t) - inner / 2);
    },
    (p, t) => Math.min(Math.max(p - t, -delta), delta),
  ],
  logCosh: () => [(p, t) => Math.abs(p - t) + log1p(exp(-2 * Math.abs(p - t))) - Math.LN2, (p, t) => tanh(p - t)],
  pinball: ({ quantile }) => [
    (p, t) => Math.max(quantile * (t - p), (quantile - 1) * (t - p)),
    (p, t) => (p === t ? 0 : p < t ? -quantile : 1 - quantile),
  ],
  poisson: () => [(p, t) => p - t * log(p + CLIP), (p, t) => 1 - t / (p + CLIP)],
} as const satisfies Record<string, Formula>;

/** The losses with kernels that take weights of outputs. */
export type WeighableLoss = keyof typeof formulas;

function withWeights(entry: LossEntry, formula: Formula): LossEntry {
  const compute = (options: Options) =>
    options.outputWeights && eachRow(meanOf(...formula(options), options.outputWeights));
  return {
    ...entry,
    options: { ...entry.options, outputWeights },
    checkOutputs: checkOutputWeights,
    compute,
    script(options) {
      const own = compute(options);
      return own && lossScript(own);
    },
  };
}

let isAdded = false;

/** Makes the option `outputWeights` known to `compile`. */
export function addOutputWeights(): void {
  if (isAdded) return;
  isAdded = true;
  const names = Object.keys(formulas) as WeighableLoss[];
  addLosses(Object.fromEntries(names.map((name) => [name, withWeights(lossTable[name], formulas[name])])));
}
