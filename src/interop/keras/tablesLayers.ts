/** The table of layers: our type, the class there, its settings, and the places of its weights. */
import { FormatError, show } from "../../base/errors.js";
import type { LayerSpec } from "../../specs/layers/all.js";
import { type Config, type Context, type Dialect, dialectNames, readClass, toSnake, writeClass } from "./dialect.js";
import { type Codec, type Fields, plain, Reading, writeFields } from "./fields.js";
import type { LayerEntry, ReadLayer, WrittenLayer } from "./layerEntry.js";
import {
  activationLayerOf,
  activationLayers,
  readActivation,
  readActivationLayer,
  writeActivation,
} from "./tablesActivations.js";
import { constraint, initializer, regularizer } from "./tablesParts.js";

type Spec<T extends LayerSpec["type"]> = Extract<LayerSpec, { type: T }>;

const last = [-1, [-1], 1, [1]];
const zerosOnly = ["moving_mean_initializer", "moving_variance_initializer", "mean_initializer"];
const seed: Codec = {
  // Python's own seeds give other numbers than ours, so that they mean nothing here.
  read: () => undefined,
  write: (_, __, value) => value ?? null,
};
const noise: Fields = { seed: { codec: seed } };

const dense: Fields = {
  units: {},
  useBias: {},
  kernelInitializer: { codec: initializer("matrix") },
  biasInitializer: { codec: initializer("vector") },
  kernelRegularizer: { codec: regularizer },
  biasRegularizer: { codec: regularizer },
  kernelConstraint: { codec: constraint(2) },
  biasConstraint: { codec: constraint(1) },
  trainable: {},
};
const denseExtras = {
  trainingOnly: ["activity_regularizer"],
  ignored: ["lora_rank", "lora_alpha", "quantization_config"],
};

const affine: Fields = {
  epsilon: {},
  center: {},
  scale: {},
  betaInitializer: { codec: initializer("vector") },
  gammaInitializer: { codec: initializer("vector") },
  trainable: {},
};
const affineExtras = {
  trainingOnly: ["beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"],
  ignored: zerosOnly,
};

const KERAS: readonly Dialect[] = ["keras3", "keras2"];

