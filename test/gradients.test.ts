// Backward formulas against central differences of the forward ones, in float64, through whole models; then every
// Wasm build's gradients against those of float64.
import { afterAll, describe, expect, it } from "vitest";
import { Label, LossKind } from "../src/plan/op.js";
import {
  type ActivationSpec,
  activationNames,
  gelu,
  hardShrink,
  relu,
  resolveActivation,
  softShrink,
} from "../src/specs/activations.js";
import { activation } from "../src/specs/layers/activation.js";
import type { LayerSpec } from "../src/specs/layers/all.js";
import { dense } from "../src/specs/layers/dense.js";
import {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  sparseCategoricalCrossentropy,
} from "../src/specs/losses/classification.js";
import { entryOf, outputReading, targetKind } from "../src/specs/losses/facts.js";
import { huber } from "../src/specs/losses/regression.js";
import { type LossName, type LossSpec, lossTable, resolveLoss } from "../src/specs/losses/table.js";
import { l1, l1l2, l2 } from "../src/specs/regularizers.js";
import { oracle, reusing, wasmBackends } from "./support/backends.js";
import { sampleInQuick } from "./support/inFull.js";
import { largest, SLOPE_TOLERANCE, slopesOf } from "./support/slopes.js";
import { distributions, labels, uniforms } from "./support/tensors.js";
import { farFrom } from "./support/toBeAllClose.js";
import { Trial, type TrialModel } from "./support/trial.js";

interface Sizes {
  readonly rows: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
}

const SMALL: Sizes = { rows: 5, inputs: 3, hidden: 4, outputs: 3 };
/** Past one panel in every direction, and no multiple of anything. */
const WIDER: Sizes = { rows: 7, inputs: 11, hidden: 13, outputs: 10 };

/** A model's layers, made for a size. */
interface Recipe {
  readonly name: string;
  readonly loss: LossSpec;
  readonly layers: (sizes: Sizes) => LayerSpec[];
  /** Centre of the outputs: near 0, or well within (0, 1), as losses on probabilities need. @default 0.5 */
  readonly centre?: number;
}

function makeTargets(loss: LossSpec, rows: number, outputs: number): ArrayLike<number> {
  if (targetKind(loss) === "labels") {
    return labels(rows, outputs, 84).map((label) => (label === loss.ignoreClass ? Label.Ignored : label));
  }
  if (targetKind(loss) === "signs") return labels(rows * outputs, 2, 84).map((bit) => 2 * bit - 1);
  if (outputReading(loss) === "classes") return distributions(rows, outputs, 85);
  return uniforms(rows * outputs, 86, 0, 1);
}

/** Options that are lists, repeated until there is a number for each output. */
function forOutputs(loss: LossSpec, outputs: number): LossSpec {
  const repeated = (list: readonly number[]) => Array.from({ length: outputs }, (_, j) => list[j % list.length]);
  const options = Object.entries(loss).map(([name, value]) => [name, Array.isArray(value) ? repeated(value) : value]);
  return Object.fromEntries(options);
}

function makeModel({ loss: given, layers, centre = 0.5 }: Recipe, sizes: Sizes): TrialModel {
  const { rows, inputs, outputs } = sizes;
  const loss = forOutputs(given, outputs);
  const specs = layers(sizes);
  const lastDense = `dense_${specs.filter(({ type }) => type === "dense").length}`;
  return {
    layers: specs,
    inputs,
    loss,
    rows,
    // Away from kinks: with these seeds no value of a relu lies within a step of 0.
    weights: (path, count) => {
      const isLast = path.startsWith(lastDense);
      const bound = isLast && centre !== 0 ? 0.2 / sizes.hidden : 0.8;
      if (!path.endsWith("bias")) return uniforms(count, 81, -bound, bound);
      return uniforms(count, 82, -0.2, 0.2).map((value) => (isLast ? centre + value / 2 : value));
    },
    x: uniforms(rows * inputs, 83, -2, 2),
    y: makeTargets(loss, rows, outputs),
    sampleWeights: uniforms(rows, 87, 0.2, 3),
  };
}

/** Those with kernels. The others are in test/model/moreLosses.test.ts. */
const lossNames = (Object.keys(lossTable) as LossName[]).filter((type) => entryOf({ type }).kind !== LossKind.Host);

