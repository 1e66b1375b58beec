/** Options of the estimators: types, scikit-learn's defaults, checks. Knows no data and no models. */

import { checkNumber, OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import {
  flag,
  func,
  type Given,
  type Kept,
  listOf,
  number,
  numberOr,
  oneOf,
  optional,
  readOptions,
  unchecked,
  via,
} from "../base/options.js";
import { signalOption } from "../base/signal.js";
import { callbacksOption } from "../callbacks/callback.js";
import { type CheckedRuntime, type RuntimeOptions, runtimeOptions } from "../model/options.js";
import { type Activation, type ActivationSpec, resolveActivation } from "../specs/activations.js";
import { adam } from "../specs/optimizers/adam.js";
import { type Optimizer, type OptimizerSpec, resolveOptimizer } from "../specs/optimizers/facts.js";
import { sgd } from "../specs/optimizers/sgd.js";

const sizes = listOf("a list such as [100]", number({ min: 1, max: 2 ** 24, integer: true }));
const positive = { min: 1, max: 2 ** 31 - 1, integer: true };

/** Options that decide what is learned: a file holds them. */
const learningOptions = {
  /** Units of each hidden layer, from input to output; [] for a linear model. @default [100] */
  hiddenLayerSizes: via<readonly number[], readonly number[]>(sizes.check, [100]),
  /** Activation of the hidden layers. @default "relu" */
  activation: via<Activation, ActivationSpec>(resolveActivation, "relu"),
  /**
   * (`solver`) "adam" and "sgd" with scikit-learn's constants, "lbfgs" for small data (all rows are one batch), or any
   * optimizer. @default "adam"
   */
  optimizer: unchecked<Optimizer>("adam"),
  /** (`learning_rate_init`) Of optimizers given by name. @default 0.001 for "adam" and "sgd", else the optimizer's */
  learningRate: optional(number({ above: 0 })),
  /**
   * (`learning_rate`) The rate from epoch to epoch, of "sgd" only. "constant"; "invscaling": learningRate / (t +
   * 1)^powerT with t the rows that this `fit` has trained on; "adaptive": a fifth of it whenever training would stop
   * because nothing improves, until it is at most 1e-6. @default "constant"
   */
  learningRateSchedule: oneOf(["constant", "invscaling", "adaptive"], "constant"),
  /** Power of the schedule "invscaling". @default 0.5 */
  powerT: optional(number({ min: 0 })),
  /** Weight decay by the loss: ½ alpha Σ w² / batchSize over all kernels. @default 0.0001 */
  alpha: number({ min: 0 }, 1e-4),
  /** Rows per step; `auto` takes 200, or all where there are fewer. @default "auto" */
  batchSize: numberOr("auto", positive),
  /** (`max_iter`) Most passes over the data. @default 200 */
  maxEpochs: number(positive, 200),
  /** (`tol`) Less than this is no improvement. @default 0.0001 */
  tolerance: number({ min: 0 }, 1e-4),
  /** (`n_iter_no_change`) Epochs without improvement before training stops. @default 10 */
  patience: number(positive, 10),
  /** Hold rows back and stop when their score stands still; the weights of the best epoch stay. @default false */
  earlyStopping: flag(false),
  /** Share of the rows to hold back, stratified by class. @default 0.1 */
  validationFraction: number({ above: 0, below: 1 }, 0.1),
  /** New order of rows in each epoch. @default true */
  shuffle: flag(true),
  /** (`random_state`) Decides weights, orders and what is held back. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
  /** Let `fit` go on from the weights of the last `fit`. @default false */
  warmStart: flag(false),
};

/** Options that belong to a program, not to a file or a worker. */
export const localOptions = {
  /** Hooks of each epoch and batch. @default [] */
  callbacks: callbacksOption,
  /** Ends training after the running batch. */
  signal: signalOption,
  /** Told when `maxEpochs` passed and the loss was still falling. @default console.warn */
  onWarning: func<(message: string) => unknown>(() => console.warn),
};

/** Weights of classes by label. */
type ClassWeight = "balanced" | Readonly<Record<string, number>>;

/** Options that only `MLPClassifier` has. */
export const classifierOptions = {
  /**
   * Weight in the loss of each class that is not to count 1, by its label: `{ cat: 2 }`. "balanced" gives class c the
   * weight n / (classes · rows of c), as scikit-learn does; `partialFit` cannot know that.
   */
  classWeight: optional(via<ClassWeight, ClassWeight>(checkClassWeight)),
};

/** Options that only `MLPRegressor` has. */
const regressorOptions = {
  /**
   * Learn (y − mean) / standard deviation of each output, and give predictions in the units of y. `lossCurve` and
   * `model` are of the standardized targets. (scikit-learn: `TransformedTargetRegressor` with `StandardScaler`.)
   * @default false
   */
  standardizeTarget: flag(false),
  /**
   * "squaredError", or "poisson" for counts and other y >= 0: exponential outputs p, and the loss p − y ln p.
   * (scikit-learn 1.7; its `loss_curve_` has the constant y ln y − y added.) @default "squaredError"
   */
  loss: oneOf(["squaredError", "poisson"], "squaredError"),
};

/** Options that a file holds, by the name of the estimator. */
const storedOptions = {
  MLPClassifier: { ...learningOptions, ...classifierOptions },
  MLPRegressor: { ...learningOptions, ...regressorOptions },
};

/** Name of an estimator. */
export type MLPName = "MLPClassifier" | "MLPRegressor";

/** Every option, by the name of the estimator. */
const mlpOptions = {
  MLPClassifier: { ...learningOptions, ...localOptions, ...classifierOptions, ...runtimeOptions },
  MLPRegressor: { ...learningOptions, ...localOptions, ...regressorOptions, ...runtimeOptions },
};

/** Options of `MLPClassifier` and `MLPRegressor`; in brackets what scikit-learn calls those it names otherwise. */
export interface MLPOptions extends Given<typeof learningOptions>, Given<typeof localOptions>, RuntimeOptions {}

/** Options of `MLPClassifier`. */
export interface MLPClassifierOptions extends MLPOptions, Given<typeof classifierOptions> {}

/** Options of `MLPRegressor`. */
export interface MLPRegressorOptions extends MLPOptions, Given<typeof regressorOptions> {}

/** `MLPOptions`, checked, with defaults. */
export interface CheckedMLP
  extends Omit<Kept<typeof learningOptions>, "optimizer" | "learningRate">,
    Kept<typeof localOptions>,
    Kept<typeof classifierOptions>,
    Partial<Kept<typeof regressorOptions>> {
  /** Spelled out, with the learning rate of the options where it is given by name. @default "adam" */
  readonly optimizer: OptimizerSpec;
  /** Options of the runtime. */
  readonly runtime: CheckedRuntime;
}

/** Names become optimizers with scikit-learn's constants: epsilon 1e-8, momentum 0.9 after Nesterov. */
function resolveSolver(where: string, optimizer: Optimizer, rate: number | undefined): OptimizerSpec {
  const learningRate = rate ?? 1e-3;
  if (optimizer === "adam") return adam({ learningRate, epsilon: 1e-8 });
  if (optimizer === "sgd") return sgd({ learningRate, momentum: 0.9, nesterov: true });
  const spec = resolveOptimizer(`${where}: optimizer`, optimizer);
  if (rate === undefined) return spec;
  if (typeof optimizer === "string") return { ...spec, learningRate };
  throw new OptionError(
    `${where}: learningRate: the optimizer has one of its own. Give it there: adam({ learningRate: ${rate} }).`,
  );
}

function checkClassWeight(where: string, given: unknown): ClassWeight {
  if (given === "balanced") return given;
  if (!isPlainObject(given)) {
    throw new OptionError(`${where}: expected { label: weight, … } or "balanced", got ${show(given)}.`);
  }
  const entries = Object.entries(given).map(([label, weight]) => {
    return [label, checkNumber(`${where}[${show(label)}]`, weight, { min: 0 })];
  });
  return Object.fromEntries(entries);
}

/** Names of the options that an estimator takes. */
export function optionNames(estimator: MLPName): string[] {
  return Object.keys(mlpOptions[estimator]);
}

/** Names of the options that a file holds; the learning rate is the optimizer's. */
export function storedNames(estimator: MLPName): string[] {
  return Object.keys(storedOptions[estimator]).filter((name) => name !== "learningRate");
}

/** Those options that say how a model runs. */
export function runtimeOf({ backend, threads, deterministic, wasm }: CheckedRuntime): CheckedRuntime {
  return { backend, threads, deterministic, ...(wasm !== undefined && { wasm }) };
}

/** A copy of options, of those that are data as deep as they go; options that are not known stay, to be refused. */
export function copyOptions<Options extends MLPOptions>(options: Options): Options {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return Array.from(value, copy);
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
  };
  const isData = (key: string) => !Object.hasOwn(localOptions, key) && !Object.hasOwn(runtimeOptions, key);
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, isData(key) ? copy(value) : value])) as Options;
}

