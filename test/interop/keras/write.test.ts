// Files for Keras. Keras itself has opened the files whose hashes stand in witness.json (fixtures/interop/keras/check.py).
import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { FormatError, OptionError } from "../../../src/base/errors.js";
import {
  activation,
  activationNames,
  dense,
  type LayerSpec,
  layerTypes,
  lossNames,
  type Metric,
  normalization,
  optimizerNames,
  Sequential,
} from "../../../src/index.js";
import { exportKeras, importKeras, portableOf, readKeras, writeKeras } from "../../../src/interop/keras/index.js";
import { blobs, classifier, fnv1a, stateOf } from "../../model/models.js";
import { plainLayers } from "../plainLayers.js";
import { NETS, worstDifference } from "../randomNets.js";
import { netFor, train } from "./nets.js";

const witnesses = JSON.parse(
  readFileSync(new URL("../../../fixtures/interop/keras/witness.json", import.meta.url), "utf8"),
) as { seed: number; hash: string; predictions: number[]; exact: number[]; after: number }[];

/**
 * Nets of the first 200 that part from Keras by more than 1e-5 in 20 steps, on PyTorch or TensorFlow, with their weights after
 * 20 steps of Keras in float64; the distance of Keras's float32 run from these weights; and that of Keras from itself if the
 * rows of each batch are turned round. Gradients that are 0, as that of a bias before batch normalization, are rounding
 * noise in float32, and adaptive optimizers make whole steps of it: net 178 has five such tensors.
 */
const parted = JSON.parse(
  readFileSync(new URL("../../../fixtures/interop/keras/after.json", import.meta.url), "utf8"),
) as { seed: number; hash: string; keras: number; turned: number; weights: Record<string, number[]> }[];

/** The message of what `work` throws; empty if it throws nothing. */
async function refusalOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  return "";
}

