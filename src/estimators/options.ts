/** Options of the estimators: types, scikit-learn's defaults, checks. Knows no data and no models. */

import { checkBoolean, checkKeys, checkName, checkNumber, OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { kindOf, type Signal } from "../base/kinds.js";
import { type Callback, resolveCallbacks } from "../callbacks/callback.js";
import { RUNTIME_KEYS, type RuntimeOptions } from "../model/options.js";
import { type Activation, type ActivationSpec, resolveActivation } from "../specs/activations.js";
import { adam } from "../specs/optimizers/adam.js";
import { type Optimizer, type OptimizerSpec, resolveOptimizer } from "../specs/optimizers/index.js";
import { sgd } from "../specs/optimizers/sgd.js";

/** Options of `MLPClassifier` and `MLPRegressor`; in brackets what scikit-learn calls those it names otherwise. */
export interface MLPOptions extends RuntimeOptions {
  /** Units of each hidden layer, from input to output; [] for a linear model. @default [100] */
  hiddenLayerSizes?: readonly number[];
  /** Of the hidden layers. @default "relu" */
  activation?: Activation;
  /**
   * (`solver`) "adam" and "sgd" with scikit-learn's constants, "lbfgs" for small data (all rows are one batch), or any
   * optimizer. @default "adam"
   */
  optimizer?: Optimizer;
  /** (`learning_rate_init`) Of optimizers given by name. @default 0.001 for "adam" and "sgd", else the optimizer's */
  learningRate?: number;
  /** Weight decay by the loss: ½ alpha Σ w² / batchSize over all kernels. @default 0.0001 */
  alpha?: number;
  /** Rows per step; `auto` takes 200, or all where there are fewer. @default "auto" */
  batchSize?: "auto" | number;
  /** (`max_iter`) Most passes over the data. @default 200 */
  maxEpochs?: number;
  /** (`tol`) Less than this is no improvement. @default 0.0001 */
  tolerance?: number;
  /** (`n_iter_no_change`) Epochs without improvement before training stops. @default 10 */
  patience?: number;
  /** Hold rows back and stop when their score stands still; the weights of the best epoch stay. @default false */
  earlyStopping?: boolean;
  /** Share of the rows to hold back, stratified by class. @default 0.1 */
  validationFraction?: number;
  /** New order of rows in each epoch. @default true */
  shuffle?: boolean;
  /** (`random_state`) Decides weights, orders and what is held back. @default 0 */
  seed?: number;
  /** Let `fit` go on from the weights of the last `fit`. @default false */
  warmStart?: boolean;
  /** Hooks of each epoch and batch. @default [] */
  callbacks?: readonly Callback[];
  /** Ends training after the running batch. */
  signal?: Signal;
  /** Told when `maxEpochs` passed and the loss was still falling. @default console.warn */
  onWarning?: (message: string) => void;
}

/** Options of `MLPClassifier`. */
export interface MLPClassifierOptions extends MLPOptions {
  /**
   * Weight in the loss of each class that is not to count 1, by its label: `{ cat: 2 }`. "balanced" gives class c the
   * weight n / (classes · rows of c), as scikit-learn does; `partialFit` cannot know that.
   */
  classWeight?: "balanced" | Readonly<Record<string, number>>;
}

/** Options of `MLPRegressor`. */
export interface MLPRegressorOptions extends MLPOptions {
  /**
   * Learn (y − mean) / standard deviation of each output, and give predictions in the units of y. `lossCurve` and
   * `model` are of the standardized targets. (scikit-learn: `TransformedTargetRegressor` with `StandardScaler`.)
   * @default false
   */
  standardizeTarget?: boolean;
}

/** The estimators by name, each with the options that only it has. */
const OWN_OPTIONS = { MLPClassifier: ["classWeight"], MLPRegressor: ["standardizeTarget"] };

/** Name of an estimator. */
export type MLPName = keyof typeof OWN_OPTIONS;

/** `MLPOptions`, checked, with defaults. */
export interface CheckedMLP {
  readonly hiddenLayerSizes: readonly number[];
  readonly activation: ActivationSpec;
  readonly optimizer: OptimizerSpec;
  readonly alpha: number;
  readonly batchSize: "auto" | number;
  readonly maxEpochs: number;
  readonly tolerance: number;
  readonly patience: number;
  readonly earlyStopping: boolean;
  readonly validationFraction: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly warmStart: boolean;
  readonly callbacks: readonly Callback[];
  readonly signal: Signal | undefined;
  readonly onWarning: (message: string) => void;
  readonly runtime: RuntimeOptions;
  readonly classWeight: "balanced" | Readonly<Record<string, number>> | undefined;
  readonly standardizeTarget: boolean;
}

const KEYS = [
  "hiddenLayerSizes",
  "activation",
  "optimizer",
  "learningRate",
  "alpha",
  "batchSize",
  "maxEpochs",
  "tolerance",
  "patience",
  "earlyStopping",
  "validationFraction",
  "shuffle",
  "seed",
  "warmStart",
  "callbacks",
  "signal",
  "onWarning",
];

/** Options that belong to a program, not to a file or a worker. */
export const LOCAL_KEYS = ["callbacks", "signal", "onWarning"];

/** Names become optimizers with scikit-learn's constants: epsilon 1e-8, momentum 0.9 after Nesterov. */
function resolveSolver(where: string, optimizer: Optimizer, rate: number | undefined): OptimizerSpec {
  const learningRate = checkNumber(`${where}: learningRate`, rate ?? 1e-3, { above: 0 });
  if (optimizer === "adam") return adam({ learningRate, epsilon: 1e-8 });
  if (optimizer === "sgd") return sgd({ learningRate, momentum: 0.9, nesterov: true });
  const spec = resolveOptimizer(`${where}: optimizer`, optimizer);
  if (rate === undefined) return spec;
  if (typeof optimizer === "string") return { ...spec, learningRate };
  throw new OptionError(
    `${where}: learningRate: the optimizer has one of its own. Give it there: adam({ learningRate: ${rate} }).`,
  );
}

function checkSizes(where: string, sizes: unknown): number[] {
  if (!Array.isArray(sizes)) {
    throw new OptionError(`${where}: hiddenLayerSizes: expected a list such as [100], got ${show(sizes)}.`);
  }
  return sizes.map((size, i) =>
    checkNumber(`${where}: hiddenLayerSizes[${i}]`, size, { min: 1, max: 2 ** 24, integer: true }),
  );
}

function checkClassWeight(where: string, given: unknown): CheckedMLP["classWeight"] {
  if (given === undefined || given === "balanced") return given;
  if (!isPlainObject(given)) {
    throw new OptionError(`${where}: classWeight: expected { label: weight, … } or "balanced", got ${show(given)}.`);
  }
  const entries = Object.entries(given).map(([label, weight]) => {
    return [label, checkNumber(`${where}: classWeight[${show(label)}]`, weight, { min: 0 })];
  });
  return Object.fromEntries(entries);
}

/** Names of the options that an estimator takes. */
export function optionNames(estimator: MLPName): string[] {
  return [...KEYS, ...OWN_OPTIONS[estimator], ...RUNTIME_KEYS];
}

/** A copy of options, of those that are data as deep as they go; options that are not known stay, to be refused. */
export function copyOptions<Options extends MLPOptions>(options: Options): Options {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return Array.from(value, copy);
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
  };
  const isData = (key: string) => ![...LOCAL_KEYS, ...RUNTIME_KEYS].includes(key);
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, isData(key) ? copy(value) : value])) as Options;
}

