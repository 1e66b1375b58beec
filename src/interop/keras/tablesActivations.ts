/** The table of activations. */
import { FormatError, show } from "../../base/errors.js";
import { type ActivationName, type ActivationSpec, resolveActivation } from "../../specs/activations.js";
import { type Config, type Context, type Dialect, dialectNames, isConfig, readClass, writeClass } from "./dialect.js";
import { type Fields, Reading, writeFields } from "./fields.js";

/** The name of an activation in each dialect that has it. */
type Names = Readonly<Partial<Record<Dialect, string>>>;

const everywhere = (name: string): Names => ({ keras3: name, keras2: name, tfjs: name });
const inKeras3 = (name: string): Names => ({ keras3: name });

/** Every activation. Names stand for the default options. */
const activationNamesThere: Readonly<Record<ActivationName, Names>> = {
  linear: everywhere("linear"),
  relu: everywhere("relu"),
  leakyRelu: { keras3: "leaky_relu", keras2: "leaky_relu" },
  relu6: { keras3: "relu6", tfjs: "relu6" },
  elu: everywhere("elu"),
  celu: inKeras3("celu"),
  selu: everywhere("selu"),
  sigmoid: everywhere("sigmoid"),
  // Keras 2 and TensorFlow.js compute clip(0.2 x + 0.5, 0, 1) under this name.
  hardSigmoid: inKeras3("hard_sigmoid"),
  logSigmoid: inKeras3("log_sigmoid"),
  tanh: everywhere("tanh"),
  hardTanh: inKeras3("hard_tanh"),
  tanhShrink: inKeras3("tanh_shrink"),
  softShrink: inKeras3("soft_shrink"),
  hardShrink: inKeras3("hard_shrink"),
  exponential: { keras3: "exponential", keras2: "exponential" },
  softplus: everywhere("softplus"),
  softsign: everywhere("softsign"),
  silu: { keras3: "silu", keras2: "swish", tfjs: "swish" },
  hardSilu: inKeras3("hard_silu"),
  gelu: everywhere("gelu"),
  mish: everywhere("mish"),
  sparsePlus: inKeras3("sparse_plus"),
  sparseSigmoid: inKeras3("sparse_sigmoid"),
  squareplus: inKeras3("squareplus"),
  threshold: {}, // needs its two numbers there, which a name cannot give
  softmax: everywhere("softmax"),
  logSoftmax: { keras3: "log_softmax", tfjs: "log_softmax" },
  sparsemax: {}, // Keras 3.15 computes something else for rows with several outputs above 0
};

/** Names that are read besides. */
const ALIASES: Readonly<Record<string, ActivationName>> = {
  swish: "silu",
  silu: "silu",
  hard_swish: "hardSilu",
  log_softmax: "logSoftmax",
  sparsemax: "sparsemax",
};

/** An activation that a layer computes, because a name has no options. */
export interface ActivationLayerEntry {
  readonly type: ActivationName;
  readonly fields: Fields;
  /** Options that the layer has by default in a dialect, where ours differ. */
  readonly defaults?: Config;
  /** Options that TensorFlow.js reads and forgets, with the only value that it computes. */
  readonly fixedInTfjs?: Config;
}

const slope = { key: "negative_slope", keys: { keras2: "alpha", tfjs: "alpha" } };

/** Layers that are activations, by class. */
export const activationLayers: Readonly<Record<string, ActivationLayerEntry>> = {
  ReLU: {
    type: "relu",
    fields: { negativeSlope: { key: "negative_slope" }, maxValue: {}, threshold: {} },
    fixedInTfjs: { negativeSlope: 0, threshold: 0 },
  },
  LeakyReLU: { type: "leakyRelu", fields: { negativeSlope: slope }, defaults: { negativeSlope: 0.3 } },
  ELU: { type: "elu", fields: { alpha: {} }, fixedInTfjs: { alpha: 1 } },
};

/** An activation as it is read: a spec, and layers after it that finish it. */
export interface ReadActivation {
  readonly activation: ActivationSpec;
  readonly after: readonly object[];
}

/** Options that are not ours for layers that carry them. */
const IGNORED = ["name", "trainable", "dtype", "build_config", "batch_input_shape"];

