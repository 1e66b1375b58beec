/** From plain data to scikit-learn's attributes. */

import { FormatError, located } from "../../base/errors.js";
import { type Given, number, readOptions } from "../../base/options.js";
import { forSyncCalls, type OnWarning } from "../../data/onWarning.js";
import { addEveryLoss } from "../../specs/losses/every.js";
import { type LossSpec, resolveLoss } from "../../specs/losses/table.js";
import type { OptimizerSpec } from "../../specs/optimizers/facts.js";
import { activationText, type Chain, chainOf, idleNotes, type Link } from "../chain.js";
import { checkPortable, type Portable, type PortableTensor } from "../portable.js";
import { rowsOf } from "../tables.js";
import { type WritingOptions, writingOptions } from "../writing.js";
import {
  ACTIVATIONS,
  AUTO_BATCH,
  gradientRatio,
  LOSSES,
  OUT_ACTIVATIONS,
  type SklearnActivation,
  type SklearnEstimator,
  type SklearnOptimizer,
} from "./estimator.js";

/** Options of `writeSklearn`. */
const writeSklearnOptions = {
  /** Rows of a batch in scikit-learn, by which it divides `alpha`, its l2 penalty. @default 200 */
  batchSize: number({ min: 1, max: 2 ** 31 - 1, integer: true }, AUTO_BATCH),
  ...writingOptions,
};

/** Options of `writeSklearn`. */
export interface WriteSklearnOptions extends WritingOptions, Given<typeof writeSklearnOptions> {}

/**
 * Writes JSON for `from_json` of `sklearnCode` in Python, which makes an `MLPClassifier` or `MLPRegressor` of it that
 * predicts the same and trains on, and a `StandardScaler` if the model begins with `normalization`. Adam and SGD with
 * momentum take their memory along, if the model was compiled with the loss that scikit-learn has.
 * @throws FormatError naming a layer or activation that scikit-learn's MLP does not have; OptionError
 */
export function writeSklearn(source: Portable, options: WriteSklearnOptions = {}): string {
  return writeSklearnFor("writeSklearn", source, options, arguments);
}

/** `writeSklearn` for the function `where`. */
export function writeSklearnFor(
  where: string,
  source: Portable,
  options: WriteSklearnOptions,
  extra?: ArrayLike<unknown>,
): string {
  checkPortable(where, source);
  const { batchSize, onWarning } = readOptions(where, writeSklearnOptions, options, extra);
  const chain = chainOf(where, "scikit-learn's MLP", source);
  return located(where, () => jsonOf(source, chain, batchSize, forSyncCalls(onWarning)));
}

function jsonOf(source: Portable, chain: Chain, batchSize: number, onWarning: OnWarning): string {
  const { links } = chain;
  const activation = hiddenActivation(links);
  const out = outActivation(links[links.length - 1]);
  const outputs = links[links.length - 1].spec.units;
  const isClassifier = out === "logistic" || out === "softmax";
  const solver = solverOf(source, links, out, outputs, batchSize);
  const estimator: SklearnEstimator = {
    estimator: isClassifier ? "MLPClassifier" : "MLPRegressor",
    params: {
      hidden_layer_sizes: links.slice(0, -1).map(({ spec }) => spec.units),
      activation,
      ...(out === "exp" && { loss: "poisson" }),
      ...solver.params,
    },
    n_features_in_: links[0].kernel.shape[0],
    ...(source.features && { feature_names_in_: source.features }),
    n_outputs_: outputs,
    n_layers_: links.length + 1,
    out_activation_: out,
    ...(isClassifier && {
      classes_: source.classes ?? Array.from({ length: outputs === 1 ? 2 : outputs }, (_, i) => i),
    }),
    coefs_: links.map(({ kernel }) => rowsOf(kernel)),
    intercepts_: links.map(({ bias, spec }) => (bias ? Array.from(bias.data) : Array(spec.units).fill(0))),
    n_iter_: source.training?.epoch ?? 0,
    optimizer: solver.memory,
    scaler: scalerOf(chain),
  };
  for (const note of [...source.notes, ...idleNotes(chain.idle), ...solver.notes]) onWarning(note);
  return JSON.stringify(estimator);
}

/** The activation of all layers but the last. */
function hiddenActivation(links: readonly Link[]): SklearnActivation {
  const hidden = links.slice(0, -1);
  const found = hidden.map((link) => nameOf(link, ACTIVATIONS));
  const other = found.findIndex((name) => name !== found[0]);
  if (other > 0) {
    throw new FormatError(
      `${hidden[other].name}: scikit-learn's MLP has one activation for all hidden layers, ` +
        `got ${hidden[other].activation.type} after ${hidden[0].activation.type}. Export to simdgrad/torch or simdgrad/code instead.`,
    );
  }
  return found[0] ?? "relu";
}

function outActivation(link: Link): SklearnEstimator["out_activation_"] {
  return nameOf(link, OUT_ACTIVATIONS);
}

/** scikit-learn's name of the activation of a layer. @throws FormatError if it has none */
function nameOf<Name extends string>({ name, activation }: Link, table: Readonly<Record<Name, string>>): Name {
  const names = Object.keys(table) as Name[];
  const found = names.find((key) => table[key] === activation.type);
  if (found && Object.keys(activation).length === 1) return found;
  const known = names.map((key) => table[key]).join(", ");
  const got = activationText(activation);
  throw new FormatError(
    `${name}: scikit-learn's MLP has ${known} here, got ${got}. Export to simdgrad/torch or simdgrad/code instead.`,
  );
}

