/** Options of the model's methods: their types, defaults and checks, all in one place at the door. */
import { checkBoolean, checkKeys, checkName, checkNumber, checkOptions, OptionError, show } from "../base/errors.js";
import type { Compiled } from "../program/types.js";
import { type BackendName, backendNames } from "../runtime/select.js";
import type { WasmSource } from "../runtime/variants.js";
import { freeze, type Layer, type LayerSpec, placeLayers, resolveLayer } from "../specs/layers/index.js";
import { isTrainable } from "../specs/layers/layer.js";
import type { Loss } from "../specs/losses.js";
import { resolveLoss } from "../specs/losses.js";
import { type Metric, resolveMetrics } from "../specs/metrics/metric.js";
import { type Optimizer, resolveOptimizer } from "../specs/optimizers/index.js";
import { CHUNK_ROWS } from "../training/feed.js";

/** Options of how a model runs; they are not part of what is saved. */
export interface RuntimeOptions {
  /** @default "auto": WebAssembly where there is SIMD, else plain JavaScript */
  backend?: BackendName;
  /** Threads to use. @default "auto" */
  threads?: "auto" | number;
  /**
   * Same seed, same bits in every engine, on every machine. `false` allows fused multiply-add where the engine has
   * it: faster, but the last bits may differ between engines.
   * @default true
   */
  deterministic?: boolean;
  /**
   * Wasm files of the package (`simdgrad/wasm/simd.wasm`, and `simd-threads.wasm` for threads) as compiled modules or
   * bytes, for hosts that forbid compiling bytes at run time. @default those embedded in the JavaScript
   */
  wasm?: WasmSource | readonly WasmSource[];
}

/** Options of `Sequential.create`. */
export interface SequentialOptions extends RuntimeOptions {
  /** Shape of one input row: [features]. */
  inputShape: readonly number[];
  /** Layers from input to output, at least one. */
  layers: readonly Layer[];
  /** Decides the first weights and the order of the data, an integer from 0. @default 0 */
  seed?: number;
}

/** Options of `compile`. */
export interface CompileOptions {
  optimizer: Optimizer;
  loss: Loss;
  /** Numbers to follow beside the loss, exact over an epoch: names, or factories with options. @default [] */
  metrics?: readonly Metric[];
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Rows per chunk; it does not change the result. @default 256 */
  batchSize?: number;
}

export const RUNTIME_KEYS = ["backend", "threads", "deterministic", "wasm"];

/** `RuntimeOptions`, checked; `wasm` is checked where modules are known. */
export type CheckedRuntime = Required<Omit<RuntimeOptions, "wasm">> & {
  readonly wasm: RuntimeOptions["wasm"] | undefined;
};

export function checkRuntime(where: string, options: RuntimeOptions): CheckedRuntime {
  const { backend = "auto", threads = "auto", deterministic = true, wasm } = options;
  checkName(`${where}: backend`, backend, backendNames);
  checkBoolean(`${where}: deterministic`, deterministic);
  if (threads !== "auto") checkNumber(`${where}: threads`, threads, { min: 1, max: 256, integer: true });
  return { backend, threads, deterministic, wasm };
}

/** What makes a model, checked. */
export interface ModelSpec {
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerSpec[];
  readonly seed: number;
}

/** What those need who call it as other libraries are called. */
export const HOW_TO_CREATE = "Write await Sequential.create({ inputShape: [features], layers }).";

export function checkSequential(options: SequentialOptions): ModelSpec & CheckedRuntime {
  const where = "Sequential.create";
  checkOptions(where, options, () => ` ${HOW_TO_CREATE}`);
  checkKeys(where, options, ["inputShape", "layers", "seed", ...RUNTIME_KEYS]);
  return { ...checkModel(where, options), ...checkRuntime(where, options) };
}

export function checkModel(where: string, { inputShape, layers, seed = 0 }: Partial<SequentialOptions>): ModelSpec {
  if (!Array.isArray(inputShape) || inputShape.length === 0) {
    throw new OptionError(
      `${where}: inputShape: expected the shape of one row, such as [784], got ${show(inputShape)}.`,
    );
  }
  const shape = Array.from(inputShape, (n: unknown, i) => {
    return checkNumber(`${where}: inputShape[${i}]`, n, { min: 1, max: 2 ** 24, integer: true });
  });
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new OptionError(`${where}: layers: expected a list of at least one layer, got ${show(layers)}.`);
  }
  const resolved = Array.from(layers, (layer, i) => resolveLayer(`${where}: layers[${i}]`, layer));
  const trained = resolved.map((layer) => ("trainable" in layer ? { ...layer, trainable: true } : layer));
  if (!placeLayers(trained, shape).some(({ parameters }) => parameters.some(isTrainable))) {
    throw new OptionError(
      `${where}: layers: expected at least one layer with weights to train, such as dense({ units: 1 }).`,
    );
  }
  return { inputShape: shape, layers: resolved, seed: checkNumber(`${where}: seed`, seed, { min: 0, integer: true }) };
}

export function checkCompile(options: CompileOptions): Compiled {
  checkKeys("compile", options, ["optimizer", "loss", "metrics"]);
  return freeze({
    optimizer: resolveOptimizer("compile: optimizer", options.optimizer),
    loss: resolveLoss("compile: loss", options.loss),
    metrics: resolveMetrics("compile: metrics", options.metrics ?? []),
  });
}

export function checkEvaluate(options: EvaluateOptions): Required<EvaluateOptions> {
  checkKeys("evaluate", options, ["batchSize"]);
  const { batchSize = CHUNK_ROWS } = options;
  return { batchSize: checkNumber("evaluate: batchSize", batchSize, { min: 1, integer: true }) };
}