const entries: { readonly [T in LayerSpec["type"]]: LayerEntry<Spec<T>> } = {
  dense: {
    className: "Dense",
    fields: dense,
    ...denseExtras,
    read(reading, options) {
      const { activation, after } = readActivation(reading.context, reading.what, reading.take("activation"));
      return { layer: { type: "dense", ...options, activation }, after };
    },
    write: (context, what, { activation }, config) => ({
      ...config,
      activation: writeActivation(context, what, activation),
    }),
  },
  activation: {
    className: "Activation",
    read(reading) {
      const { activation, after } = readActivation(reading.context, reading.what, reading.take("activation"));
      const [first, ...others] = after;
      if (activation.type !== "linear" || first === undefined)
        return { layer: { type: "activation", activation }, after };
      return { layer: first as Config, after: others };
    },
    write(context, what, { activation }) {
      return activationLayerOf(context, what, activation) ?? { activation: writeActivation(context, what, activation) };
    },
  },
  prelu: {
    className: "PReLU",
    fields: {
      alphaInitializer: { codec: initializer("vector") },
      alphaRegularizer: { codec: regularizer },
      alphaConstraint: { codec: constraint(1) },
      trainable: {},
    },
    fixed: { shared_axes: [null] },
    shapeThere: (_, __, inputShape) => inputShape,
  },
  glu: {
    className: "Activation",
    dialects: ["keras3"],
    write: () => ({ activation: "glu" }),
  },
  softmax: {
    className: "Softmax",
    fields: {
      axis: {
        codec: {
          read: ({ where }, what, value) => {
            const axis = Array.isArray(value) && value.length === 1 ? value[0] : value;
            if (Number.isSafeInteger(axis) && axis !== 0) return axis > 0 ? axis - 1 : axis;
            throw new FormatError(`${where}: ${what}: expected one dimension of a row, got ${show(value)}.`);
          },
          write: (_, __, value) => ((value as number) >= 0 ? (value as number) + 1 : value),
        },
      },
    },
    write({ where, dialect }, what, { mask }, config) {
      if (!mask) return config;
      const remedy = "Leave the mask out, and those outputs, too.";
      throw new FormatError(`${where}: ${what}: mask: in ${dialectNames[dialect]} a mask is an input. ${remedy}`);
    },
  },
  activityRegularization: {
    className: "ActivityRegularization",
    dialects: KERAS,
    fields: { l1: { key: "l1" }, l2: { key: "l2" } },
  },
  flatten: { className: "Flatten", fixed: { data_format: ["channels_last", null] } },
  reshape: { className: "Reshape", fields: { shape: { key: "target_shape" } } },
  dropout: {
    className: "Dropout",
    fields: { rate: {}, ...noise },
    fixed: { noise_shape: [null] },
  },
  alphaDropout: { className: "AlphaDropout", fields: { rate: {}, ...noise }, fixed: { noise_shape: [null] } },
  gaussianDropout: { className: "GaussianDropout", fields: { rate: {}, ...noise } },
  gaussianNoise: { className: "GaussianNoise", fields: { standardDeviation: { key: "stddev" }, ...noise } },
  batchNormalization: {
    className: "BatchNormalization",
    fields: { momentum: {}, ...affine },
    fixed: { axis: last, renorm: [false] },
    trainingOnly: affineExtras.trainingOnly,
    ignored: [
      ...affineExtras.ignored,
      "synchronized",
      "renorm_clipping",
      "renorm_momentum",
      "virtual_batch_size",
      "fused",
    ],
    write({ note }, what, { compat, momentum }, config) {
      if (compat !== "torch") return config;
      note(`${what}: moving variances are those of whole populations from now on, as Keras has no compat: "torch".`);
      return { ...config, momentum: 1 - momentum };
    },
  },
  layerNormalization: {
    className: "LayerNormalization",
    fields: affine,
    fixed: { axis: last, rms_scaling: [false], use_rms_norm: [false] },
    ...affineExtras,
  },
  groupNormalization: {
    className: "GroupNormalization",
    dialects: KERAS,
    fields: { groups: {}, ...affine },
    fixed: { axis: [-1, [-1]] },
    ...affineExtras,
  },
  rmsNormalization: {
    className: "RMSNormalization",
    dialects: ["keras3"],
    fields: { epsilon: {}, trainable: {} },
    fixed: { axis: last },
  },
  unitNormalization: { className: "UnitNormalization", dialects: KERAS, fixed: { axis: last } },
  spectralNormalization: {
    className: "SpectralNormalization",
    dialects: ["keras3"],
    fields: { powerIterations: {}, trainable: {} },
    places: (weights) => weights.map((name, i) => (name === "vectorU" ? "vars/1" : `layer/vars/${i}`)),
    // The kernel again.
    spare: /\/vars\/0$/,
    shapeThere: (name, shape) => (name === "vectorU" ? [1, ...shape] : shape),
    read(reading, { powerIterations, trainable }) {
      const { context, what } = reading;
      const { className, config } = readClass(context, what, reading.take("layer"));
      if (className !== "Dense") {
        throw new FormatError(`${context.where}: ${what}: expected a Dense layer in it, got ${show(className)}.`);
      }
      const { layer, after } = readLayer(context, what, className, config);
      const own = { powerIterations, trainable: trainable === false ? false : layer.trainable };
      return { layer: { ...layer, ...own, type: "spectralNormalization" }, after };
    },
    write(context, what, spec, { power_iterations, trainable }) {
      const name = `${spec.name ?? what}_dense`;
      const { config } = writeLayer(context, name, { ...spec, type: "dense", name } as LayerSpec);
      return { power_iterations, trainable, layer: writeClass(context, "layers", "Dense", { ...config, name }) };
    },
  },
  normalization: {
    className: "Normalization",
    dialects: KERAS,
    fields: { mean: { codec: statistic() }, variance: { codec: statistic() } },
    fixed: { axis: last, invert: [false] },
    // The number of rows that it was adapted to.
    spare: /\/(?:vars\/2|count)$/,
  },
  rescaling: { className: "Rescaling", fields: { scale: {}, offset: {} } },
  categoryEncoding: {
    className: "CategoryEncoding",
    // TensorFlow.js takes only rows of as many numbers as there are tokens.
    dialects: KERAS,
    fields: {
      numTokens: {},
      outputMode: {
        codec: {
          read: ({ where }, what, value) => {
            if (value === "multi_hot" || value === "one_hot") return value === "one_hot" ? "oneHot" : "multiHot";
            throw new FormatError(`${where}: ${what}: expected "one_hot" or "multi_hot", got ${show(value)}.`);
          },
          write: (_, __, value) => toSnake(value as string),
        },
      },
    },
    fixed: { sparse: [false] },
  },
};

