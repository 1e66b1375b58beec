/**
 * Makes and loads estimators of all classes, and those that hold others: `estimatorPipeline`,
 * `transformedTargetRegressor`.
 */
import { checkArguments, FormatError, located, OptionError, SimdgradError, show } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { func, type Given, type Kept, optional, readOptions, via } from "../base/options.js";
import {
  configOf,
  type PipelineStep,
  stepConfigOf,
  transformerFromJSON,
  withoutInverse,
} from "../data/preprocess/composite.js";
import { type NamedStep, nameSteps, type Step, splitStep } from "../data/preprocess/steps.js";
import type { Transformer, TransformerConfig } from "../data/preprocess/transformer.js";
import { TransformerPipeline } from "../data/preprocess/transformerPipeline.js";
import { readAttachment, withAttachment } from "../model/attachment.js";
import { CORE } from "../model/inside.js";
import { MLPClassifier } from "./classifier.js";
import {
  type Estimator,
  type EstimatorConfig,
  type EstimatorMaker,
  innermost,
  type TargetFunctions,
} from "./estimator.js";
import { EstimatorPipeline } from "./estimatorPipeline.js";
import type { LoadOptions } from "./file.js";
import { MLPRegressor } from "./regressor.js";
import { type Stages, stages } from "./stages.js";
import { TransformedTargetRegressor } from "./transformedTarget.js";
import { VERSION } from "./wrapped.js";

const targetOptions = {
  /** The estimator that learns the transformed targets: an `MLPRegressor`, or a pipeline that ends with one. */
  regressor: via<Estimator, EstimatorConfig>(estimatorConfigOf),
  /** Fitted to y, and undone by `predict`: a scaler, `powerTransformer`, … */
  transformer: optional(via<Transformer | TransformerConfig, TransformerConfig>(configOf)),
  /** Made of each number of y before it is learned, such as `Math.log`. Takes the place of `transformer`. */
  func: optional(func<(y: number) => number>()),
  /** Made of each prediction; undoes `func`. */
  inverseFunc: optional(func<(prediction: number) => number>()),
  /** Told where the functions do not undo each other. @default console.warn */
  onWarning: func<(message: string) => unknown>(() => console.warn),
};

/** Options of `transformedTargetRegressor`: a transformer of y, or a pair of functions. */
export interface TransformedTargetOptions extends Given<typeof targetOptions> {}

const maker: EstimatorMaker<Stages> = {
  stages: { ...stages, check: checkParts },
  make(config) {
    switch (config.type) {
      case "MLPClassifier":
        return new MLPClassifier(config.options);
      case "MLPRegressor":
        return new MLPRegressor(config.options);
      case "EstimatorPipeline":
        return new EstimatorPipeline(config, maker);
      case "TransformedTargetRegressor":
        return new TransformedTargetRegressor(config, maker);
      default:
        return config satisfies never;
    }
  },
  async load(where, bytes, options) {
    const attachment = readAttachment(where, bytes);
    switch (attachment?.estimator) {
      case "MLPRegressor":
        return MLPRegressor[CORE](where, bytes, options);
      case "EstimatorPipeline":
      case "TransformedTargetRegressor":
        return loadWrapped(where, bytes, attachment, options);
      default:
        return MLPClassifier[CORE](where, bytes, options);
    }
  },
};

/** An estimator of a class, from what `getConfig` returned, whose parts may be others. @throws OptionError */
export function estimatorFromConfig(config: EstimatorConfig): Estimator {
  checkParts(config);
  return maker.make(config);
}

/**
 * @throws OptionError for options of the network that it refuses, and a transformer of the target that cannot be
 * undone.
 */
function checkParts(config: EstimatorConfig): void {
  if (config.type === "EstimatorPipeline") checkParts(config.estimator);
  else if (config.type === "TransformedTargetRegressor") {
    if (!("func" in config.transformer)) checkInverse(config.type, config.transformer);
    checkParts(config.regressor);
  } else maker.make(config);
}

/**
 * The estimator from the bytes of its `save()`, of any class: `MLPClassifier`, `MLPRegressor`, a pipeline, or one with
 * a transformed target. It predicts the same bits.
 * @throws FormatError for anything but the file of an estimator; OptionError, BackendError.
 */
export async function loadEstimator(
  bytes: Uint8Array | ArrayBuffer,
  options: LoadOptions = {},
): Promise<MLPClassifier | MLPRegressor | EstimatorPipeline | TransformedTargetRegressor> {
  const where = "loadEstimator";
  checkArguments(where, arguments, 2);
  return (await maker.load(where, bytes, options)) as MLPClassifier;
}

/** An estimator within another, and what the other learned. @throws FormatError */
async function loadWrapped(
  door: string,
  bytes: Uint8Array | ArrayBuffer,
  attachment: JsonObject,
  options: LoadOptions,
): Promise<Estimator> {
  const { estimator: type, version, inner } = attachment;
  const where = `${door}: ${type}`;
  if (version !== VERSION) throw new FormatError(`${where}: expected version ${VERSION}, got ${show(version)}.`);
  const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
  if (!isObject) throw new FormatError(`${where}: inner: expected an estimator, got ${show(inner)}.`);
  const estimator = await maker.load(where, withAttachment(where, bytes, inner as JsonObject), options);
  try {
    return type === "EstimatorPipeline"
      ? pipelineOf(where, attachment, estimator)
      : targetOf(where, attachment, estimator, options);
  } catch (error) {
    estimator.dispose();
    if (error instanceof FormatError || !(error instanceof SimdgradError)) throw error;
    throw new FormatError(error.message, { cause: error });
  }
}