/** Every loss, and again with its options. */
const lossSpecs = [
  ...lossNames.map((name) => resolveLoss("", name)),
  sparseCategoricalCrossentropy({ ignoreClass: 1 }),
  huber({ delta: 0.1 }),
  binaryCrossentropy({ labelSmoothing: 0.2, posWeight: 2.5 }),
  binaryCrossentropy({ posWeight: [2.5, 0.5, 4] }),
  categoricalCrossentropy({ labelSmoothing: 0.2 }),
  binaryFocalCrossentropy({ labelSmoothing: 0.2, gamma: 1.5, applyClassBalancing: true }),
  categoricalFocalCrossentropy({ labelSmoothing: 0.2, alpha: 0.7, gamma: 0.5 }),
  categoricalFocalCrossentropy({ alpha: [0.7, 0.2, 1.5] }),
];
const logitSpecs = lossSpecs
  .filter(({ type }) => type.endsWith("rossentropy"))
  .map((spec): LossSpec => ({ ...spec, fromLogits: true }));

/** Thresholds out of the way of the values. */
const NARROW = { softShrink: softShrink({ threshold: 0.1 }), hardShrink: hardShrink({ threshold: 0.1 }) };

/** Every activation; gelu and relu with options, too. */
const activations: ActivationSpec[] = [
  ...activationNames.map((name) => NARROW[name as keyof typeof NARROW] ?? resolveActivation("", name)),
  gelu({ approximate: true }),
  relu({ negativeSlope: 0.3, maxValue: 0.65, threshold: 0.05 }),
];

const nameOf = (spec: ActivationSpec) => Object.values(spec).join(" ");

/** Centres at which a last activation gives values well within (0, 1), if not at 0.5. */
const CENTRES: Partial<Record<ActivationSpec["type"], number>> = {
  exponential: -0.9,
  softplus: -0.7,
  squareplus: -1.5,
  tanhShrink: 1.25,
};

/** Its values are never positive: nothing for losses that take probabilities or rates. */
const isNegative = ({ type }: ActivationSpec) => type === "logSigmoid" || type === "logSoftmax";
const takesNegative = (loss: LossSpec) => targetKind(loss) === "numbers" || loss.type.endsWith("inge");

function twoLayers(hidden: ActivationSpec, last: ActivationSpec, loss: LossSpec): Recipe {
  return {
    name: `${nameOf(hidden)}, ${nameOf(last)}, ${JSON.stringify(loss)}`,
    loss,
    centre: CENTRES[last.type] ?? 0.5,
    layers: (sizes) => [
      dense({ units: sizes.hidden, activation: hidden }),
      dense({ units: sizes.outputs, activation: last }),
    ],
  };
}

/** Every last activation with every loss that takes its values; softmax and sigmoid meet their own loss fused. */
const lasts: Recipe[] = lossSpecs.flatMap((loss) =>
  activations
    .filter((last) => takesNegative(loss) || !isNegative(last))
    .flatMap((last) => [resolveActivation("", "tanh"), gelu()].map((hidden) => twoLayers(hidden, last, loss))),
);

/** Every hidden activation, also ahead of one that works on rows. */
const hiddens: Recipe[] = activations.flatMap((hidden) =>
  (["linear", "softmax"] as const).map((last) =>
    twoLayers(hidden, resolveActivation("", last), resolveLoss("", "meanSquaredError")),
  ),
);

const others: Recipe[] = [
  // From logits around 0.
  ...logitSpecs.flatMap((loss) =>
    activations.map((hidden) => ({
      name: `${nameOf(hidden)}, linear, ${loss.type} from logits`,
      loss,
      centre: 0,
      layers: (sizes: Sizes) => [dense({ units: sizes.hidden, activation: hidden }), dense({ units: sizes.outputs })],
    })),
  ),
  // A linear layer after the activation keeps it apart from its loss.
  ...lossSpecs.flatMap((loss) =>
    (["sigmoid", "softmax"] as const).map((last) => ({
      name: `relu, ${last}, apart from ${loss.type}`,
      loss,
      centre: 0,
      layers: (sizes: Sizes) => [
        dense({ units: sizes.hidden, activation: "relu" }),
        dense({ units: sizes.outputs, activation: last }),
        activation("linear"),
      ],
    })),
  ),
  // Penalties are part of the loss, and so of its slopes.
  {
    name: "regularized",
    loss: resolveLoss("", "meanSquaredError"),
    centre: 0,
    layers: (sizes: Sizes) => [
      dense({
        units: sizes.hidden,
        activation: "tanh",
        kernelRegularizer: l1l2({ l1: 0.05, l2: 0.1 }),
        biasRegularizer: "l2",
      }),
      dense({ units: sizes.outputs, kernelRegularizer: l1(0.02), biasRegularizer: l2(0.3) }),
    ],
  },
  // Activations as layers of their own, also first and twice in a row.
  ...activations.map((spec) => ({
    name: `layers of ${nameOf(spec)}`,
    loss: resolveLoss("", "meanSquaredError"),
    centre: 0,
    layers: (sizes: Sizes) => [
      activation("tanh"),
      dense({ units: sizes.hidden, useBias: false }),
      activation(spec),
      activation("sigmoid"),
      dense({ units: sizes.hidden, activation: spec, useBias: false }),
      dense({ units: sizes.outputs }),
      activation(spec),
    ],
  })),
  ...lossSpecs.map((loss) => ({
    name: `one layer, ${loss.type}`,
    loss,
    layers: (sizes: Sizes) => [dense({ units: sizes.outputs, activation: "sigmoid" })],
  })),
];

