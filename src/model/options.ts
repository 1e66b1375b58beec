/** Options of the model's methods: types, defaults and checks, all in one place. */
import { checkOptions, OptionError } from "../base/errors.js";
import {
  flag,
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
import type { Shape } from "../base/shape.js";
import type { Compiled } from "../program/types.js";
import { backendNames } from "../runtime/backend.js";
import type { WasmSource } from "../runtime/variants.js";
import type { Layer, LayerSpec } from "../specs/layers/all.js";
import { deepFreeze, placeLayers } from "../specs/layers/facts.js";
import { isTrainable } from "../specs/layers/layer.js";
import { targetColumns } from "../specs/losses/facts.js";
import { type Loss, type LossSpec, resolveLoss } from "../specs/losses/table.js";
import { listMetrics } from "../specs/metrics/metric.js";
import { type Metric, type MetricSpec, resolveMetrics } from "../specs/metrics/table.js";
import { type Optimizer, type OptimizerSpec, resolveOptimizer } from "../specs/optimizers/facts.js";
import { resolveModelLayer, type TrainedLayer } from "./layers.js";

/** Options of how a model runs. They are not saved. */
export const runtimeOptions = {
  /** The backend; `auto` takes WebAssembly if there is SIMD, else plain JavaScript. @default "auto" */
  backend: oneOf(backendNames, "auto"),
  /** Threads to use. @default "auto" */
  threads: numberOr("auto", { min: 1, max: 256, integer: true }),
  /**
   * Same seed, same bits in every engine, on every machine. `false` allows fused multiply-add if the engine has it:
   * faster, but the last bits may differ between engines.
   * @default true
   */
  deterministic: flag(true),
  /**
   * Wasm files of the package (`simdgrad/wasm/simd.wasm`, and `simd-threads.wasm` for threads) as compiled modules or
   * bytes, for hosts that forbid compiling bytes at run time. @default those embedded in the JavaScript
   */
  wasm: optional(unchecked<WasmSource | readonly WasmSource[]>()),
};

/** Options of how a model runs. They are not saved. */
export interface RuntimeOptions extends Given<typeof runtimeOptions> {}

/** `RuntimeOptions`, checked; `wasm` is checked later, where modules are known. */
export interface CheckedRuntime extends Kept<typeof runtimeOptions> {}

/** An option of `Sequential.create` and `Sequential.load`. */
export const workerOptions = {
  /** Run the model in a worker: every method then returns a promise. @default false */
  worker: flag(false),
};

/** An option of `Sequential.create` and `Sequential.load`. */
export interface WorkerOptions extends Given<typeof workerOptions> {}

/** Options that make a model. */
export const modelOptions = {
  /** Shape of one input row: [features]. @default that of the first layer, if it is a layer of another model */
  inputShape: via<readonly number[], readonly number[]>(
    listOf("the shape of one row, such as [784]", number({ min: 1, max: 2 ** 24, integer: true }), 1).check,
    ({ layers }) => (layers as TrainedLayer[] | null)?.[0]?.inputShape as Shape,
  ),
  /** Layers from input to output, at least one. Layers of other models bring copies of their weights along. */
  layers: listOf("a list of at least one layer", via<Layer | TrainedLayer, LayerSpec>(resolveModelLayer), 1),
  /** Seed of the first weights and the order of the data, an integer from 0. @default 0 */
  seed: number({ min: 0, integer: true }, 0),
};

/** Options of `Sequential.create`. */
export interface SequentialOptions extends Given<typeof modelOptions>, RuntimeOptions {}

/** The options that make a model, checked. */
export interface ModelSpec extends Kept<typeof modelOptions> {}

/** Options of `compile`. */
const compileOptions = {
  /** A name, or a factory's result: `"adam"`, `sgd({ learningRate: 0.1 })`. */
  optimizer: via<Optimizer, OptimizerSpec>(resolveOptimizer),
  /** A name, or a factory's result: `"meanSquaredError"`, `huber({ delta: 2 })`. */
  loss: via<Loss, LossSpec>(resolveLoss),
  /**
   * Numbers to track as well as the loss, exact over an epoch: names, those of losses included, factories with options,
   * or functions `(targets, predictions, weights) => number`. Every row counts the same. @default []
   */
  metrics: via<readonly Metric[], readonly MetricSpec[]>(resolveMetrics, []),
  /** Metrics in which rows count by their sample weights and class weights, as in Keras. @default [] */
  weightedMetrics: via<readonly Metric[], readonly MetricSpec[]>(resolveMetrics, []),
};

/** Options of `compile`. */
export interface CompileOptions extends Given<typeof compileOptions> {}

/** Advice for callers who make a model as in other libraries. */
export const HOW_TO_CREATE = "Write await Sequential.create({ inputShape: [features], layers }).";

/** Options of `Sequential.create`, checked. */
export function checkSequential(
  options: SequentialOptions,
  args: ArrayLike<unknown>,
): ModelSpec & CheckedRuntime & Kept<typeof workerOptions> {
  const where = "Sequential.create";
  checkOptions(where, options, () => ` ${HOW_TO_CREATE}`);
  const checked = readOptions(where, { ...modelOptions, ...runtimeOptions, ...workerOptions }, options, args);
  checkTrainable(where, checked);
  return checked;
}

/** @throws OptionError for layers without weights to train */
export function checkTrainable(where: string, { inputShape, layers }: ModelSpec): void {
  const trained = layers.map((layer) => ("trainable" in layer ? { ...layer, trainable: true } : layer));
  if (placeLayers(trained, inputShape).some(({ parameters }) => parameters.some(isTrainable))) return;
  throw new OptionError(
    `${where}: layers: expected at least one layer with weights to train, such as dense({ units: 1 }).`,
  );
}

/** Options of `compile` for a model with that many outputs, checked. */
export function checkCompile(options: CompileOptions, outputs: number): Compiled {
  const { metrics, weightedMetrics, ...more } = readOptions("compile", compileOptions, options);
  const columns = targetColumns(more.loss, outputs);
  return deepFreeze({ ...more, metrics: listMetrics(metrics, weightedMetrics, columns) });
}