/** Checks the options of an estimator. @throws OptionError with the nearest known name. */
export function checkMLP(
  where: string,
  options: MLPClassifierOptions & MLPRegressorOptions,
  estimator: MLPName,
): CheckedMLP {
  checkKeys(where, options, optionNames(estimator));
  const { hiddenLayerSizes = [100], activation = "relu", optimizer = "adam", batchSize = "auto", seed = 0 } = options;
  const positive = { min: 1, max: 2 ** 31 - 1, integer: true };
  const range = { above: 0, below: 1 };
  const { signal, onWarning = console.warn } = options;
  if (signal !== undefined && kindOf(signal) !== "AbortSignal") {
    throw new OptionError(`${where}: signal: expected an AbortSignal, got ${show(signal)}.`);
  }
  if (typeof onWarning !== "function") {
    throw new OptionError(`${where}: onWarning: expected a function, got ${show(onWarning)}.`);
  }
  if (typeof batchSize === "string") checkName(`${where}: batchSize`, batchSize, ["auto"]);
  return {
    hiddenLayerSizes: checkSizes(where, hiddenLayerSizes),
    activation: resolveActivation(`${where}: activation`, activation),
    optimizer: resolveSolver(where, optimizer, options.learningRate),
    alpha: checkNumber(`${where}: alpha`, options.alpha ?? 1e-4, { min: 0 }),
    batchSize: batchSize === "auto" ? batchSize : checkNumber(`${where}: batchSize`, batchSize, positive),
    maxEpochs: checkNumber(`${where}: maxEpochs`, options.maxEpochs ?? 200, positive),
    tolerance: checkNumber(`${where}: tolerance`, options.tolerance ?? 1e-4, { min: 0 }),
    patience: checkNumber(`${where}: patience`, options.patience ?? 10, positive),
    earlyStopping: checkBoolean(`${where}: earlyStopping`, options.earlyStopping ?? false),
    validationFraction: checkNumber(`${where}: validationFraction`, options.validationFraction ?? 0.1, range),
    shuffle: checkBoolean(`${where}: shuffle`, options.shuffle ?? true),
    seed: checkNumber(`${where}: seed`, seed, { min: 0, integer: true }),
    warmStart: checkBoolean(`${where}: warmStart`, options.warmStart ?? false),
    callbacks: resolveCallbacks(options.callbacks ?? []),
    signal,
    onWarning,
    runtime: Object.fromEntries(Object.entries(options).filter(([key]) => RUNTIME_KEYS.includes(key))),
    classWeight: checkClassWeight(where, options.classWeight),
    standardizeTarget: checkBoolean(`${where}: standardizeTarget`, options.standardizeTarget ?? false),
  };
}
