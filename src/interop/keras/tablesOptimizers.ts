/** The tables of optimizers and of learning-rate schedules. */
import { FormatError, SimdgradError } from "../../base/errors.js";
import { type OptimizerSpec, resolveOptimizer } from "../../specs/optimizers/facts.js";
import { addEveryOptimizer } from "../../specs/optimizers/more.js";
import { type Config, type Context, dialectNames, isConfig, readClass, writeClass } from "./dialect.js";
import { type Codec, type Field, type Fields, float, nullAs, Reading, writeFields } from "./fields.js";

/** A learning-rate schedule by our type. */
const schedules: Readonly<Record<string, { readonly className: string; readonly fields: Fields }>> = {
  exponentialDecay: {
    className: "ExponentialDecay",
    fields: { initialLearningRate: { codec: float }, decaySteps: {}, decayRate: { codec: float }, staircase: {} },
  },
  inverseTimeDecay: {
    className: "InverseTimeDecay",
    fields: { initialLearningRate: { codec: float }, decaySteps: {}, decayRate: { codec: float }, staircase: {} },
  },
  piecewiseConstantDecay: { className: "PiecewiseConstantDecay", fields: { boundaries: {}, values: {} } },
  polynomialDecay: {
    className: "PolynomialDecay",
    fields: {
      initialLearningRate: { codec: float },
      decaySteps: {},
      endLearningRate: { codec: float },
      power: { codec: float },
      cycle: {},
    },
  },
  cosineDecay: {
    className: "CosineDecay",
    fields: {
      initialLearningRate: { codec: float },
      decaySteps: {},
      alpha: { codec: float },
      warmupTarget: { codec: float },
      warmupSteps: {},
    },
  },
  cosineDecayRestarts: {
    className: "CosineDecayRestarts",
    fields: {
      initialLearningRate: { codec: float },
      firstDecaySteps: {},
      tMul: { codec: float },
      mMul: { codec: float },
      alpha: { codec: float },
    },
  },
};

const rate: Codec = {
  read(context, what, value) {
    if (!isConfig(value)) return value;
    const { className, config } = readClass(context, what, value);
    const found = Object.entries(schedules).find(([, entry]) => entry.className === className);
    if (!found) throw new FormatError(`${what}: there is no ${className} here`);
    const [type, { fields }] = found;
    const reading = new Reading(context, what, config);
    reading.ignore("name");
    const options = reading.fields(fields);
    reading.end();
    return { type, ...options };
  },
  write(context, what, value) {
    if (typeof value === "number") return float.write(context, what, value);
    const { type } = value as { type: string };
    if (!Object.hasOwn(schedules, type))
      throw new FormatError(`${what}: ${dialectNames[context.dialect]} has no ${type}`);
    const { className, fields } = schedules[type];
    return writeClass(context, "optimizers.schedules", className, writeFields(context, what, fields, value as object));
  },
};

const common: Fields = {
  learningRate: { codec: rate, keys: { tfjs: "learning_rate" } },
  clipNorm: { key: "clipnorm", codec: float },
  globalClipNorm: { key: "global_clipnorm", codec: float },
  clipValue: { key: "clipvalue", codec: float },
  weightDecay: { codec: nullAs(0, float) },
  useEma: {},
  emaMomentum: { codec: float },
  emaOverwriteFrequency: {},
};

/** Fields of Keras that must mean what is done here. */
const commonFixed = {
  loss_scale_factor: [null],
  gradient_accumulation_steps: [null, 1],
  decay: [null, 0],
};
const ignored = ["name", "jit_compile", "is_legacy_optimizer", "lr", "dtype"];

/** Options of ours that must have one of these values, as Keras has nothing else. */
type Only = Readonly<Record<string, readonly unknown[]>>;

const commonOnly: Only = { gradientAccumulationSteps: [1], excludeFromWeightDecay: [[]] };

/** One optimizer. */
export interface OptimizerEntry {
  readonly className: string;
  readonly fields: Fields;
  readonly only?: Only;
  readonly fixed?: Readonly<Record<string, readonly unknown[]>>;
  /**
   * Its slots, in the order of Keras's variables: those of a group stand together for each weight. `null` if the
   * variables do not follow this rule.
   */
  readonly groups: ((spec: Config) => readonly (readonly string[])[]) | null;
  /** Corrects options that were read. */
  readonly after?: (options: Record<string, unknown>) => void;
}

const f: Field = { codec: float };
const inKeras: Only = { compat: ["keras"] };
const betas = { beta1: f, beta2: f };
const withEpsilon = { ...betas, epsilon: f };
const pair = (first: string, second: string) => () => [[first, second]];