/** An activation from a name, or from an object that names a function or a layer. @throws FormatError */
export function readActivation(context: Context, what: string, value: unknown): ReadActivation {
  if (value === null || value === undefined) return { activation: { type: "linear" }, after: [] };
  if (typeof value === "string") return readName(context, what, value);
  const { class_name: className, config } = isConfig(value) ? value : {};
  if (className === "function" && typeof config === "string") return readName(context, what, config);
  if (typeof className === "string" && Object.hasOwn(activationLayers, className)) {
    return {
      activation: readActivationLayer(context, what, className, readClass(context, what, value).config),
      after: [],
    };
  }
  if (className === "Softmax" && isConfig(config) && (config.axis ?? -1) === -1) {
    return { activation: { type: "softmax" }, after: [] };
  }
  if (typeof className === "string" && isConfig(config) && Object.keys(config).length === 0) {
    return readName(context, what, className);
  }
  const got = typeof className === "string" ? show(typeof config === "string" ? config : className) : show(value);
  throw unknown(context, what, got);
}

function unknown({ where }: Context, what: string, got: string): FormatError {
  return new FormatError(
    `${where}: ${what}: the activation ${got} does not exist here. Use one of the names in the guide.`,
  );
}

function readName(context: Context, what: string, name: string): ReadActivation {
  const { dialect } = context;
  const snake = name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  if (snake === "glu") return { activation: { type: "linear" }, after: [{ type: "glu" }] };
  if (snake === "hard_sigmoid" && dialect !== "keras3") {
    // clip(0.2 x + 0.5, 0, 1)
    const clip = { type: "activation", activation: { type: "relu", maxValue: 1 } };
    return { activation: { type: "linear" }, after: [{ type: "rescaling", scale: 0.2, offset: 0.5 }, clip] };
  }
  const known = Object.entries(activationNamesThere).find(([, names]) => Object.values(names).includes(snake));
  const type = known?.[0] ?? (Object.hasOwn(ALIASES, snake) ? ALIASES[snake] : undefined);
  if (type === undefined) throw unknown(context, what, show(name));
  return { activation: resolveActivation(what, type), after: [] };
}

/** The activation that a layer computes. @throws FormatError */
export function readActivationLayer(context: Context, what: string, className: string, config: Config): ActivationSpec {
  const { type, fields, defaults } = activationLayers[className];
  const reading = new Reading(context, what, config);
  reading.ignore(...IGNORED);
  const options = { ...defaults, ...reading.fields(fields) } as Record<string, unknown>;
  reading.end();
  // A slope of 0 is that of relu, which Keras's LeakyReLU may have.
  if (type === "leakyRelu" && options.negativeSlope === 0) return { type: "relu" };
  return resolveActivation(what, { type, ...options });
}

/** The layer that computes an activation with options, as class and configuration; `null` if a name can say it. */
export function activationLayerOf(
  context: Context,
  what: string,
  activation: ActivationSpec,
): { readonly className: string; readonly config: Config } | null {
  if (isDefault(activation) && activationNamesThere[activation.type][context.dialect] !== undefined) return null;
  const entry = Object.entries(activationLayers).find(([, { type }]) => type === activation.type);
  if (!entry) throw refusal(context, what, activation);
  const [className, { fields, fixedInTfjs }] = entry;
  const spec =
    activation.type === "relu" ? { negativeSlope: 0, maxValue: null, threshold: 0, ...activation } : activation;
  const isLost = ([name, value]: [string, unknown]) => (spec as object as Config)[name] !== value;
  if (context.dialect === "tfjs" && Object.entries(fixedInTfjs ?? {}).some(isLost))
    throw refusal(context, what, activation);
  return { className, config: writeFields(context, what, fields, spec) };
}

/** An activation as the option of a layer. @throws FormatError for one that the dialect lacks */
export function writeActivation(context: Context, what: string, activation: ActivationSpec): unknown {
  const layer = activationLayerOf(context, what, activation);
  if (!layer) return activationNamesThere[activation.type][context.dialect];
  return writeClass(context, "layers", layer.className, layer.config);
}

function isDefault(activation: ActivationSpec): boolean {
  return JSON.stringify(resolveActivation("", activation.type)) === JSON.stringify(activation);
}

function refusal({ where, dialect }: Context, what: string, { type, ...options }: ActivationSpec): FormatError {
  const given = Object.entries(options).map(([name, value]) => `${name}: ${show(value)}`);
  const got = given.length > 0 ? `${type}({ ${given.join(", ")} })` : type;
  return new FormatError(
    `${where}: ${what}: ${dialectNames[dialect]} has no ${got}. Export to simdgrad/code instead, or train with another, such as relu.`,
  );
}
