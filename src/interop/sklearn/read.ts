/** From scikit-learn's attributes to plain data. Trusts nothing in them. */
import { counted } from "../../base/counted.js";
import { FormatError, located, OptionError, show } from "../../base/errors.js";
import { type Given, number, optional, readOptions } from "../../base/options.js";
import type { Compiled } from "../../program/types.js";
import type { ActivationSpec } from "../../specs/activations.js";
import { dense } from "../../specs/layers/dense.js";
import { normalization } from "../../specs/layers/normalization.js";
import { addEveryLoss } from "../../specs/losses/every.js";
import { resolveLoss } from "../../specs/losses/table.js";
import { adam } from "../../specs/optimizers/adam.js";
import type { OptimizerSpec } from "../../specs/optimizers/facts.js";
import { sgd } from "../../specs/optimizers/sgd.js";
import { l2 } from "../../specs/regularizers.js";
import {
  type ClassName,
  type Portable,
  type PortableLayer,
  type PortableTensor,
  type PortableTraining,
  portable,
} from "../portable.js";
import { listIn, matrixIn, modelJsonIn, numberIn, objectIn, vectorIn } from "../tables.js";
import { ACTIVATIONS, AUTO_BATCH, gradientRatio, LOSSES, OUT_ACTIVATIONS } from "./estimator.js";

/** True for the JSON of an estimator, by two of its attributes. */
export function isSklearn(json: object): boolean {
  return "coefs_" in json && "intercepts_" in json;
}

/** Options of `readSklearn`. */
export const readSklearnOptions = {
  /** Rows of a batch, by which scikit-learn divides `alpha`. @default its `batch_size`, or 200 where that is "auto" */
  batchSize: optional(number({ min: 1, max: 2 ** 31 - 1, integer: true })),
};

/** Options of `readSklearn`. */
export interface ReadSklearnOptions extends Given<typeof readSklearnOptions> {}

type Json = Readonly<Record<string, unknown>>;

/** A dense layer as the file has it. */
interface Table {
  readonly kernel: PortableTensor;
  readonly bias: PortableTensor;
}

/**
 * Reads the JSON that `to_json` of `sklearnCode` writes in Python: an `MLPClassifier` or `MLPRegressor`, and a
 * `StandardScaler` before it. The model predicts the same, and trains on with the same steps, optimizer's memory
 * included. Weights are rounded to float32.
 * @throws FormatError naming the attribute that is missing or wrong; OptionError
 */
export function readSklearn(source: string | Uint8Array | object, options: ReadSklearnOptions = {}): Portable {
  return readSklearnFor("readSklearn", source, options, arguments);
}

/** `readSklearn` for the function `where`. */
export function readSklearnFor(
  where: string,
  source: string | Uint8Array | object,
  options: ReadSklearnOptions,
  extra?: ArrayLike<unknown>,
): Portable {
  const { batchSize } = readOptions(where, readSklearnOptions, options, extra);
  const json = modelJsonIn(where, source, "sklearn");
  return located(where, () => portableIn(json, batchSize));
}

function portableIn(json: Json, batchSize: number | undefined): Portable {
  const name = oneIn("estimator", json.estimator, ["MLPClassifier", "MLPRegressor"] as const);
  const params = objectIn(`params`, json.params ?? { activation: json.activation });
  const hidden = ACTIVATIONS[oneIn("params.activation", params.activation, keysOf(ACTIVATIONS))];
  const out = oneIn("out_activation_", json.out_activation_, keysOf(OUT_ACTIVATIONS));
  if ((name === "MLPRegressor") !== (out === "identity" || out === "exp")) {
    throw new FormatError(`out_activation_: expected another than ${show(out)} in an ${name}.`);
  }
  const tables = readTables(json);
  const last = tables[tables.length - 1];
  const outputs = last.bias.data.length;
  const ratio = gradientRatio(out, outputs);
  const notes: string[] = [];
  const strength = penaltyOf(params, ratio, batchSize, notes);
  const layers = tables.map(({ kernel, bias }, i): PortableLayer => {
    const type = i === tables.length - 1 ? OUT_ACTIVATIONS[out] : hidden;
    const penalty = strength > 0 ? { kernelRegularizer: l2(strength) } : {};
    const spec = dense({ units: bias.data.length, activation: { type } as ActivationSpec, ...penalty });
    return { name: `dense_${i + 1}`, spec, weights: new Map(Object.entries({ kernel, bias })) };
  });
  const inputs = tables[0].kernel.shape[0];
  const scaler = readScaler(json.scaler, inputs);
  const compiled = readCompiled(params, out, ratio);
  return portable({
    inputShape: [inputs],
    layers: scaler ? [scaler, ...layers] : layers,
    compiled,
    training: compiled && readTraining(json, compiled.optimizer, tables, ratio, notes),
    classes: out === "identity" || out === "exp" ? null : readClasses(json.classes_, outputs),
    features: json.feature_names_in_ == null ? null : readFeatures(json.feature_names_in_, inputs),
    notes: [...notes, ...leftOut(params)],
  });
}

