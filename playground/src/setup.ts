/**
 * Everything that decides a picture: data, network, training, seeds. Plain data, checked, with presets; the URL carries
 * it, and the engine follows it. Knows no page and no model.
 */
import { FIRST_POINTS, isHandText } from "./engine/hand.js";

/** Sets of two features; `plane` and `multiGauss` are for regression, `hand` has the points of a person. */
export const planeNames = ["spiral", "circle", "xor", "gauss", "moons", "arms", "plane", "multiGauss", "hand"] as const;
export type PlaneName = (typeof planeNames)[number];

/** Sources of data: a generator, a set that comes with the page, or the user's own data of this session. */
export const ownNames = ["csv", "images"] as const;
export type OwnName = (typeof ownNames)[number];
export const sourceNames = [...planeNames, "digits", "mnist", ...ownNames] as const;
export type SourceName = (typeof sourceNames)[number];

/** Inputs made from the two features of a plane. */
export const featureNames = ["x1", "x2", "x1²", "x2²", "x1x2", "sin x1", "sin x2"] as const;
export type FeatureName = (typeof featureNames)[number];

export const regularizations = ["none", "l1", "l2"] as const;
export const optimizers = ["sgd", "adam", "adamw", "rmsprop", "adagrad", "nadam"] as const;
export const backends = ["wasm", "relaxed", "reference"] as const;
export const activations = ["relu", "tanh", "sigmoid", "leakyRelu", "elu", "selu", "gelu", "silu", "linear"] as const;

export interface Setup {
  readonly source: SourceName;
  /** Share of a generator's largest noise, 0 to 1. */
  readonly noise: number;
  readonly samples: number;
  readonly dataSeed: number;
  /** The points of `hand`, as `engine/hand.ts` writes them. */
  readonly points: string;
  /** Share of the rows for testing, in an order shuffled by `dataSeed`; 0 trains on all. */
  readonly testShare: number;
  /** Adds moved, stretched, slanted and thickened copies of the training images. */
  readonly variations: boolean;
  readonly features: readonly FeatureName[];
  /** Units of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: (typeof activations)[number];
  readonly regularization: (typeof regularizations)[number];
  readonly regularizationRate: number;
  readonly dropout: number;
  readonly batchNormalization: boolean;
  readonly optimizer: (typeof optimizers)[number];
  readonly learningRate: number;
  readonly batchSize: number;
  /** `auto`: cross-entropy for classes, squares for numbers. */
  readonly loss: (typeof losses)[number];
  readonly seed: number;
  /** `relaxed`: Wasm with fused multiply-add where the engine has it; the last bits may then differ between engines. */
  readonly backend: (typeof backends)[number];
  /** Principal axes, counted from 1, or columns, from 101, that span the plane of data without one. */
  readonly axes: readonly [horizontal: number, vertical: number];
}

export const losses = ["auto", "meanSquaredError", "huber"] as const;

export const defaults: Setup = {
  source: "spiral",
  noise: 0.1,
  samples: 500,
  dataSeed: 1,
  points: FIRST_POINTS,
  testShare: 0.3,
  variations: false,
  features: ["x1", "x2"],
  hidden: [8, 8],
  activation: "tanh",
  regularization: "none",
  regularizationRate: 0.001,
  dropout: 0,
  batchNormalization: false,
  optimizer: "adam",
  learningRate: 0.01,
  batchSize: 16,
  loss: "auto",
  seed: 1,
  backend: "wasm",
  axes: [1, 2],
};

/** Bounds of each number. */
export const bounds = {
  noise: { min: 0, max: 1, step: 0.05 },
  samples: { min: 20, max: 5000, step: 20 },
  dataSeed: { min: 0, max: 999_999, step: 1 },
  testShare: { min: 0, max: 0.9, step: 0.05 },
  regularizationRate: { min: 0, max: 1, step: 0.0001 },
  dropout: { min: 0, max: 0.8, step: 0.05 },
  learningRate: { min: 0.00001, max: 10, step: 0.00001 },
  batchSize: { min: 1, max: 10_000, step: 1 },
  seed: { min: 0, max: 999_999, step: 1 },
} as const satisfies Partial<Record<keyof Setup, { min: number; max: number; step: number }>>;

export const MOST_LAYERS = 6;
export const MOST_UNITS = 1024;
export const MOST_AXES = 8;
/** Axis 101 is column 1. */
export const FIRST_COLUMN = 101;
/** Most columns to choose from. */
export const MOST_COLUMNS = 200;

export const isColumn = (axis: number) => axis >= FIRST_COLUMN;

const choices = {
  source: sourceNames,
  activation: activations,
  regularization: regularizations,
  optimizer: optimizers,
  loss: losses,
  backend: backends,
} as const satisfies Partial<Record<keyof Setup, readonly string[]>>;

export function isOwn(source: SourceName): source is OwnName {
  return (ownNames as readonly string[]).includes(source);
}

export function isPlane(source: SourceName): source is PlaneName {
  return (planeNames as readonly string[]).includes(source);
}