function pipelineOf(where: string, { name, transformers }: JsonObject, estimator: Estimator): EstimatorPipeline {
  const knowledge = located(where, () => transformerFromJSON(transformers));
  if (!(knowledge instanceof TransformerPipeline) || typeof name !== "string") {
    throw new FormatError(`${where}: expected a pipeline of transformers and a name, got ${show(name)}.`);
  }
  const { steps } = knowledge.getConfig().options as { steps: Step<TransformerConfig>[] };
  const parts = { steps, name, estimator: estimator.getConfig() };
  return new EstimatorPipeline(parts, maker, { estimator, knowledge });
}

function targetOf(
  where: string,
  { outputs, transformer: json }: JsonObject,
  estimator: Estimator,
  { onWarning = console.warn }: LoadOptions,
): TransformedTargetRegressor {
  const transformer = located(where, () => transformerFromJSON(json));
  if (!Number.isSafeInteger(outputs) || Number(outputs) < 1) {
    throw new FormatError(`${where}: outputs: expected an integer from 1, got ${show(outputs)}.`);
  }
  const parts = { regressor: estimator.getConfig(), transformer: transformer.getConfig(), onWarning };
  return new TransformedTargetRegressor(parts, maker, {
    estimator,
    knowledge: { outputs: Number(outputs), transformer },
  });
}

/** The class, options and parts of an estimator of this library. @throws OptionError for anything else. */
export function estimatorConfigOf(where: string, estimator: unknown): EstimatorConfig {
  const isOne =
    estimator instanceof MLPClassifier ||
    estimator instanceof MLPRegressor ||
    estimator instanceof EstimatorPipeline ||
    estimator instanceof TransformedTargetRegressor;
  if (isOne) return estimator.getConfig();
  throw new OptionError(`${where}: expected an estimator such as new MLPClassifier(), got ${show(estimator)}.`);
}

/**
 * Transformers and an estimator as one estimator: `fit` fits each transformer to the rows that it is given and to no
 * others, so that in `crossValidate` and in a search nothing leaks from the rows that are scored. A step is a
 * transformer or estimator, or `[name, step]`; `"passthrough"` in the place of a transformer leaves the rows as they
 * are. Those given are copied. scikit-learn's `Pipeline` and `make_pipeline`; the `pipeline` of this library is a
 * stream of rows.
 *
 * ```js
 * const model = estimatorPipeline([standardScaler(), new MLPClassifier({ seed: 1 })]);
 * await model.fit({ x, y });
 * ```
 * @throws OptionError
 */
export function estimatorPipeline<E extends Estimator>(
  steps: readonly [...NamedStep<PipelineStep>[], NamedStep<E>],
): EstimatorPipeline<E> {
  const where = "estimatorPipeline";
  checkArguments(where, arguments, 1);
  if (!Array.isArray(steps) || steps.length < 2) {
    const expected = "expected a list of transformers and an estimator";
    throw new OptionError(`${where}: ${expected}, got ${show(steps)}.`);
  }
  const split = Array.from(steps, (step: NamedStep<unknown>, i) => splitStep(`${where}: step ${i}`, step));
  const last = split.length - 1;
  const estimator = estimatorConfigOf(`${where}: the last step`, split[last].step);
  const configs = split.slice(0, last).map(({ step }, i) => stepConfigOf(`${where}: step ${i}`, step));
  const types = [...configs, estimator].map(({ type }, i) => ({ name: split[i].name, type }));
  const names = nameSteps(where, types);
  const named = configs.map((config, i): Step<TransformerConfig> => [names[i], config]);
  return new EstimatorPipeline<E>({ steps: named, name: names[last], estimator }, maker);
}

/**
 * A regressor that learns transformed targets and predicts in the units of y: with a transformer that is fitted to y,
 * or with a pair of functions, such as `func: Math.log, inverseFunc: Math.exp`. scikit-learn's
 * `TransformedTargetRegressor`; for standard scaling alone, `MLPRegressor` has `standardizeTarget`.
 * @throws OptionError
 */
export function transformedTargetRegressor(options: TransformedTargetOptions): TransformedTargetRegressor {
  const where = "transformedTargetRegressor";
  const { regressor, onWarning, ...how } = readOptions(where, targetOptions, options, arguments);
  if (innermost(regressor).type !== "MLPRegressor") {
    throw new OptionError(`${where}: regressor: expected an MLPRegressor, got a classifier, whose y are labels.`);
  }
  return new TransformedTargetRegressor({ regressor, transformer: targetTransformer(where, how), onWarning }, maker);
}

function targetTransformer(
  where: string,
  { transformer, func, inverseFunc }: Partial<Kept<typeof targetOptions>>,
): TransformerConfig | TargetFunctions {
  if (transformer === undefined) {
    if (func && inverseFunc) return { func, inverseFunc };
    const got = `got ${show(func)} and ${show(inverseFunc)}`;
    throw new OptionError(`${where}: expected a transformer, or the functions func and inverseFunc, ${got}.`);
  }
  if (func !== undefined || inverseFunc !== undefined) {
    throw new OptionError(`${where}: give either a transformer, or func and inverseFunc, not both.`);
  }
  return checkInverse(where, transformer);
}

function checkInverse(where: string, config: TransformerConfig): TransformerConfig {
  const lacking = withoutInverse(config);
  if (lacking === null) return config;
  const expected = "expected a transformer that has inverseTransform";
  throw new OptionError(`${where}: transformer: ${expected}, got ${lacking}, which has none.`);
}
