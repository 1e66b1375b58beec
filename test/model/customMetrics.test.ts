// Metrics that are functions, in compile, files and callbacks; and losses as metrics in a model.
import { describe, expect, it } from "vitest";
import {
  type CompileOptions,
  cosineSimilarity,
  customMetric,
  Dataset,
  dense,
  dice,
  earlyStopping,
  huber,
  type MetricFunction,
  OptionError,
  Sequential,
  type SequentialOptions,
} from "../../src/index.js";
import { blobs, classifier, stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";

const x = [[0, 1], [1, 0], [2, 1], [-1, 3], [0.5, -2]]; // biome-ignore format: rows
const y = [0, 1, 1, 0, 1];

async function regression(metrics: CompileOptions["metrics"], given: Partial<SequentialOptions> = {}) {
  const layers = [dense({ units: 1, kernelInitializer: "ones" })];
  const model = await Sequential.create({ inputShape: [2], layers, ...given });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError", ...(metrics && { metrics }) });
  return model;
}

const bias: MetricFunction = (targets, predictions) =>
  predictions.reduce((sum, p, i) => sum + p - targets[i], 0) / targets.length;

describe("a function as a metric", () => {
  it.each(runtimes)("sees all rows of an epoch at once (%s)", async (_, runtime) => {
    const seen: [number[], number[], number[] | null][] = [];
    function watched(targets: Float32Array, predictions: Float32Array, weights: Float32Array | null): number {
      seen.push([[...targets], [...predictions], weights && [...weights]]);
      return seen.length;
    }
    const model = await regression([watched], runtime);
    const logs = await model.evaluate<"watched">({ x, y }, { batchSize: 2 });
    expect(Object.keys(logs)).toEqual(["loss", "watched"]);
    expect(seen).toEqual([[y, [1, 1, 3, 2, -1.5], null]]);
    const history = await model.fit<"watched">({ x, y }, { epochs: 2, batchSize: 2, shuffle: false });
    expect(history.watched).toEqual([2, 3]);
    expect(seen[1][0]).toEqual(y);
  });

  it("gets weights in weightedMetrics, as copies", async () => {
    const model = await regression(undefined);
    const spoil: MetricFunction = (targets, predictions, weights) => {
      const sum = weights?.reduce((all, weight) => all + weight, 0) ?? NaN;
      targets.fill(9);
      predictions.fill(9);
      weights?.fill(9);
      return sum;
    };
    model.compile({
      ...{ optimizer: "sgd", loss: "meanSquaredError", metrics: [customMetric({ name: "bias", compute: bias })] },
      weightedMetrics: [customMetric({ name: "spoil", compute: spoil }), "meanSquaredError", bias],
    });
    const logs = await model.evaluate<string>({ x, y, sampleWeight: [1, 2, 0, 1, 1] });
    // Errors: 1, 0, 2, 2, −2.5.
    expect(logs).toEqual({
      ...{ loss: (1 + 0 + 0 + 4 + 6.25) / 5, bias: 2.5 / 5, spoil: 5 },
      ...{ meanSquaredError: (1 + 4 + 6.25) / 5, weightedBias: 2.5 / 5 },
    });
  });

  it("is named by itself, or as it is told", async () => {
    const model = await regression([bias, () => 1, customMetric({ compute: bias, name: "__proto__" })]);
    expect(Object.keys(await model.evaluate({ x, y }))).toEqual(["loss", "bias", "customMetric", "__proto__"]);
  });

  it("may be NaN, and may throw", async () => {
    expect((await (await regression([() => NaN])).evaluate<string>({ x, y })).customMetric).toBeNaN();
    const failing = await regression([() => {
      throw new TypeError("mine");
    }]); // biome-ignore format: short
    await expect(failing.evaluate({ x, y })).rejects.toThrow(TypeError);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["text", "1"],
    ["a promise", Promise.resolve(1)],
    ["a list", [1]],
    ["what customLoss returns", { loss: [1], gradient: [1] }],
  ])("has to return a number, not %s", async (_, result) => {
    const model = await regression([customMetric({ name: "odd", compute: () => result as number })]);
    await expect(model.evaluate({ x, y })).rejects.toThrow(/metrics: "odd": expected its function to return a number/);
    await expect(model.fit({ x, y })).rejects.toThrow(OptionError);
  });

  it("is read by callbacks that know which way is better", async () => {
    const data = blobs(30);
    const options = { epochs: 4, validationData: data };
    let epoch = 0;
    const falls = customMetric({ name: "falls", mode: "max", compute: () => -epoch++ });
    const model = await classifier({ metrics: [falls] });
    const history = await model.fit<string>(data, { ...options, callbacks: [earlyStopping({ monitor: "valFalls" })] });
    expect(history.valFalls).toHaveLength(2);
    const unsaid = await classifier({ metrics: [function gain() { return 1; }] }); // biome-ignore format: short
    const watching = (mode: "auto" | "max") => ({
      ...options,
      callbacks: [earlyStopping({ monitor: "valGain", mode })],
    });
    await expect(unsaid.fit(data, watching("auto"))).rejects.toThrow(
      /mode: "valGain" .*Give mode: "max" or mode: "min"/,
    );
    expect((await unsaid.fit<string>(data, watching("max"))).valGain).toHaveLength(2);
  });
});

describe("files", () => {
  it("keep its name, and load takes the function again", async () => {
    const model = await regression([customMetric({ name: "bias", mode: "min", compute: bias }), "r2"]);
    const file = model.save();
    const loaded = await Sequential.load(file, { metrics: [bias] });
    expect(await loaded.evaluate({ x, y })).toEqual(await model.evaluate({ x, y }));
    expect(stateOf(loaded)).toBe(stateOf(model));
    await expect(Sequential.load(file)).rejects.toThrow(/"bias".*not in the file.*customMetric/);
    await expect(Sequential.load(file, { metrics: [() => 1] })).rejects.toThrow(
      /no function "customMetric".*It has "bias": customMetric/,
    );
    await expect(Sequential.load(file, { metrics: ["r2"] })).rejects.toThrow(
      /no function "r2" among its metrics. It has "bias"/,
    );
    await expect(Sequential.load(file, { metrics: [bias], worker: true })).rejects.toThrow(/stays with the caller/);
  });

  it("of metrics without names load before their factories are called", async () => {
    const { truePositives } = await import("../../src/index.js");
    const model = await classifier({ metrics: [truePositives({ average: "none" })] });
    const loaded = await Sequential.load(model.save());
    expect(await loaded.evaluate(blobs(9))).toEqual(await model.evaluate(blobs(9)));
    expect(stateOf(loaded)).toBe(stateOf(model));
  });
});

describe("losses as metrics", () => {
  const close = { rtol: 1e-6, atol: 1e-7 };

  it.each(runtimes)("are the loss of the model, from logits as well (%s)", async (_, runtime) => {
    const layers = [dense({ units: 3 })];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 4, ...runtime });
    const oneHot = y.map((label) => [Number(label === 0), Number(label === 1), 0]);
    const logits = { type: "categoricalCrossentropy", fromLogits: true } as const;
    model.compile({
      optimizer: "sgd",
      loss: logits,
      metrics: ["categoricalCrossentropy", { ...logits, name: "again" }],
    });
    const logs = await model.evaluate<string>({ x, y: oneHot });
    expect([logs.categoricalCrossentropy, logs.again]).toBeAllClose([logs.loss, logs.loss], close);
    // Of outputs that are logits for the metric alone.
    model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: [logits, "mse"] });
    const other = await model.evaluate<string>({ x, y: oneHot });
    expect([other.categoricalCrossentropy, other.mse]).toBeAllClose([logs.loss, other.loss], close);
  });

  it("take options and names; those without kernels, too", async () => {
    const layers = [dense({ units: 2, activation: "sigmoid" })];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 4 });
    const targets = y.map((label) => [label, 1 - label]);
    const metrics: CompileOptions["metrics"] = [
      ...["bce", huber({ delta: 0.2 }), { ...huber({ delta: 1 }), name: "wide" }, dice(), cosineSimilarity()],
    ] as CompileOptions["metrics"];
    const compiled: CompileOptions = { optimizer: "sgd", loss: "binaryCrossentropy", ...(metrics && { metrics }) };
    model.compile(compiled);
    const logs = await model.evaluate<string>({ x, y: targets });
    expect(Object.keys(logs)).toEqual(["loss", "bce", "huber", "wide", "dice", "cosineSimilarity"]);
    expect([logs.bce]).toBeAllClose([logs.loss], close);
    for (const loss of [huber({ delta: 0.2 }), dice()]) {
      model.compile({ optimizer: "sgd", loss });
      expect([(await model.evaluate({ x, y: targets })).loss]).toBeAllClose([logs[loss.type]], close);
    }
    model.compile({ optimizer: "sgd", loss: "cosineSimilarity" });
    expect([-(await model.evaluate({ x, y: targets })).loss]).toBeAllClose([logs.cosineSimilarity], close);
    model.compile(compiled);
    const loaded = await Sequential.load(model.save());
    expect(stateOf(loaded)).toBe(stateOf(model));
    expect(await loaded.evaluate({ x, y: targets })).toEqual(logs);
  });

  it("know that less is better, but more of a cosine", async () => {
    const data = Dataset.from({ x, y: y.map((label) => [label, 1]) });
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 2 })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["huber", "cosineSimilarity"] });
    for (const monitor of ["huber", "cosineSimilarity"]) {
      const history = await model.fit<string>(data, {
        epochs: 3,
        callbacks: [earlyStopping({ monitor, patience: 9 })],
      });
      expect(history[monitor]).toHaveLength(3);
    }
  });
});