/** Means or variances, which Keras keeps in lists of any depth. */
function statistic(): Codec {
  return {
    read: (_, __, value) => (Array.isArray(value) ? value.flat(8) : value),
    write: plain.write,
  };
}

/** The entry of a type, which takes every spec of that type. */
export function layerEntry(type: string): LayerEntry {
  return entries[type as LayerSpec["type"]] as object as LayerEntry;
}

/** Every type, for tests. */
const layerTypesThere = Object.keys(entries) as LayerSpec["type"][];

/** Settings that every layer has, and that mean nothing here or are read elsewhere. */
const COMMON = ["name", "dtype", "batch_input_shape", "batch_shape", "input_shape", "build_config", "input_dtype"];

/** A layer from its class and configuration. @throws FormatError for a class or setting that does not exist here */
export function readLayer(context: Context, what: string, className: string, config: Config): ReadLayer {
  const { where, note } = context;
  checkType(context, what, config);
  if (Object.hasOwn(activationLayers, className)) {
    return {
      layer: { type: "activation", activation: readActivationLayer(context, what, className, config) },
      after: [],
    };
  }
  const type = layerTypesThere.find((one) => one !== "glu" && entries[one].className === className);
  if (type === undefined) {
    const remedy = "Models here are chains of dense layers, activations, normalizations and dropouts.";
    throw new FormatError(`${where}: ${what}: there is no ${className} layer here. ${remedy}`);
  }
  const { fields = {}, fixed = {}, trainingOnly = [], ignored = [], read } = layerEntry(type);
  const reading = new Reading(context, what, config);
  reading.ignore(...COMMON, ...ignored);
  if (!Object.hasOwn(fields, "trainable")) reading.ignore("trainable");
  for (const [key, values] of Object.entries(fixed)) reading.expect(key, values);
  reading.noteSet(...trainingOnly);
  const options = reading.fields(fields);
  const result = read?.(reading, options) ?? { layer: { type, ...options }, after: [] };
  reading.end();
  if (isSeeded(config)) note(`${what}: the seed is left out: the same seed gives other numbers here.`);
  return result;
}

const isSeeded = ({ seed }: Config) => typeof seed === "number";

/** Notes numbers of other kinds than float32. @throws FormatError for weights that are integers, with scales of their own */
function checkType({ where, note }: Context, what: string, { dtype }: Config): void {
  const policy = (typeof dtype === "object" ? dtype : null) as { class_name?: unknown; config?: Config } | null;
  const type = policy ? policy.config?.name : dtype;
  if (/^Quantized/.test(String(policy?.class_name)) || /_from_/.test(String(type))) {
    throw new FormatError(`${where}: ${what}: its weights are quantized. Save the model as it is before quantize().`);
  }
  if (typeof type !== "string" || type === "float32" || !/float|bfloat|quant/.test(type)) return;
  note(`${what} computes with ${type} in Keras; here it computes with float32.`);
}

/** The class and configuration of a layer, without its name. @throws FormatError for one that the dialect lacks */
export function writeLayer(context: Context, what: string, spec: LayerSpec): WrittenLayer {
  const { where, dialect } = context;
  const { className, dialects, fields = {}, fixed = {}, write } = layerEntry(spec.type);
  if (dialects && !dialects.includes(dialect)) {
    throw new FormatError(
      `${where}: ${what}: ${dialectNames[dialect]} has no ${spec.type}. Export to simdgrad/code instead, or train without it.`,
    );
  }
  const config = {
    ...writeFields(context, what, fields, spec),
    ...Object.fromEntries(Object.entries(fixed).map(([key, [value]]) => [key, value])),
  };
  // This one is of other versions.
  delete (config as Record<string, unknown>).use_rms_norm;
  const written = write?.(context, what, spec, config) ?? config;
  return "className" in written ? (written as WrittenLayer) : { className, config: written };
}