/** A text of a link, which may be of any length, as far as a message has room for it. */
const brief = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** A setup from any value, with its faults: each bad value is replaced by its default. */
export function checkSetup(value: Readonly<Record<string, unknown>>): { setup: Setup; problems: string[] } {
  const problems: string[] = [];
  const setup: Record<string, unknown> = { ...defaults };
  const refuse = (key: string, given: unknown) =>
    problems.push(`${key}: ${brief(JSON.stringify(given))} is not possible`);
  for (const [key, given] of Object.entries(value)) {
    if (!Object.hasOwn(defaults, key)) {
      problems.push(`${brief(key)}: unknown`);
      continue;
    }
    if (isPossible(key as keyof Setup, given)) setup[key] = given;
    else refuse(key, given);
  }
  return { setup: setup as unknown as Setup, problems };
}

/** Settings of the data, which two runs that are compared share. */
export const dataKeys = ["source", "noise", "samples", "dataSeed", "points", "testShare", "axes"] as const;

/** A setup with the data of another one. */
export function onDataOf({ source, noise, samples, dataSeed, points, testShare, axes }: Setup, setup: Setup): Setup {
  return { ...setup, source, noise, samples, dataSeed, points, testShare, axes };
}

/** Settings in which two setups differ. */
export function differing(a: Setup, b: Setup): (keyof Setup)[] {
  const keys = Object.keys(defaults) as (keyof Setup)[];
  return keys.filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
}

/** True if two setups train the same network in the same way, however it is drawn. */
export const isSame = (a: Setup, b: Setup) => differing(a, b).every((key) => key === "axes");

function isPossible(key: keyof Setup, value: unknown): boolean {
  if (key in choices) return (choices[key as keyof typeof choices] as readonly unknown[]).includes(value);
  if (key in bounds) {
    const { min, max, step } = bounds[key as keyof typeof bounds];
    const isNumber = typeof value === "number" && value >= min && value <= max;
    return isNumber && (step < 1 || Number.isInteger(value));
  }
  switch (key) {
    case "points":
      return isHandText(value);
    case "features":
      return isListOf(value, featureNames) && value.length > 0;
    case "hidden": {
      const isUnits = (units: unknown) =>
        Number.isInteger(units) && (units as number) >= 1 && (units as number) <= MOST_UNITS;
      return Array.isArray(value) && value.length <= MOST_LAYERS && value.every(isUnits);
    }
    case "axes": {
      const isAxis = (axis: number) =>
        Number.isInteger(axis) &&
        ((axis >= 1 && axis <= MOST_AXES) || (isColumn(axis) && axis < FIRST_COLUMN + MOST_COLUMNS));
      if (!Array.isArray(value) || value.length !== 2 || !value.every(isAxis)) return false;
      return value[0] !== value[1] && isColumn(value[0]) === isColumn(value[1]);
    }
    default:
      return typeof value === typeof defaults[key];
  }
}

function isListOf(value: unknown, names: readonly string[]): value is string[] {
  return Array.isArray(value) && new Set(value).size === value.length && value.every((name) => names.includes(name));
}

/** Settings that suit sets of images. */
export const forImages: Partial<Setup> = {
  hidden: [64],
  activation: "relu",
  learningRate: 0.003,
  batchSize: 32,
  variations: true,
};

/** Instructive setups, including the notebooks' networks. */
export const presets: readonly { readonly name: string; readonly about: string; readonly setup: Partial<Setup> }[] = [
  { name: "Two arms", about: "what two hidden layers can do", setup: {} },
  {
    name: "XOR by hand",
    about: "2-3-1, sigmoid, as in the first notebook: plain gradient descent",
    setup: {
      source: "xor",
      noise: 0,
      hidden: [3],
      activation: "sigmoid",
      optimizer: "sgd",
      learningRate: 0.3,
      batchSize: 10,
    },
  },
  {
    name: "Five arms",
    about: "2-5-5 and softmax: the spiral of the last notebook",
    setup: { source: "arms", noise: 0.2, hidden: [5], activation: "relu", regularization: "l2", learningRate: 0.02 },
  },
  {
    name: "Draw a digit",
    about: "784-64-10 on MNIST with varied copies: it reads what you draw",
    setup: { ...forImages, source: "mnist" },
  },
  {
    name: "MNIST, a wide layer",
    about: "784-532-10, as in the second notebook: many weights, slow epochs",
    setup: { ...forImages, source: "mnist", hidden: [532], activation: "sigmoid", variations: false },
  },
  {
    name: "Digits",
    about: "64-64-10 on handwritten digits; draw your own",
    setup: {
      source: "digits",
      hidden: [64],
      activation: "sigmoid",
      learningRate: 0.005,
      batchSize: 32,
      testShare: 0.2,
    },
  },
  {
    name: "Straight line",
    about: "no hidden layer: where a linear model ends",
    setup: { source: "circle", hidden: [], noise: 0.1 },
  },
  {
    name: "A line for a circle",
    about: "no hidden layer, but squares of the features",
    setup: { source: "circle", hidden: [], noise: 0.1, features: ["x1²", "x2²"] },
  },
  {
    name: "Overfitting",
    about: "few noisy rows, many neurons: watch the two losses part",
    setup: { source: "moons", noise: 0.9, samples: 60, testShare: 0.5, hidden: [32, 32], activation: "relu" },
  },
  {
    name: "Regression",
    about: "hills and valleys",
    setup: { source: "multiGauss", hidden: [16, 16], noise: 0, samples: 1000 },
  },
];