const recipes = [...lasts, ...hiddens, ...others];
const GROUPS = lossNames.map((loss) => {
  const group = recipes.filter((recipe) => recipe.loss.type === loss);
  return [loss, sampleInQuick(group)] as const;
});

/** What is wrong with the recipes of a test: an `expect` for each of them would take longer than their arithmetic. */
class Faults {
  readonly all: string[] = [];

  add(what: string, fault: string | null): void {
    if (fault !== null) this.all.push(`${what}: ${fault}`);
  }
}

/** A recipe's model, its loss and gradients in float64, and which of the slab's numbers are values of a parameter. */
interface Expected {
  readonly model: TrialModel;
  readonly loss: number;
  readonly grads: ArrayLike<number>;
  readonly scale: number;
  readonly used: ReadonlySet<number>;
}

/** Results by sizes and recipe: the same for every build. */
const found = new Map([SMALL, WIDER].map((sizes) => [sizes, new Map<Recipe, Expected>()]));

/** Works them out, and keeps them. */
function measure(recipe: Recipe, sizes: Sizes): { readonly trial: Trial; readonly expected: Expected } {
  const model = makeModel(recipe, sizes);
  const trial = new Trial(model, oracle);
  const loss = trial.gradients();
  const { grads } = trial;
  const expected = { model, loss, grads: grads.slice(), scale: largest(grads), used: new Set(trial.positions()) };
  found.get(sizes)?.set(recipe, expected);
  return { trial, expected };
}

function expectedOf(recipe: Recipe, sizes: Sizes): Expected {
  return found.get(sizes)?.get(recipe) ?? measure(recipe, sizes).expected;
}

describe("float64 gradients are the slopes of the loss", () => {
  it.each(GROUPS)("%s", (_, group) => {
    const faults = new Faults();
    for (const recipe of group) {
      const { trial, expected } = measure(recipe, SMALL);
      const { loss } = expected;
      if (!Object.is(loss, trial.loss())) faults.add(recipe.name, `loss ${loss} in training, ${trial.loss()} without`);
      const positions = [...expected.used];
      const gradients = positions.map((position) => trial.grads[position]);
      const slopes = slopesOf(trial, positions, () => trial.loss());
      const scale = largest(slopes);
      if (!(scale > 1e-5)) faults.add(recipe.name, "the gradient vanishes");
      faults.add(recipe.name, farFrom(gradients, slopes, { rtol: SLOPE_TOLERANCE, atol: SLOPE_TOLERANCE * scale }));
    }
    expect(faults.all).toEqual([]);
  });
});

afterAll(() => {
  for (const ofSizes of found.values()) ofSizes.clear();
});

describe.each(wasmBackends)("gradients on %s are those of float64", (_, factory) => {
  const create = reusing(factory);

  it.each(GROUPS)("%s", (_, group) => {
    const faults = new Faults();
    for (const recipe of group) {
      for (const sizes of [SMALL, WIDER]) {
        const what = `${recipe.name}, ${sizes.inputs} inputs`;
        const { model, loss, grads, scale, used } = expectedOf(recipe, sizes);
        const actual = new Trial(model, create);
        faults.add(`${what}: loss`, farFrom([actual.gradients()], [loss], { rtol: 1e-5, atol: 1e-6 }));
        // The whole slab, because padding must have a gradient of exactly zero.
        faults.add(what, farFrom(actual.grads, grads, { rtol: 1e-4, atol: 1e-5 * scale }));
        const stray = actual.grads.findIndex((gradient, i) => gradient !== 0 && !used.has(i));
        if (stray !== -1) faults.add(what, `padding with a gradient at ${stray}`);
      }
    }
    expect(faults.all).toEqual([]);
  });
});
