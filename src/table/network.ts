/** The networks of a table model: the settings that are tried, and the training of one. Knows numbers, not tables. */
import type { Signal } from "../base/kinds.js";
import { earlyStopping } from "../callbacks/earlyStopping.js";
import type { Dataset } from "../data/dataset.js";
import { fitFor } from "../model/fitFor.js";
import type { CheckedRuntime } from "../model/options.js";
import { Sequential } from "../sequential.js";
import type { LayerSpec } from "../specs/layers/all.js";
import { dense } from "../specs/layers/dense.js";
import { dropout } from "../specs/layers/dropout.js";
import { l2 } from "../specs/regularizers.js";
import { OPTIMIZERS, type TableOptimizer } from "./optimizers.js";
import { type TableTask, TRAIN } from "./options.js";
import type { Setting } from "./setting.js";

/** Hidden layers in the order in which they are tried: those of linear models, which are the baseline too, then more. */
const SIZES = [[], [16], [32], [64, 32], [128]];

/** The settings of networks of one size, each mild before strong against overfitting. */
const settingsOf = (hiddenLayerSizes: readonly number[]): Setting[] =>
  hiddenLayerSizes.length === 0
    ? [1e-4, 1e-3, 1e-2].map((l2) => ({ hiddenLayerSizes, l2, dropout: 0, learningRate: 0.01 }))
    : [
        { l2: 1e-4, dropout: 0, learningRate: 0.003 },
        { l2: 1e-3, dropout: 0.2, learningRate: 0.003 },
        { l2: 1e-2, dropout: 0, learningRate: 0.001 },
        { l2: 1e-3, dropout: 0.4, learningRate: 0.001 },
      ].map((rest) => ({ hiddenLayerSizes, ...rest }));

/** @param hiddenLayerSizes Those of all networks; of several sizes without. */
export function settingsFor(hiddenLayerSizes?: readonly number[]): Setting[] {
  return (hiddenLayerSizes ? [hiddenLayerSizes] : SIZES).flatMap(settingsOf);
}

export const isLinear = ({ hiddenLayerSizes }: Setting): boolean => hiddenLayerSizes.length === 0;

/** What networks learn: the task, and the number of outputs (classes, 1 for two of them, or numbers). */
export interface Problem {
  readonly task: TableTask;
  readonly outputs: number;
  readonly classWeight: "balanced" | Readonly<Record<number, number>> | null;
  readonly runtime: CheckedRuntime;
  readonly optimizer: TableOptimizer;
  /** Sizes that were given; `null` to try several. */
  readonly hiddenLayerSizes: readonly number[] | null;
  /** Most epochs of a network of the model; `null` for as many as help. */
  readonly epochs: number | null;
}

const HEADS = {
  number: { activation: "linear", loss: "meanSquaredError" },
  two: { activation: "sigmoid", loss: "binaryCrossentropy" },
  classes: { activation: "softmax", loss: "sparseCategoricalCrossentropy" },
} as const;

export function headOf({ task, outputs }: Pick<Problem, "task" | "outputs">) {
  return HEADS[task === "regression" ? "number" : outputs === 1 ? "two" : "classes"];
}

export async function makeNetwork(
  setting: Setting,
  inputs: number,
  problem: Problem,
  seed: number,
): Promise<Sequential> {
  const kernelRegularizer = setting.l2 > 0 ? l2(setting.l2) : null;
  const { activation, loss } = headOf(problem);
  const layers: LayerSpec[] = setting.hiddenLayerSizes.flatMap((units) => [
    dense({ units, activation: "relu", kernelInitializer: "heUniform", kernelRegularizer }),
    ...(setting.dropout > 0 ? [dropout(setting.dropout)] : []),
  ]);
  layers.push(dense({ units: problem.outputs, activation, kernelRegularizer }));
  const model = await Sequential.create({ inputShape: [inputs], layers, seed, ...problem.runtime });
  model.compile({ optimizer: OPTIMIZERS[problem.optimizer](setting.learningRate), loss });
  return model;
}

/** Rows per step: small tables need many steps, large ones few. */
const batchSizeFor = (rows: number) => (rows < 1000 ? 16 : rows < 20_000 ? 64 : 256);

/** Losses by epoch: of the rows that are trained on, and of those that the network is checked with. */
export interface Losses {
  readonly loss: readonly number[];
  readonly valLoss: readonly number[];
}

/** Trains for at most `epochs`; with patience, until the loss of the rows it is checked with rises, and back to its best. */
export async function trainNetwork(
  model: Sequential,
  { train, check }: { train: Dataset; check: Dataset },
  { classWeight }: Problem,
  { epochs, patience, signal }: { epochs: number; patience: number | null; signal: Signal | undefined },
): Promise<Losses> {
  const stop = patience === null ? [] : [earlyStopping({ patience, restoreBestWeights: true })];
  const { loss, valLoss } = await fitFor(TRAIN, model, train, {
    ...{ epochs, batchSize: batchSizeFor(train.length), validationData: check, callbacks: stop },
    ...(signal && { signal }),
    ...(classWeight && { classWeight }),
    onWarning: () => {},
  });
  // A signal may end it before the first epoch does.
  return { loss: loss ?? [], valLoss: valLoss ?? [] };
}

/** Outputs as probabilities of each class, row after row; numbers as they are. */
export function probabilitiesOf(
  outputs: Float32Array,
  { task, outputs: units }: Pick<Problem, "task" | "outputs">,
): Float64Array {
  if (task === "regression" || units > 1) return Float64Array.from(outputs);
  const both = new Float64Array(outputs.length * 2);
  outputs.forEach((p, row) => {
    both[2 * row] = 1 - p;
    both[2 * row + 1] = p;
  });
  return both;
}
