// The small builds of the core: layers decide whether one is loaded, and what a model is compiled with, whether it stays.
import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { BackendError } from "../../src/base/errors.js";
import { explain } from "../../src/explain/index.js";
import {
  activation,
  activationNames,
  activityRegularization,
  adagrad,
  adam,
  adamw,
  alphaDropout,
  batchNormalization,
  checkGradients,
  dense,
  dropout,
  findLearningRate,
  flatten,
  gaussianDropout,
  gaussianNoise,
  glu,
  groupNormalization,
  l2,
  layerNormalization,
  lbfgs,
  lossNames,
  metricNames,
  nonNeg,
  normalization,
  oneCycle,
  optimizerNames,
  prelu,
  profile,
  rescaling,
  reshape,
  rmsNormalization,
  Sequential,
  sgd,
  softmax as softmaxLayer,
  spectralNormalization,
  unitNormalization,
} from "../../src/index.js";
import { insideOf } from "../../src/model/insideOf.js";
import { needsOnlyCommonKernels } from "../../src/model/kernels.js";
import type { CompileOptions } from "../../src/model/options.js";
import { isCommon } from "../../src/plan/common.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { WasmBackend } from "../../src/runtime/wasm.js";
import { lossTargets, targetColumns } from "../../src/specs/losses/facts.js";
import { addEveryMetric } from "../../src/specs/metrics/every.js";
import { addEveryOptimizer } from "../../src/specs/optimizers/more.js";
import { rareUpdates } from "../../src/specs/optimizers/rareUpdates.js";
import { addUpdates, updates } from "../../src/specs/optimizers/updates.js";
import { scheduleTable } from "../../src/specs/schedules/table.js";
import { blobs, stateOf } from "../model/models.js";
import { compile, wasmBytes } from "../support/rawWasm.js";

const softmax = dense({ units: 3, activation: "softmax" });

describe("the choice", () => {
  it.each([
    ["dense layers and dropout", [dense({ units: 4, activation: "relu" }), dropout(0.5), softmax], true],
    ["a layer in TypeScript", [glu(), softmax], true],
    ["frozen layers", [dense({ units: 4, trainable: false }), softmax], true],
    ["a rare activation", [dense({ units: 4, activation: "gelu" }), softmax], false],
    ["a regularizer", [dense({ units: 4, kernelRegularizer: l2() }), softmax], false],
    ["a constraint", [dense({ units: 4, biasConstraint: nonNeg() }), softmax], false],
    ["normalization", [batchNormalization(), softmax], false],
    ["prelu", [prelu(), softmax], false],
  ] as const)("%s: %s", (_, layers, isSmall) => {
    expect(needsOnlyCommonKernels({ layers, inputShape: [4], seed: 0 })).toBe(isSmall);
  });

  it("is right for every layer and activation: the whole program has no other records", async () => {
    const layers = [
      ...activationNames.map((type) => dense({ units: 4, activation: type })),
      ...activationNames.map((type) => activation(type)),
      ...[activityRegularization({ l2: 0.1 }), alphaDropout(0.1), batchNormalization(), dropout(0.1), flatten()],
      ...[gaussianDropout(0.1), gaussianNoise(0.1), glu(), groupNormalization({ groups: 2 }), layerNormalization()],
      ...[prelu(), rescaling({ scale: 2 }), reshape([2, 2]), rmsNormalization(), softmaxLayer()],
      ...[spectralNormalization(dense({ units: 4 })), unitNormalization(), normalization()],
    ];
    let small = 0;
    for (const layer of layers) {
      const stack = [layer, flatten(), dense({ units: 2 })];
      if (!needsOnlyCommonKernels({ layers: stack, inputShape: [4], seed: 0 })) continue;
      small++;
      const model = await Sequential.create({ inputShape: [4], layers: stack });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      const rare = insideOf("test", model).state.program.plan.records.filter((record) => !isCommon(record));
      expect(
        rare.map(({ op }) => op.name),
        layer.type,
      ).toEqual([]);
    }
    expect(small).toBeGreaterThan(15);
  });

  it("leaves layers that do not fit to those who say why", () => {
    const layers = [
      { ...dense({ units: 4 }), name: "a" },
      { ...softmax, name: "a" },
    ];
    expect(needsOnlyCommonKernels({ layers, inputShape: [4], seed: 0 })).toBe(false);
  });
});