/** Checks the options of an estimator. @throws OptionError with the nearest known name. */
export function checkMLP(where: string, options: MLPOptions, estimator: MLPName): CheckedMLP {
  refuseOtherNames(where, options, Object.keys(mlpOptions[estimator]));
  const { optimizer, learningRate, ...checked } = readOptions(where, mlpOptions[estimator], options);
  const solver = resolveSolver(where, optimizer, learningRate);
  checkSchedule(where, solver, checked);
  const { loss, standardizeTarget } = checked as Partial<Kept<typeof regressorOptions>>;
  if (loss === "poisson" && standardizeTarget) {
    throw new OptionError(`${where}: give either loss: "poisson" or standardizeTarget, not both: means are below 0.`);
  }
  return { ...checked, optimizer: solver, runtime: runtimeOf(checked) };
}

/** Names that scikit-learn and Keras have for options. */
const otherNames = new Map([
  ["max_iter", "maxEpochs"],
  ["epochs", "maxEpochs"],
  ["solver", "optimizer"],
  ["random_state", "seed"],
  ["tol", "tolerance"],
  ["n_iter_no_change", "patience"],
]);

/** @throws OptionError with the name here, for one that looks too different for the usual hint */
function refuseOtherNames(where: string, options: object, known: readonly string[]): void {
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  for (const key of Object.keys(options ?? {})) {
    const meant = known.includes(key) ? undefined : otherNames.get(snake(key));
    if (meant) throw new OptionError(`${where}: unknown option ${show(key)}. Did you mean ${show(meant)}?`);
  }
}

/** @throws OptionError for a schedule that the optimizer does not have, and a power that has no effect. */
function checkSchedule(
  where: string,
  { type, learningRate }: OptimizerSpec,
  { learningRateSchedule, powerT }: Pick<CheckedMLP, "learningRateSchedule" | "powerT">,
): void {
  if (powerT !== undefined && learningRateSchedule !== "invscaling") {
    const only = 'has an effect with learningRateSchedule: "invscaling" only';
    throw new OptionError(`${where}: powerT ${only}, got ${show(learningRateSchedule)}. Leave it out.`);
  }
  if (learningRateSchedule === "constant" || (type === "sgd" && typeof learningRate === "number")) return;
  const got = type === "sgd" ? "a learning rate with a schedule of its own" : `the optimizer ${show(type)}`;
  const remedy = 'Give optimizer: "sgd", or leave the schedule out';
  throw new OptionError(
    `${where}: learningRateSchedule: expected "sgd" with a number as its rate, got ${got}. ${remedy}.`,
  );
}