function oneIn<const Name extends string>(what: string, value: unknown, names: readonly Name[]): Name {
  if (names.includes(value as Name)) return value as Name;
  throw new FormatError(`${what}: expected ${names.map(show).join(" or ")}, got ${show(value)}.`);
}

function keysOf<T extends object>(table: T): (keyof T & string)[] {
  return Object.keys(table) as (keyof T & string)[];
}

/** Kernels and biases, whose sizes fit each other. */
function readTables(json: Json): Table[] {
  const kernels = listIn(`coefs_`, json.coefs_);
  const biases = listIn(`intercepts_`, json.intercepts_);
  if (kernels.length === 0 || kernels.length !== biases.length) {
    throw new FormatError(
      `expected as many intercepts_ as coefs_, got ${kernels.length} coefs_ and ${biases.length} intercepts_.`,
    );
  }
  let columns = json.n_features_in_ === undefined ? null : numberIn(`n_features_in_`, json.n_features_in_);
  return kernels.map((rows, i) => {
    const where = `coefs_[${i}]`;
    const kernel = matrixIn(where, rows);
    if (columns !== null && kernel.shape[0] !== columns) {
      throw new FormatError(`${where}: expected ${counted(columns, "row")}, got ${kernel.shape[0]}.`);
    }
    columns = kernel.shape[1];
    return { kernel, bias: vectorIn(`intercepts_[${i}]`, biases[i], columns) };
  });
}

/** The factor of l2 that gives scikit-learn's ½ alpha Σ w² / rows of the batch. */
function penaltyOf({ alpha = 0, batch_size }: Json, ratio: number, given: number | undefined, notes: string[]): number {
  const strength = numberIn(`params.alpha`, alpha);
  if (strength < 0) throw new FormatError(`params.alpha: expected a number >= 0, got ${strength}.`);
  if (strength === 0) return 0;
  const stored = typeof batch_size === "number" && batch_size >= 1 ? batch_size : null;
  if (!given && !stored) {
    notes.push(
      `scikit-learn divides alpha by the rows of a batch; l2 is for batches of ${AUTO_BATCH}. Give batchSize for others.`,
    );
  }
  return strength / (2 * ratio * (given ?? stored ?? AUTO_BATCH));
}

/** A `StandardScaler`: (x − mean_) / scale_. */
function readScaler(value: unknown, inputs: number): PortableLayer | null {
  if (value === undefined || value === null) return null;
  const { mean_, scale_ } = objectIn(`scaler`, value);
  const mean = mean_ == null ? Array(inputs).fill(0) : vectorIn(`scaler.mean_`, mean_, inputs).data;
  const scale = scale_ == null ? null : listIn(`scaler.scale_`, scale_);
  const variance = Float32Array.from({ length: inputs }, (_, i) => {
    const deviation = scale ? numberIn(`scaler.scale_[${i}]`, scale[i]) : 1;
    if (deviation >= 1e-7 && Number.isFinite(Math.fround(deviation * deviation))) return deviation * deviation;
    throw new FormatError(`scaler.scale_[${i}]: expected a number from 1e-7 to 1e19, got ${show(deviation)}.`);
  });
  if (scale && scale.length !== inputs) {
    throw new FormatError(`scaler.scale_: expected ${counted(inputs, "number")}, got ${scale.length}.`);
  }
  const weights = {
    mean: { shape: [inputs], data: Float32Array.from(mean) },
    variance: { shape: [inputs], data: variance },
  };
  return { name: "normalization_1", spec: normalization(), weights: new Map(Object.entries(weights)) };
}

/** Loss and optimizer as the solver has them; `null` for "lbfgs", which begins anew in each fit. */
function readCompiled(params: Json, out: keyof typeof LOSSES, ratio: number): Compiled | null {
  if (params.solver !== "adam" && params.solver !== "sgd") return null;
  addEveryLoss();
  const loss = resolveLoss("loss", LOSSES[out]);
  const rate = numberIn(`params.learning_rate_init`, params.learning_rate_init ?? 0.001);
  try {
    return { loss, metrics: [], optimizer: optimizerOf(params, rate, ratio) };
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new FormatError(cause.message, { cause });
  }
}