/** The optimizers that both have, with the same formulas. */
export const optimizers: Readonly<Partial<Record<OptimizerSpec["type"], OptimizerEntry>>> = {
  sgd: {
    className: "SGD",
    fields: { momentum: f, nesterov: {} },
    only: { ...inKeras, dampening: [0] },
    groups: ({ momentum }) => (Number(momentum) > 0 ? [["velocity"]] : []),
    after(options) {
      if (!options.momentum) delete options.nesterov;
    },
  },
  adam: {
    className: "Adam",
    fields: { ...withEpsilon, amsgrad: {} },
    only: inKeras,
    groups: ({ amsgrad }) => [["m", "v"], ...(amsgrad ? [["vHat"]] : [])],
  },
  adamw: {
    className: "AdamW",
    fields: { ...withEpsilon, amsgrad: {}, weightDecay: f },
    only: inKeras,
    groups: ({ amsgrad }) => [["m", "v"], ...(amsgrad ? [["vHat"]] : [])],
  },
  adamax: { className: "Adamax", fields: withEpsilon, only: inKeras, groups: pair("m", "u") },
  nadam: { className: "Nadam", fields: withEpsilon, only: { ...inKeras, momentumDecay: [1] }, groups: pair("m", "v") },
  rmsprop: {
    className: "RMSprop",
    fields: { rho: f, momentum: f, epsilon: f, centered: {} },
    only: inKeras,
    groups: ({ momentum, centered }) => [
      ["meanSquare"],
      ...(Number(momentum) > 0 ? [["velocity"]] : []),
      ...(centered ? [["meanGradient"]] : []),
    ],
  },
  adagrad: {
    className: "Adagrad",
    fields: { initialAccumulatorValue: f, epsilon: f },
    only: { ...inKeras, lrDecay: [0] },
    groups: () => [["accumulator"]],
  },
  adadelta: { className: "Adadelta", fields: { rho: f, epsilon: f }, groups: pair("meanSquare", "meanChange") },
  ftrl: {
    className: "Ftrl",
    fields: {
      learningRatePower: f,
      initialAccumulatorValue: f,
      l1RegularizationStrength: { key: "l1_regularization_strength", ...f },
      l2RegularizationStrength: { key: "l2_regularization_strength", ...f },
      l2ShrinkageRegularizationStrength: { key: "l2_shrinkage_regularization_strength", ...f },
      beta: f,
    },
    groups: pair("accumulator", "linear"),
  },
  lamb: { className: "Lamb", fields: withEpsilon, groups: pair("m", "v") },
  lion: { className: "Lion", fields: betas, groups: () => [["m"]] },
  adafactor: {
    className: "Adafactor",
    fields: { beta2Decay: f, epsilon1: f, epsilon2: f, clipThreshold: f },
    // Keras bounds the rate with and without it.
    only: { relativeStep: [true] },
    fixed: { relative_step: [true, false] },
    groups: null,
  },
  muon: {
    className: "Muon",
    fields: {
      momentum: f,
      nesterov: {},
      nsSteps: {},
      adamLearningRateRatio: { key: "adam_lr_ratio", ...f },
      adamBeta1: { key: "adam_beta_1", ...f },
      adamBeta2: { key: "adam_beta_2", ...f },
      epsilon: f,
    },
    only: { adjustLearningRate: ["matchRmsAdamw"], epsilon: [1e-7] },
    fixed: {
      rms_rate: [0.2],
      epsilon: [1e-7],
      exclude_layers: [[]],
      exclude_embeddings: [false, true],
      muon_a: [3.4445],
      muon_b: [-4.775],
      muon_c: [2.0315],
    },
    groups: null,
    after(options) {
      options.adjustLearningRate = "matchRmsAdamw";
    },
  },
};

/** A reason why an optimizer does not exist on the other side. */
export interface Missing {
  readonly missing: string;
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** An optimizer from its class and configuration, or the reason why there is none like it. */
export function readOptimizer(context: Context, value: unknown): OptimizerSpec | Missing {
  addEveryOptimizer();
  try {
    const isName = typeof value === "string";
    const { className, config } = readClass(context, "optimizer", isName ? { class_name: value } : value);
    const wanted = className.toLowerCase().replace(/_/g, "");
    const found = Object.entries(optimizers).find(([, entry]) => entry.className.toLowerCase() === wanted);
    if (!found) return { missing: `there is no ${className} here` };
    const [type, { fields, fixed = {}, after }] = found;
    const reading = new Reading(context, "optimizer", config);
    reading.ignore(...ignored);
    for (const [key, values] of Object.entries({ ...commonFixed, ...fixed })) reading.expect(key, values, "");
    const options = reading.fields({ ...common, ...fields });
    if (options.learningRate === undefined && config.lr !== undefined) options.learningRate = config.lr;
    if (type === "muon" && (reading.take("adam_weight_decay") ?? 0) !== (options.weightDecay ?? 0)) {
      return { missing: "there is one weight decay for kernels and other weights here" };
    }
    reading.end();
    after?.(options);
    return resolveOptimizer("optimizer", { type, ...options });
  } catch (error) {
    if (!(error instanceof SimdgradError)) throw error;
    return { missing: error.message.replace(`${context.where}: `, "").replace(/\.\s*$/, "") };
  }
}

/** An optimizer as class and configuration, or the reason why the dialect has none like it. */
export function writeOptimizer(context: Context, spec: OptimizerSpec, learningRate: number | null): Config | Missing {
  const entry = Object.hasOwn(optimizers, spec.type) ? optimizers[spec.type] : undefined;
  const there = dialectNames[context.dialect];
  if (!entry) return { missing: `${there} has no ${spec.type}` };
  for (const [option, values] of Object.entries({ ...commonOnly, ...entry.only })) {
    const value = (spec as object as Config)[option];
    if (values.some((one) => isSame(one, value))) continue;
    return { missing: `${there} has no ${option}: ${JSON.stringify(value)} for ${spec.type}` };
  }
  if (typeof spec.learningRate === "function") return { missing: "a learning rate that is a function cannot be saved" };
  try {
    const given = learningRate === null ? spec : { ...spec, learningRate };
    const config = writeFields(context, "optimizer", { ...common, ...entry.fields }, given);
    if (spec.type === "muon") Object.assign(config, muonSettings(spec));
    return writeClass(context, "optimizers", entry.className, config);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { missing: error.message };
  }
}

/** Settings that Keras's Muon has besides, so that it does the same as ours. */
function muonSettings({ weightDecay }: Extract<OptimizerSpec, { type: "muon" }>): Config {
  const decay = weightDecay === 0 ? null : weightDecay;
  return { adam_weight_decay: decay, exclude_layers: [], exclude_embeddings: false, rms_rate: 0.2 };
}

/** True for a reason. */
export function isMissing(value: object): value is Missing {
  return "missing" in value;
}