describe("the small build", () => {
  const layers = [dense({ units: 9, activation: "tanh" }), dropout(0.2), dense({ units: 2, activation: "softmax" })];
  const data = blobs(40, { classes: 2 });
  const oneHot = { x: data.x, y: Array.from(data.y as Float32Array, (label) => [1 - label, label]) };

  const wasm = wasmBytes("simd");

  /** Moves a model to the small build: `create` takes the whole one where another model has loaded it. */
  function moveToSmall(model: Sequential): void {
    const { state } = insideOf("test", model);
    const whole = state.backend;
    const create: BackendFactory = (words, bytes) => new WasmBackend(compile("simd-common"), words, bytes);
    state.moveTo({ ...whole, create, whole: async () => whole });
  }

  async function pair(options: CompileOptions): Promise<[small: Sequential, whole: Sequential]> {
    const create = () => Sequential.create({ inputShape: [2], layers, threads: 1, wasm });
    const [small, whole] = [await create(), await create()];
    moveToSmall(small);
    for (const model of [small, whole]) model.compile(options);
    return [small, whole];
  }

  const isSmall = (model: Sequential) => insideOf("test", model).state.backend.whole !== undefined;

  it.each([
    [{ optimizer: "adam", loss: "meanSquaredError", metrics: ["accuracy"] }, oneHot],
    [{ optimizer: adamw({ weightDecay: 0.1 }), loss: "categoricalCrossentropy" }, oneHot],
    [{ optimizer: sgd({ momentum: 0.9 }), loss: "binaryCrossentropy" }, oneHot],
    [{ optimizer: "sgd", loss: "meanAbsoluteError", metrics: ["binaryAccuracy"] }, oneHot],
    [{ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] }, data],
  ] as const)("trains to the bits of the whole build: %j", async (options, rows) => {
    const [small, whole] = await pair(options);
    for (const model of [small, whole]) await model.fit(rows, { epochs: 2 });
    expect(isSmall(small)).toBe(true);
    expect(stateOf(small)).toBe(stateOf(whole));
    expect(small.trace(rows, { optimizer: true })).toEqual(whole.trace(rows, { optimizer: true }));
  });

  const uses: [string, (model: Sequential) => Promise<unknown>][] = [
    ["fit", (model) => model.fit(oneHot)],
    ["trainOnBatch", (model) => model.trainOnBatch(oneHot)],
    ["evaluate", (model) => model.evaluate(oneHot)],
    ["explain", async (model) => (await explain(model, { x: oneHot.x.slice(0, 2), y: oneHot.y.slice(0, 1) })).steps],
    ["findLearningRate", (model) => findLearningRate(model, oneHot)],
    ["checkGradients", async (model) => String(await checkGradients(model, oneHot))],
    ["profile", async (model) => (await profile(model, oneHot, { time: 1 })).steps > 0],
    // Both wait for the same build, and the fit keeps its session.
    ["fit and evaluate at once", (model) => Promise.all([model.evaluate(oneHot), model.fit(oneHot)])],
  ];
  it.each(uses)("is replaced before a rare loss and optimizer: %s", async (_, use) => {
    const [small, whole] = await pair({ optimizer: "nadam", loss: "logCosh" });
    const before = small.predict(data.x);
    expect(isSmall(small)).toBe(true);
    expect(await use(small)).toEqual(await use(whole));
    expect(isSmall(small)).toBe(false);
    expect(before).toEqual((await pair({ optimizer: "nadam", loss: "logCosh" }))[1].predict(data.x));
    expect(stateOf(small)).toBe(stateOf(whole));
  });

  it.each([
    ["loss", { optimizer: "sgd", loss: "logCosh" }, {}],
    ["optimizer", { optimizer: "nadam", loss: "meanSquaredError" }, { optimizer: true }],
  ] as const)("a trace, which cannot wait, says how to get the kernels of a rare %s", async (_, options, traced) => {
    const [small, whole] = await pair(options);
    const attempt = () => small.trace(oneHot, traced);
    expect(attempt).toThrow(BackendError);
    expect(attempt).toThrow("Await evaluate or fit first");
    await small.evaluate(oneHot);
    expect(attempt()).toEqual(whole.trace(oneHot, traced));
  });

  describe("an update that is not loaded when the model is compiled", () => {
    /** A small and a whole model, as a page has them that loaded no rare update. */
    async function pairWithout(options: CompileOptions): Promise<[small: Sequential, whole: Sequential]> {
      const models = await pair(options);
      for (const name of Object.keys(updates) as (keyof typeof updates)[]) delete updates[name];
      models[0].compile(options);
      return models;
    }
    afterEach(() => addUpdates(rareUpdates));

    const optimizers = [
      ...(["rmsprop", "adagrad", "adadelta", "adamax", "nadam", "radam", "lion"] as const),
      ...[adam({ amsgrad: true }), adam({ clipValue: 0.1 }), adam({ clipNorm: 0.1 }), adam({ globalClipNorm: 0.1 })],
      ...[adam({ gradientAccumulationSteps: 2 }), adam({ useEma: true, emaOverwriteFrequency: 2 })],
      sgd({ momentum: 0.5, compat: "torch" }),
    ];
    it.each(optimizers.map((optimizer) => [optimizer] as const))(
      "%j: comes before the first step",
      async (optimizer) => {
        const [small, whole] = await pairWithout({ optimizer, loss: "categoricalCrossentropy" });
        expect(small.predict(data.x)).toEqual(whole.predict(data.x));
        const before = small.save();
        expect(() => small.trace(oneHot, { optimizer: true })).toThrow(BackendError);
        await small.fit(oneHot, { epochs: 2 });
        expect(before).toEqual(whole.save());
        await whole.fit(oneHot, { epochs: 2 });
        expect(stateOf(small)).toBe(stateOf(whole));
      },
    );

    it.each(uses)("comes before %s", async (_, use) => {
      const [small, whole] = await pairWithout({ optimizer: "nadam", loss: "logCosh" });
      expect(await use(small)).toEqual(await use(whole));
      expect(stateOf(small)).toBe(stateOf(whole));
    });

    it("has the rates of a schedule as plain data, and leaves the small build", async () => {
      const learningRate = { type: "cosineDecay", initialLearningRate: 0.1, decaySteps: 3 } as const;
      const options = { optimizer: adam({ learningRate }), loss: "categoricalCrossentropy" } as const;
      const [small, whole] = await pairWithout(options);
      const known = scheduleTable as object as Record<string, { rateAt?: unknown }>;
      for (const type of Object.keys(rareUpdates.rates)) delete known[type].rateAt;
      small.compile(options);
      expect(Object.keys(small.trace(oneHot))).toContain("loss");
      expect(() => small.trace(oneHot, { optimizer: true })).toThrow(BackendError);
      for (const model of [small, whole]) await model.fit(oneHot, { epochs: 2 });
      expect(isSmall(small)).toBe(true);
      expect(stateOf(small)).toBe(stateOf(whole));
    });

    it("is not missed by those that are in every program", async () => {
      const [small] = await pairWithout({ optimizer: adamw(), loss: "meanSquaredError" });
      await small.fit(oneHot);
      small.compile({ optimizer: lbfgs(), loss: "meanSquaredError" });
      await small.fit(oneHot);
      expect(updates).toEqual({});
      expect(isSmall(small)).toBe(true);
    });

    it("is checked as if it were there", async () => {
      const [small] = await pairWithout({ optimizer: "sgd", loss: "meanSquaredError" });
      const optimizer = adam({ clipNorm: 1, excludeFromWeightDecay: ["bais"] });
      expect(() => small.compile({ optimizer, loss: "meanSquaredError" })).toThrow('Did you mean "bias"?');
      const cycled = adagrad({ learningRate: oneCycle({ maxLearningRate: 1, totalSteps: 9, cycleMomentum: true }) });
      expect(() => small.compile({ optimizer: cycled, loss: "meanSquaredError" })).toThrow("cycleMomentum needs adam");
    });
  });

  // A process of its own: no other model has loaded a whole build.
  it.each([
    ["js", "BackendError, then 0"],
    ["node", "0, then 0"],
  ])("of build/%s, a rare loss at first and after evaluate: %s", (folder, expected) => {
    const program = `
      import { dense, Sequential } from "./build/${folder}/index.js";
      const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1, useBias: false })] });
      model.compile({ optimizer: "nadam", loss: "logCosh" });
      const data = { x: [[0]], y: [0] };
      const loss = () => { try { return model.trace(data).loss.data[0]; } catch (error) { return error.name; } };
      const first = loss();
      await model.evaluate(data);
      console.log(first + ", then " + loss());`;
    const said = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
    expect(said.trim()).toBe(expected);
  });

  it("a trace that leaves out a rare optimizer needs none of its kernels", async () => {
    const [small, whole] = await pair({ optimizer: "nadam", loss: "meanSquaredError" });
    expect(small.trace(oneHot)).toEqual(whole.trace(oneHot));
    expect(isSmall(small)).toBe(true);
  });

  addEveryMetric();
  addEveryOptimizer();
  it.each([
    ...optimizerNames.map((optimizer) => ({ optimizer, loss: "meanSquaredError" })),
    // `circle` takes outputs of length 1 only.
    ...lossNames.filter((loss) => loss !== "circle").map((loss) => ({ optimizer: "sgd", loss })),
    ...metricNames.map((name) => ({ optimizer: "sgd", loss: "meanSquaredError", metrics: [name] })),
    { optimizer: sgd({ clipNorm: 1, momentum: 0.5, useEma: true }), loss: "meanSquaredError" },
    { optimizer: adamw({ clipValue: 1, gradientAccumulationSteps: 2 }), loss: "meanSquaredError" },
  ] as CompileOptions[])("has the kernels of the program that is left to it: %j", async (options) => {
    const layers = [dense({ units: 2, activation: "sigmoid" })];
    const model = await Sequential.create({ inputShape: [4], layers, threads: 1, wasm });
    moveToSmall(model);
    try {
      model.compile(options);
    } catch {
      return; // a metric or loss for other outputs
    }
    const x = [[1, 0, 1, 0]];
    const { loss } = model.compiled ?? expect.fail();
    const y = lossTargets(loss) === "labels" || targetColumns(loss, 2) === 1 ? [1] : [[0, 1]];
    expect((await model.evaluate({ x, y })).loss).toBeTypeOf("number");
    await model.trainOnBatch({ x, y });
  });
});