/** Its gradients are `ratio` times ours: the rate of sgd takes that in, and the epsilon of adam. */
function optimizerOf({ solver, ...params }: Json, learningRate: number, ratio: number): OptimizerSpec {
  const { momentum = 0.9, nesterovs_momentum = true, beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-8 } = params;
  if (solver === "adam") {
    const decays = { beta1: numberIn("beta_1", beta_1), beta2: numberIn("beta_2", beta_2) };
    return adam({ learningRate, ...decays, epsilon: numberIn("epsilon", epsilon) / ratio });
  }
  const nesterov = nesterovs_momentum === true && momentum !== 0;
  return sgd({ learningRate: learningRate * ratio, momentum: numberIn("momentum", momentum), nesterov });
}

/** The memory of the solver. Without one, training begins anew. */
function readTraining(
  json: Json,
  optimizer: OptimizerSpec,
  tables: readonly Table[],
  ratio: number,
  notes: string[],
): PortableTraining | null {
  if (json.optimizer === undefined || json.optimizer === null) return null;
  const memory = objectIn(`optimizer`, json.optimizer);
  const epoch = count("n_iter_", json.n_iter_ ?? 0);
  const common = { epoch, learningRate: null, isAveraged: false };
  if (optimizer.type === "adam") {
    // Means of gradients are `ratio` times ours, means of squares its square.
    const slots = new Map([
      ["m", readSlot("ms", memory.ms, tables, 1 / ratio)],
      ["v", readSlot("vs", memory.vs, tables, 1 / (ratio * ratio))],
    ]);
    return { step: count("optimizer.t", memory.t), ...common, slots };
  }
  const hasMomentum = optimizer.type === "sgd" && optimizer.momentum > 0;
  if (memory.learning_rate !== undefined && memory.learning_rate !== (json.params as Json).learning_rate_init) {
    notes.push(`The learning rate had become ${show(memory.learning_rate)}; training goes on with the first one.`);
  }
  const velocity = () => readSlot("velocities", memory.velocities, tables, 1);
  return { step: epoch, ...common, slots: new Map(hasMomentum ? [["velocity", velocity()]] : []) };
}

function count(what: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new FormatError(`${what}: expected a count, got ${show(value)}.`);
}

/** Values for every kernel, then for every bias. */
function readSlot(
  name: string,
  value: unknown,
  tables: readonly Table[],
  factor: number,
): ReadonlyMap<string, PortableTensor> {
  const where = `optimizer.${name}`;
  const list = listIn(where, value);
  if (list.length !== 2 * tables.length) {
    throw new FormatError(`${where}: expected ${counted(2 * tables.length, "list")}, got ${list.length}.`);
  }
  const slot = new Map<string, PortableTensor>();
  tables.forEach(({ kernel, bias }, i) => {
    const own = matrixIn(`${where}[${i}]`, list[i]);
    if (String(own.shape) !== String(kernel.shape)) {
      throw new FormatError(`${where}[${i}]: expected [${kernel.shape}], got [${own.shape}].`);
    }
    const place = `${where}[${tables.length + i}]`;
    slot.set(`dense_${i + 1}/kernel`, scaled(own, factor));
    slot.set(`dense_${i + 1}/bias`, scaled(vectorIn(place, list[tables.length + i], bias.data.length), factor));
  });
  return slot;
}

function scaled({ shape, data }: PortableTensor, factor: number): PortableTensor {
  return { shape, data: data.map((value) => value * factor) };
}

/** Names of the classes: two for one output. */
function readClasses(value: unknown, outputs: number): readonly ClassName[] | null {
  const classes = listIn(`classes_`, value);
  const isName = (name: unknown) => ["string", "boolean"].includes(typeof name) || Number.isFinite(name);
  const wanted = outputs === 1 ? 2 : outputs;
  if (classes.length === wanted && classes.every(isName) && new Set(classes).size === wanted) {
    return classes as readonly ClassName[];
  }
  throw new FormatError(`classes_: expected ${wanted} different names, got ${show(value)}.`);
}

function readFeatures(value: unknown, inputs: number): readonly string[] {
  const names = listIn(`feature_names_in_`, value);
  if (names.length === inputs && names.every((name) => typeof name === "string")) return names as readonly string[];
  throw new FormatError(`feature_names_in_: expected ${counted(inputs, "text")}, got ${show(value)}.`);
}

/** Parameters that decide the course of `fit` in scikit-learn, and are arguments of `fit` here. */
function leftOut({ solver, learning_rate, early_stopping }: Json): string[] {
  const notes: string[] = [];
  if (solver === "lbfgs") notes.push("The solver lbfgs keeps no memory; compile the model to train it on.");
  if (solver === "sgd" && learning_rate !== "constant" && learning_rate !== undefined) {
    notes.push(`The learning rate does not follow scikit-learn's schedule ${show(learning_rate)}.`);
  }
  if (early_stopping === true) notes.push("early_stopping is left out: give fit the callback earlyStopping.");
  return notes;
}