/** Divides by max(√variance, 1e-7), as `normalization` does. */
function scalerOf({ scale }: Chain): NonNullable<SklearnEstimator["scaler"]> | null {
  if (!scale) return null;
  return {
    mean_: Array.from(scale.mean),
    scale_: Array.from(scale.variance, (variance) => Math.max(Math.sqrt(variance), 1e-7)),
  };
}

interface Solver {
  readonly params: Readonly<Record<string, unknown>>;
  readonly memory: SklearnOptimizer | null;
  readonly notes: readonly string[];
}

/** Solver, penalty and memory; only the penalty where scikit-learn has no such loss or optimizer. */
function solverOf(
  { compiled, training }: Portable,
  links: readonly Link[],
  out: keyof typeof LOSSES,
  outputs: number,
  batchSize: number,
): Solver {
  const ratio = gradientRatio(out, outputs);
  const penalty = { alpha: penaltyOf(links) * 2 * ratio * batchSize };
  const reason = compiled && reasonAgainst(compiled.optimizer, compiled.loss, LOSSES[out], links);
  if (!compiled || reason) {
    return { params: penalty, memory: null, notes: reason ? [`scikit-learn trains in its own way: ${reason}.`] : [] };
  }
  const notes = compiled.metrics.length > 0 ? ["Metrics are left out."] : [];
  const { optimizer } = compiled;
  const learningRate = (training?.learningRate ?? optimizer.learningRate) as number;
  const slot = (name: string, factor: number) => {
    const values = training?.slots.get(name);
    const read = (link: Link, weight: string) => values?.get(`${link.name}/${weight}`) as PortableTensor;
    const kernels = links.map((link) => rowsOf(times(read(link, "kernel"), factor)));
    return [...kernels, ...links.map((link) => Array.from(times(read(link, "bias"), factor).data))];
  };
  if (optimizer.type === "adam") {
    const { beta1, beta2, epsilon } = optimizer;
    const params = { solver: "adam", learning_rate_init: learningRate, beta_1: beta1, beta_2: beta2 };
    const memory = training && { t: training.step, ms: slot("m", ratio), vs: slot("v", ratio * ratio) };
    return { params: { ...params, epsilon: epsilon * ratio, ...penalty }, memory, notes };
  }
  const { momentum = 0, nesterov = false } = optimizer as { momentum?: number; nesterov?: boolean };
  const params = { solver: "sgd", learning_rate_init: learningRate / ratio, momentum, nesterovs_momentum: nesterov };
  const memory = training && momentum > 0 ? { velocities: slot("velocity", 1) } : null;
  return { params: { ...params, ...penalty }, memory, notes };
}

function times({ shape, data }: PortableTensor, factor: number): PortableTensor {
  return { shape, data: data.map((value) => value * factor) };
}

/** The factor of l2 that all kernels share, and 0 if they differ or have another penalty. */
function penaltyOf(links: readonly Link[]): number {
  const strengths = links.map(({ spec: { kernelRegularizer: penalty } }) => {
    return penalty?.type === "l1l2" && penalty.l1 === 0 ? penalty.l2 : 0;
  });
  return strengths.every((strength) => strength === strengths[0]) ? strengths[0] : 0;
}

/** The options of an optimizer that scikit-learn has, by type. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  adam: ["beta1", "beta2", "epsilon"],
  sgd: ["momentum", "nesterov"],
};

/** The reason why scikit-learn cannot take the same steps; `null` if it can. */
function reasonAgainst(
  optimizer: OptimizerSpec,
  loss: LossSpec,
  wanted: string,
  links: readonly Link[],
): string | null {
  const { type, learningRate, ...more } = optimizer;
  const own = OWN[type];
  if (!own) return `it has no optimizer ${type}`;
  if (typeof learningRate !== "number") return "its learning rate is a number";
  const extra = Object.entries(more).find(([key, value]) => !own.includes(key) && !isOff(key, value));
  if (extra) return `its ${type} has no ${extra[0]}`;
  addEveryLoss();
  const isSame = [wanted, wanted.replace("sparseC", "c")].some(
    (name) => JSON.stringify(loss) === JSON.stringify(resolveLoss("loss", name)),
  );
  if (!isSame) return `it trains with ${wanted}, not with ${loss.type}${loss.type === wanted ? " with options" : ""}`;
  const [{ spec: first }] = links;
  const penalty = (spec: Link["spec"]) => JSON.stringify(spec.kernelRegularizer);
  const isL2 =
    !first.kernelRegularizer || (first.kernelRegularizer.type === "l1l2" && first.kernelRegularizer.l1 === 0);
  if (!isL2 || links.some(({ spec }) => penalty(spec) !== penalty(first)))
    return "its penalty is one l2 for all kernels";
  const special = links.find(
    ({ spec }) => !spec.trainable || spec.biasRegularizer || !spec.useBias || constrained(spec),
  );
  return special ? `${special.name} is trained in a way that it does not have` : null;
}

const constrained = ({ kernelConstraint, biasConstraint }: Link["spec"]) => Boolean(kernelConstraint ?? biasConstraint);

/** True for the value of a common option that does nothing. */
function isOff(key: string, value: unknown): boolean {
  if (key === "gradientAccumulationSteps") return value === 1;
  if (key === "emaMomentum") return true;
  if (key === "compat") return value === "keras";
  return value === null || value === false || value === 0 || (Array.isArray(value) && value.length === 0);
}