describe("a file for Keras", () => {
  it.each(witnesses)(
    "is the one that Keras has opened: net $seed",
    async ({ seed, hash, predictions, exact, after }) => {
      const { model, x } = await netFor(seed);
      expect(fnv1a(await exportKeras(model))).toBe(hash);
      const ours = model.predict(x);
      // Two programs in float32 may be as far apart as both are from float64 together.
      const rounding = worstDifference(ours, exact) + worstDifference(predictions, exact);
      expect(worstDifference(ours, exact)).toBeLessThan(2e-6);
      expect(worstDifference(ours, predictions)).toBeLessThan(Math.max(2e-6, rounding));
      expect(after).toBeLessThan(1e-5);
      model.dispose();
    },
  );

  it.each(parted)(
    "trains on as close to float64 as Keras does where both part: net $seed",
    async ({ seed, hash, keras, turned, weights }) => {
      const net = await netFor(seed);
      expect(fnv1a(await exportKeras(net.model))).toBe(hash);
      await train(net, 20);
      for (const { name, data } of net.model.getWeights().filter(({ name }) => name in weights)) {
        expect(worstDifference(data, weights[name]), name).toBeLessThan(Math.max(1e-5, keras, turned));
      }
      net.model.dispose();
    },
  );

  it("comes back as the same model, which trains on with the same bits", async () => {
    for (let seed = 0; seed < NETS; seed++) {
      const net = await netFor(seed);
      const { model: copy, notes } = await importKeras(await exportKeras(net.model), { threads: 1 });
      expect(notes).toEqual([]);
      expect(copy.predict(net.x)).toEqual(net.model.predict(net.x));
      await train(net, 3);
      await train({ ...net, model: copy }, 3);
      expect(copy.getWeights()).toEqual(net.model.getWeights());
      net.model.dispose();
      copy.dispose();
    }
  });

  const REFUSED_LAYERS: Record<string, string> = {
    glu: "glu_1: Keras expects as many outputs as inputs after its glu",
  };

  it.each(layerTypes)("holds the layer %s, or refuses it by name", async (type) => {
    const model = await Sequential.create({ ...plainLayers(type), threads: 1 });
    const refusal = await refusalOf(async () => {
      const { model: copy } = await importKeras(await exportKeras(model), { threads: 1 });
      expect(stateOf(copy)).toBe(stateOf(model));
    });
    if (type in REFUSED_LAYERS) expect(refusal).toContain(REFUSED_LAYERS[type]);
    else expect(refusal).toBe("");
  });

  const REFUSED_ACTIVATIONS = ["threshold", "sparsemax"];

  it.each(activationNames)("holds the activation %s, or refuses it by name", async (name) => {
    for (const layers of [[dense({ units: 3, activation: name })], [dense({ units: 3 }), activation(name)]]) {
      const model = await Sequential.create({ inputShape: [4], layers, seed: 3, threads: 1 });
      const refusal = await refusalOf(async () => {
        const { model: copy } = await importKeras(await exportKeras(model), { threads: 1 });
        expect(stateOf(copy)).toBe(stateOf(model));
      });
      if (REFUSED_ACTIVATIONS.includes(name)) expect(refusal).toMatch(/_1: .*Keras 3 has no (?:threshold|sparsemax)/);
      else expect(refusal).toBe("");
    }
  });

  it.each([
    [{ type: "relu", maxValue: 2, threshold: 0.5, negativeSlope: 0.1 }],
    [{ type: "leakyRelu", negativeSlope: 0.3 }],
    [{ type: "elu", alpha: 2 }],
  ])("holds the options of %j", async (spec) => {
    const layers = [dense({ units: 3, activation: spec as never }), activation(spec as never)];
    const model = await Sequential.create({ inputShape: [4], layers, seed: 3, threads: 1 });
    const { model: copy } = await importKeras(await exportKeras(model), { threads: 1 });
    expect(stateOf(copy)).toBe(stateOf(model));
  });

  it.each([
    [{ type: "celu", alpha: 2 }, "celu({ alpha: 2 })"],
    [{ type: "gelu", approximate: true }, "gelu({ approximate: true })"],
    [{ type: "softShrink", threshold: 1 }, "softShrink({ threshold: 1 })"],
    [{ type: "hardShrink", threshold: 1 }, "hardShrink({ threshold: 1 })"],
    [{ type: "squareplus", b: 1 }, "squareplus({ b: 1 })"],
    [{ type: "threshold", threshold: 1, defaultValue: 0 }, "threshold({ threshold: 1, defaultValue: 0 })"],
  ])("refuses %j by layer", async (spec, named) => {
    const model = await Sequential.create({
      inputShape: [4],
      layers: [dense({ units: 2 }), dense({ units: 3, activation: spec as never, name: "odd" })],
    });
    expect(await refusalOf(() => exportKeras(model))).toContain(`exportKeras: odd: Keras 3 has no ${named}.`);
  });

  it("refuses a mask of softmax", async () => {
    const layers = [dense({ units: 4 }), { type: "softmax", mask: [true, true, false, true], axis: -1 }] as LayerSpec[];
    const model = await Sequential.create({ inputShape: [4], layers });
    expect(await refusalOf(() => exportKeras(model))).toContain("softmax_1: mask: in Keras 3 a mask is an input.");
  });

  const KERAS_OPTIMIZERS = [
    ...["sgd", "adam", "adamw", "adamax", "nadam", "rmsprop", "adagrad", "adadelta"],
    ...["ftrl", "lamb", "lion", "adafactor"],
  ];

  it.each(optimizerNames)("holds the optimizer %s, or refuses it and says how to leave it out", async (optimizer) => {
    const model = await classifier({ optimizer: { type: optimizer } as never, threads: 1 });
    await model.fit(blobs(30), { epochs: 1 });
    const refusal = await refusalOf(async () => {
      const { model: copy } = await importKeras(await exportKeras(model), { threads: 1 });
      expect(copy.compiled?.optimizer).toEqual(model.compiled?.optimizer);
      expect(stateOf(copy)).toBe(stateOf(model));
    });
    if (KERAS_OPTIMIZERS.includes(optimizer)) {
      expect(refusal).toBe("");
      return;
    }
    expect(refusal).toMatch(/^exportKeras: optimizer: Keras 3 has no .*compile: false/);
    const { model: copy } = await importKeras(await exportKeras(model, { compile: false }), { threads: 1 });
    expect(copy.compiled).toBeNull();
    expect(copy.getWeights()).toEqual(model.getWeights());
  });

  it.each<[Record<string, unknown>, string]>([
    [{ type: "adam", compat: "torch" }, 'compat: "torch"'],
    [{ type: "nadam", momentumDecay: 0.5 }, "momentumDecay: 0.5"],
    [{ type: "adagrad", lrDecay: 0.1 }, "lrDecay: 0.1"],
    [{ type: "sgd", momentum: 0.5, compat: "torch", dampening: 0.1 }, 'compat: "torch"'],
    [{ type: "adafactor", relativeStep: false }, "relativeStep: false"],
    [{ type: "muon" }, 'adjustLearningRate: "original"'],
    [{ type: "muon", adjustLearningRate: "matchRmsAdamw", epsilon: 1e-5 }, "epsilon: 0.00001"],
    [{ type: "adam", gradientAccumulationSteps: 2 }, "gradientAccumulationSteps: 2"],
    [{ type: "adamw", excludeFromWeightDecay: ["bias"] }, 'excludeFromWeightDecay: ["bias"]'],
    [{ type: "adam", learningRate: { type: "linearSchedule", learningRate: 0.1 } }, "linearSchedule"],
    [{ type: "adam", learningRate: () => 0.1 }, "a learning rate that is a function cannot be saved"],
  ])("refuses the optimizer %j", async (optimizer, named) => {
    const model = await classifier({ optimizer: optimizer as never });
    const plain = { ...(await portableOf(await classifier())), compiled: model.compiled };
    expect(await refusalOf(() => writeKeras(plain))).toContain(named);
  });

  const KERAS_LOSSES = lossNames.filter(
    (name) => !/^(?:pinball|smoothL1|poissonNll|gaussianNll|softMargin|multi)/.test(name),
  );

  it.each(lossNames)("holds the loss %s, or refuses it", async (type) => {
    const plain = await portableOf(await classifier());
    const compiled = { ...plain.compiled, loss: { ...DEFAULTS[type], type, fromLogits: false }, metrics: [] };
    const refusal = await refusalOf(async () => {
      const { compiled: read } = await readKeras(await writeKeras({ ...plain, compiled } as never));
      expect(read?.loss).toEqual(compiled.loss);
    });
    if (KERAS_LOSSES.includes(type)) expect(refusal).toBe("");
    else expect(refusal).toContain(`writeKeras: loss: Keras 3 has no ${type}`);
  });

  it("refuses losses that Keras computes otherwise", async () => {
    const plain = await portableOf(await classifier());
    const withLoss = (loss: object) => writeKeras({ ...plain, compiled: { ...plain.compiled, loss } } as never);
    const weighted = { type: "binaryCrossentropy", fromLogits: false, labelSmoothing: 0, posWeight: 2 };
    expect(await refusalOf(() => withLoss(weighted))).toContain("it has no posWeight");
    const tversky = { type: "tversky", fromLogits: false, alpha: 0.3, beta: 0.7 };
    expect(await refusalOf(() => withLoss(tversky))).toContain("its versions disagree about alpha and beta");
  });

  it("keeps metrics that both have, and warns of others", async () => {
    const metrics = ["accuracy", "mse", "meanAbsoluteError", "r2", "balancedAccuracy", "cohenKappa"];
    const loss = "categoricalCrossentropy";
    const model = await classifier({ loss, metrics: metrics as Metric[] });
    const onWarning = vi.fn();
    const { compiled } = await readKeras(await exportKeras(model, { onWarning }));
    expect(compiled?.metrics.map(({ name }) => name)).toEqual(["accuracy", "mse", "meanAbsoluteError", "r2"]);
    expect(onWarning.mock.calls.flat()).toEqual([
      'The metric "balancedAccuracy" is left out: Keras 3 has no metric balancedAccuracy.',
      'The metric "cohenKappa" is left out: Keras 3 has no metric cohenKappa.',
    ]);
  });

  it("holds names of classes and features, metadata, seed and epoch", async () => {
    const model = await classifier({ threads: 1 });
    model.metadata = { unit: "cm", classes: ["a", "b", "c"], features: ["width", "height"] };
    await model.fit(blobs(30), { epochs: 2, batchSize: 10 });
    const { model: copy } = await importKeras(await exportKeras(model), { threads: 1 });
    expect(copy.save()).toEqual(model.save());
  });

  it("holds the statistics of a normalization that were given, and those that adapt has found", async () => {
    const given = normalization({ mean: [1, 2], variance: [4, 9] });
    const model = await Sequential.create({ inputShape: [2], layers: [given, dense({ units: 1 })] });
    const { layers } = await readKeras(await exportKeras(model));
    expect(layers[0].spec).toMatchObject({ mean: [1, 2], variance: [4, 9] });
    model.adapt({
      x: [
        [1, 2],
        [3, 4],
        [5, 9],
      ],
    });
    const { model: copy } = await importKeras(await exportKeras(model));
    expect(copy.getWeights()).toEqual(model.getWeights());
  });

  it("holds the rate that a callback has set", async () => {
    const model = await classifier({ threads: 1 });
    const plain = await portableOf(model);
    const training = { ...plain.training, learningRate: 0.25, slots: plain.training?.slots };
    const { compiled } = await readKeras(await writeKeras({ ...plain, training } as never));
    expect(compiled?.optimizer.learningRate).toBe(0.25);
  });

  it("is the same for the same model", async () => {
    const model = await classifier();
    expect(await exportKeras(model)).toEqual(await exportKeras(model.save()));
  });

  it("refuses anything that is not a model or an option", async () => {
    const plain = await portableOf(await classifier());
    for (const source of [null, 3, "model.keras", {}]) {
      await expect(exportKeras(source as never)).rejects.toThrow(OptionError);
      await expect(writeKeras(source as never)).rejects.toThrow(OptionError);
      await expect(readKeras(source as never)).rejects.toThrow(OptionError);
    }
    await expect(writeKeras(plain, { zip: true } as never)).rejects.toThrow('unknown option "zip"');
    const broken = { ...plain, layers: plain.layers.map((layer) => ({ ...layer, weights: new Map() })) };
    expect(await refusalOf(() => writeKeras(broken))).toBe("writeKeras: dense_1/kernel: expected [2, 8], got nothing.");
  });
});

/** Options of losses as compile spells them out. */
const DEFAULTS: Record<string, object> = {
  huber: { delta: 1 },
  pinball: { quantile: 0.5 },
  binaryCrossentropy: { labelSmoothing: 0, posWeight: 1 },
  categoricalCrossentropy: { labelSmoothing: 0 },
  sparseCategoricalCrossentropy: { ignoreClass: null },
  binaryFocalCrossentropy: { labelSmoothing: 0, alpha: 0.25, gamma: 2, applyClassBalancing: false },
  categoricalFocalCrossentropy: { labelSmoothing: 0, alpha: 0.25, gamma: 2 },
  categoricalGeneralizedCrossEntropy: { q: 0.5 },
  tversky: { alpha: 0.5, beta: 0.5 },
  circle: { gamma: 80, margin: 0.4, removeDiagonal: true },
};
