/** The training of one network of a table model as a task for an executor: plain data in, plain data out. */
import { encodeBase64 } from "../base/encodeBase64.js";
import { checkName, checkNumber, OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { sizeOf } from "../base/shape.js";
import { Dataset } from "../data/dataset.js";
import type { Failure, NetworkResult, PlainProblem, Split, Task, TaskResult } from "../data/executor.js";
import type { Fold } from "../data/split.js";
import type { CheckedRuntime } from "../model/options.js";
import { hashOfWeights } from "../model/weightsHash.js";
import { backendNames } from "../runtime/backend.js";
import { networkFolds } from "./folds.js";
import { makeNetwork, type Problem, trainNetwork } from "./network.js";
import { tableOptimizers } from "./optimizers.js";
import type { Setting } from "./setting.js";
import { leastOf, type TrainerOptions } from "./trainer.js";

/** Facts that all networks of a table model share. */
type NetworkFacts = Pick<Problem, "task" | "outputs" | "classWeight" | "optimizer"> & Pick<CheckedRuntime, "backend">;

/** The options of a task. */
export interface NetworkOptions extends Setting {
  readonly seed: number;
  /** Epochs of one call of `fit` after the other. */
  readonly epochs: readonly number[];
  /** `null` to train for all of them, whatever the losses. */
  readonly patience: number | null;
  /** True for a network of the model, whose file is wanted. */
  readonly keep: boolean;
}

/** The trainings of a table model as the problem of an executor. */
export function plainProblem({ dataset, folds, problem, seed }: TrainerOptions): PlainProblem {
  const { x, y, inputShape, targetShape } = dataset;
  const { task, outputs, classWeight, optimizer, runtime } = problem;
  const { backend, wasm } = runtime;
  const network: NetworkFacts = { task, outputs, classWeight, optimizer, backend };
  return {
    ...{ estimator: "network", scoring: "negativeLoss", x, y, sampleWeight: null, inputShape, targetShape, folds },
    ...{ split: { folds: folds.length - 1, seed }, network: { ...network } },
    ...(wasm && { wasm: Array.isArray(wasm) ? wasm : [wasm] }),
  };
}

/** The folds of such a problem, made again from their rule. @throws OptionError */
export function foldsOfNetworks({ y }: Dataset, { folds = 1, seed }: Split, network: unknown): Fold[] {
  const { task } = checkNetwork("network", network);
  const members = checkNumber("folds", folds, { min: 1, max: 20, integer: true });
  return networkFolds(y.length, task === "classification" ? y : null, members, seed);
}

/** @throws OptionError for anything but the facts of networks */
export function checkNetwork(where: string, given: unknown): NetworkFacts {
  const { task, outputs, classWeight, optimizer, backend } = (isPlainObject(given) ? given : {}) as NetworkFacts;
  checkName(`${where}: task`, task, ["classification", "regression"]);
  checkNumber(`${where}: outputs`, outputs, { min: 1, max: 2 ** 24, integer: true });
  checkName(`${where}: optimizer`, optimizer, tableOptimizers);
  checkName(`${where}: backend`, backend, backendNames);
  if (classWeight === null || classWeight === "balanced" || isPlainObject(classWeight)) {
    return { task, outputs, classWeight, optimizer, backend };
  }
  throw new OptionError(`${where}: classWeight: expected weights by class, got ${show(classWeight)}.`);
}

const epochsFrom1 = { min: 1, max: 1e6, integer: true };

/** @throws OptionError for anything but the options of a task */
export function checkNetworkOptions(where: string, given: object): NetworkOptions {
  const options = given as NetworkOptions;
  const { hiddenLayerSizes, epochs, l2, dropout, learningRate, seed, patience } = options;
  if (!Array.isArray(hiddenLayerSizes) || !Array.isArray(epochs) || epochs.length === 0) {
    throw new OptionError(`${where}: expected lists of sizes and epochs, got ${show(given)}.`);
  }
  for (const units of hiddenLayerSizes) {
    checkNumber(`${where}: hiddenLayerSizes`, units, { min: 1, max: 2 ** 16, integer: true });
  }
  for (const count of epochs) checkNumber(`${where}: epochs`, count, epochsFrom1);
  checkNumber(`${where}: l2`, l2, { min: 0 });
  checkNumber(`${where}: dropout`, dropout, { min: 0, below: 1 });
  checkNumber(`${where}: learningRate`, learningRate, { above: 0 });
  checkNumber(`${where}: seed`, seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  if (patience !== null) checkNumber(`${where}: patience`, patience, epochsFrom1);
  return options;
}

/** Trains one network. @throws NonFiniteError where it leaves the finite numbers */
export async function runNetwork(
  problem: PlainProblem,
  { subject, fold }: Task,
): Promise<{ score: number; network: NetworkResult } & Pick<TaskResult, "weights">> {
  const { x, y, inputShape, targetShape, folds, wasm } = problem;
  const facts = checkNetwork("network", problem.network);
  const { epochs, patience, seed, keep, ...setting } = checkNetworkOptions("options", subject.options);
  const dataset = Dataset.from({ x, y }, { inputShape, targetShape });
  const parts = { train: dataset.select(folds[fold].train), check: dataset.select(folds[fold].test) };
  const modules = wasm ? { wasm: wasm as CheckedRuntime["wasm"] } : {};
  const runtime = { backend: facts.backend, threads: 1, deterministic: true, ...modules } as CheckedRuntime;
  const own: Problem = { ...facts, runtime, hiddenLayerSizes: null, epochs: null };
  const model = await makeNetwork(setting, sizeOf(inputShape), own, seed);
  try {
    const losses: { loss: number[]; valLoss: number[] } = { loss: [], valLoss: [] };
    for (const count of epochs) {
      const { loss, valLoss } = await trainNetwork(model, parts, own, { epochs: count, patience, signal: undefined });
      losses.loss.push(...loss);
      losses.valLoss.push(...valLoss);
    }
    const weights = await hashOfWeights(model);
    const file = keep ? { file: encodeBase64(model.save({ optimizer: false })) } : {};
    const score = -leastOf(losses.valLoss, Number.POSITIVE_INFINITY);
    return { score, ...(weights && { weights }), network: { ...losses, ...file } };
  } finally {
    model.dispose();
  }
}

/** True for a failure that a setting is to blame for: its network left the finite numbers. */
export const hasDiverged = ({ name }: Failure): boolean => name === "NonFiniteError";
