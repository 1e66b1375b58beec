// Pipelines that end with an estimator, and transformed targets: that they do what their parts do one by one, that
// nothing leaks, files.
import { describe, expect, it } from "vitest";
import { diabetes, iris } from "../../src/datasets/index.js";
import {
  EstimatorPipeline,
  estimatorPipeline,
  loadEstimator,
  MLPClassifier,
  MLPRegressor,
  transformedTargetRegressor,
  withOptions,
} from "../../src/estimators/index.js";
import {
  columnTransformer,
  crossValidate,
  Dataset,
  FormatError,
  kBinsDiscretizer,
  kFold,
  minMaxScaler,
  oneHotEncoder,
  polynomialFeatures,
  r2Score,
  Sequential,
  simpleImputer,
  standardScaler,
  trainTestSplit,
  transformerPipeline,
} from "../../src/index.js";
import { golden } from "../data/preprocess/fixture.js";

const onWarning = () => {};
const own = { hiddenLayerSizes: [8], maxEpochs: 15, learningRate: 0.02, seed: 3, onWarning } as const;
const flowers = await iris();
const { train, test } = trainTestSplit(flowers, { stratify: true, seed: 1 });
const pipelined = () => estimatorPipeline([standardScaler(), new MLPClassifier(own)]);

/** A linear model at its minimum: what it predicts is that of least squares. */
const linear = () =>
  new MLPRegressor({ hiddenLayerSizes: [], optimizer: "lbfgs", alpha: 0, maxEpochs: 400, tolerance: 0, onWarning });

describe("estimatorPipeline", () => {
  it("does what its steps do one after the other", async () => {
    const scaler = standardScaler().fit(train);
    const alone = await new MLPClassifier(own).fit(scaler.transform(train));
    const pipeline = await pipelined().fit(train);
    expect(pipeline.predictProba(test)).toEqual(alone.predictProba(scaler.transform(test)));
    expect(pipeline.predict(test)).toEqual(alone.predict(scaler.transform(test)));
    expect(pipeline.score(test)).toBe(alone.score(scaler.transform(test)));
    expect([pipeline.classes, pipeline.lossCurve]).toEqual([flowers.classNames, alone.lossCurve]);
    expect([pipeline.hasConverged, pipeline.validationScores]).toEqual([alone.hasConverged, []]);
    expect(pipeline.model.layers[0].inputShape).toEqual([4]);
    expect(pipeline.stepNames).toEqual(["standardScaler", "MLPClassifier"]);
    expect(pipeline.step("standardScaler").toJSON()).toEqual(scaler.toJSON());
  });

  it("takes rows, typed arrays and { x }, and predicts one row", async () => {
    const x = Array.from({ length: train.length }, (_, row) => Array.from(train.x.subarray(4 * row, 4 * row + 4)));
    const y = Array.from(train.y, (label) => (flowers.classNames as string[])[label]);
    const expected = (await pipelined().fit(train)).predictProba(train);
    for (const data of [
      { x, y },
      { x: x.map((row) => Float64Array.from(row)), y },
      { x: Float64Array.from(x.flat()), y },
    ]) {
      const pipeline = await pipelined().fit(data);
      expect(pipeline.predictProba({ x: data.x })).toEqual(expected);
      expect(pipeline.predictProba(data.x)).toEqual(expected);
      expect(pipeline.predict([x[7]])).toEqual([pipeline.predict(x)[7]]);
      expect(pipeline.score(data)).toBeGreaterThan(0.6);
    }
  });

  it("learns tables with text and missing cells, in a column transformer", async () => {
    const colours = ["red", "blue", "green"];
    const rows = Array.from({ length: 60 }, (_, i) => ({
      size: i % 7 === 0 ? null : (i * 13) % 11,
      colour: colours[i % 3],
    }));
    const y = rows.map(({ colour }) => (colour === "red" ? "warm" : "cold"));
    const pipeline = estimatorPipeline([
      columnTransformer([
        [transformerPipeline([simpleImputer(), standardScaler()]), ["size"]],
        [oneHotEncoder({ handleUnknown: "ignore" }), ["colour"]],
      ]),
      ["net", new MLPClassifier({ ...own, maxEpochs: 60 })],
    ]);
    await pipeline.fit({ x: rows, y, sampleWeight: rows.map((_, i) => 1 + (i % 2)) });
    expect(pipeline.score({ x: rows, y })).toBe(1);
    expect(
      pipeline.predict([
        { colour: "red", size: null },
        { colour: "blue", size: 3 },
      ]),
    ).toEqual(["warm", "cold"]);
    const loaded = await loadEstimator(pipeline.save(), { onWarning });
    expect((loaded as EstimatorPipeline).predictProba(rows)).toEqual(pipeline.predictProba(rows));
  });

  it("leaves rows as they are where a step is passthrough, given so or by withOptions", async () => {
    const expected = (await new MLPClassifier(own).fit(train)).predictProba(test);
    const plain = estimatorPipeline([["scale", "passthrough"], new MLPClassifier(own)]);
    expect((await plain.fit(train)).predictProba(test)).toEqual(expected);
    expect(((await loadEstimator(plain.save())) as EstimatorPipeline).predictProba(test)).toEqual(expected);
    const scaled = estimatorPipeline([["scale", standardScaler()], new MLPClassifier(own)]);
    const changed = withOptions(scaled, { "steps.scale": "passthrough" });
    expect((await changed.fit(train)).predictProba(test)).toEqual(expected);
  });

  it("partialFit is that of its steps and of the estimator", async () => {
    const portions = [0, 1, 2].map((k) => train.select(Uint32Array.from({ length: 30 }, (_, i) => 3 * i + k)));
    const pipeline = estimatorPipeline([standardScaler(), new MLPClassifier(own)]);
    const [scaler, classifier] = [standardScaler(), new MLPClassifier(own)];
    for (const portion of portions) {
      expect(await pipeline.partialFit(portion, { classes: [...(flowers.classNames ?? [])] })).toBe(pipeline);
      await classifier.partialFit(scaler.partialFit(portion).transform(portion), {
        classes: [...(flowers.classNames ?? [])],
      });
      expect(pipeline.predictProba(test)).toEqual(classifier.predictProba(scaler.transform(test)));
    }
    expect(pipeline.lossCurve).toHaveLength(3);
    const loaded = (await loadEstimator(pipeline.save(), { onWarning })) as EstimatorPipeline;
    await loaded.partialFit(portions[0]);
    await pipeline.partialFit(portions[0]);
    expect(loaded.predictProba(test)).toEqual(pipeline.predictProba(test));
    const before = pipeline.predictProba(test);
    await expect(pipeline.partialFit({ x: [[1, 2, 3]], y: ["setosa"] })).rejects.toThrow("expected 4 cells");
    await expect(pipeline.partialFit({ x: [[1, 2, 3, 4]], y: ["rose"] })).rejects.toThrow('got "rose"');
    expect(pipeline.predictProba(test)).toEqual(before);
  });

  it("leaves the steps that it was given alone", async () => {
    const scaler = standardScaler();
    const classifier = new MLPClassifier(own);
    await estimatorPipeline([scaler, classifier]).fit(train);
    expect(() => scaler.center).toThrow("nothing has been learned yet");
    expect(() => classifier.classes).toThrow("learned nothing yet");
  });

  it("stays as it was when a fit fails, and while one runs", async () => {
    const pipeline = await pipelined().fit(train);
    const before = pipeline.predictProba(test);
    await expect(pipeline.fit({ x: [[1, 2, 3, Number.NaN]], y: ["a"] })).rejects.toThrow();
    await expect(pipeline.fit({ x: [[1], [2]], y: [0, 0] })).rejects.toThrow("at least two classes");
    expect(pipeline.predictProba(test)).toEqual(before);
    const running = pipeline.fit(test);
    expect(pipeline.predictProba(test)).toEqual(before);
    await running;
    expect(pipeline.predictProba(test)).not.toEqual(before);
  });

  it("starts over with each fit, or continues with warmStart", async () => {
    const pipeline = await pipelined().fit(train);
    const first = pipeline.predictProba(test);
    expect((await pipeline.fit(train)).predictProba(test)).toEqual(first);
    const warm = estimatorPipeline([standardScaler(), new MLPClassifier({ ...own, warmStart: true })]);
    expect((await warm.fit(train)).predictProba(test)).toEqual(first);
    const { model } = warm;
    await warm.fit(train);
    expect(warm.model).toBe(model);
    expect(warm.predictProba(test)).not.toEqual(first);
  });

  it("frees its network, also while it learns", async () => {
    const pipeline = await pipelined().fit(train);
    pipeline.dispose();
    expect(() => pipeline.predict(test)).toThrow("learned nothing yet");
    const running = pipeline.fit(train);
    pipeline.dispose();
    await expect(running).rejects.toMatchObject({ name: "BackendError" });
    await pipeline.fit(train);
    expect(pipeline.score(test)).toBeGreaterThan(0.6);
  });

  it("nests, and keeps a regressor's predictions as they are", async () => {
    const sugar = (await diabetes()).select(Array.from({ length: 80 }, (_, i) => i));
    const inner = estimatorPipeline([minMaxScaler(), new MLPRegressor({ ...own, standardizeTarget: true })]);
    const outer = await estimatorPipeline([standardScaler(), inner]).fit(sugar);
    const chained = await estimatorPipeline([
      transformerPipeline([standardScaler(), minMaxScaler()]),
      new MLPRegressor({ ...own, standardizeTarget: true }),
    ]).fit(sugar);
    expect(outer.predict(sugar)).toBeAllClose(chained.predict(sugar), { rtol: 1e-4 });
    expect(outer.predict(sugar)).toBeInstanceOf(Float32Array);
    const loaded = (await loadEstimator(outer.save(), { onWarning })) as EstimatorPipeline;
    expect(loaded.predict(sugar)).toEqual(outer.predict(sugar));
    expect(() => outer.predictProba(sugar)).toThrow("a regressor has no probabilities");
    expect(() => outer.classes).toThrow("a regressor has no classes");
  });
});

describe("cross-validation of a pipeline", () => {
  // The last fold lies far away: scaled by all rows, the others would be crowded into a corner.
  const x = Array.from({ length: 40 }, (_, i) => [i < 30 ? (i * 7) % 30 : 1e4 + i, (i * 11) % 13]);
  const y = x.map(([a, b]) => 3 * a - b);
  const data = Dataset.from({ x, y });
  const folds = kFold(40, { folds: 4 });
  const regressor = () => new MLPRegressor({ ...own, standardizeTarget: true });

  it("fits the transformers to the rows of each fold that are trained on", async () => {
    const { scores } = await crossValidate(estimatorPipeline([minMaxScaler(), regressor()]), data, { folds });
    const byHand = await crossValidate(
      async (train, test) => {
        const scaler = minMaxScaler().fit(train);
        return (await regressor().fit(scaler.transform(train))).score(scaler.transform(test));
      },
      data,
      { folds },
    );
    expect(scores).toEqual(byHand.scores);
  });

  it("would have other scores if they saw the rows that are scored", async () => {
    const honest = await crossValidate(estimatorPipeline([minMaxScaler(), regressor()]), data, { folds });
    const leaked = await crossValidate(regressor(), minMaxScaler().fitTransform(data), { folds });
    const [mine, other] = [honest.scores.score, leaked.scores.score];
    // Only the fold that is far away: its rows decide the scale.
    expect(Math.abs(mine[3] - other[3])).toBeGreaterThan(1);
  });

  it("fits the transformer of the target to those rows, too", async () => {
    const subject = transformedTargetRegressor({ regressor: new MLPRegressor(own), transformer: minMaxScaler() });
    const { scores } = await crossValidate(subject, data, { folds });
    const byHand = await crossValidate(
      async (train, test) => {
        const scaler = minMaxScaler().fit(train.y, { features: 1 });
        const targets = Dataset.from(
          { x: train.x, y: scaler.transform(train.y) },
          { inputShape: [2], targetShape: [] },
        );
        const predictions = (await new MLPRegressor(own).fit(targets)).predict(test);
        return r2Score(test.y, scaler.inverseTransform(predictions));
      },
      data,
      { folds },
    );
    expect(scores.score).toBeAllClose(byHand.scores.score, { rtol: 1e-4 });
  });
});

describe("cross-validation of tables", () => {
  const x = Array.from({ length: 48 }, (_, i) => ({
    size: i % 7 === 0 ? null : (i * 13) % 11,
    colour: ["red", "blue", "green"][i % 3],
  }));
  const y = x.map(({ colour }) => (colour === "red" ? "warm" : "cold"));
  const pipeline = estimatorPipeline([
    columnTransformer([
      [transformerPipeline([simpleImputer(), standardScaler()]), ["size"]],
      [oneHotEncoder(), ["colour"]],
    ]),
    new MLPClassifier({ ...own, maxEpochs: 40 }),
  ]);

  it("fits each step to the rows that are trained on", async () => {
    const folds = kFold(48, { folds: 3, shuffle: true, seed: 5 });
    const { scores } = await crossValidate(pipeline, { x, y }, { folds });
    const byHand: number[] = [];
    for (const { train, test } of folds) {
      const part = (rows: Uint32Array) => ({ x: Array.from(rows, (i) => x[i]), y: Array.from(rows, (i) => y[i]) });
      await pipeline.fit(part(train));
      byHand.push(pipeline.score(part(test)));
    }
    expect(scores.score).toEqual(byHand);
    const columns = { size: x.map(({ size }) => size), colour: x.map(({ colour }) => colour) };
    const bySide = await crossValidate(pipeline, { x: { rows: 48, columns }, y }, { folds });
    expect(bySide.scores).toEqual(scores);
    const rows = x.map(({ size, colour }) => [size, colour]);
    const byPlace = estimatorPipeline([
      columnTransformer([
        [transformerPipeline([simpleImputer(), standardScaler()]), [0]],
        [oneHotEncoder(), [1]],
      ]),
      new MLPClassifier({ ...own, maxEpochs: 40 }),
    ]);
    expect((await crossValidate(byPlace, { x: rows, y, sampleWeight: y.map(() => 1) }, { folds })).scores).toEqual(
      scores,
    );
  });

  it("keeps the share of each class, and takes no table for a function", async () => {
    const { scores } = await crossValidate(pipeline, { x, y }, { folds: 4, stratify: true });
    expect(scores.score.length).toBe(4);
    await expect(crossValidate(async () => 1, { x, y } as never)).rejects.toThrow();
  });
});

describe("transformedTargetRegressor", () => {
  const { target } = golden.composites;

  it.each([
    ["functions", { func: (y: number) => Math.log(y), inverseFunc: (p: number) => Math.exp(p) }, target.log],
    ["a scaler", { transformer: minMaxScaler() }, target.minMax],
  ] as const)("predicts as scikit-learn's does with %s", async (_, how, expected) => {
    const regressor = await transformedTargetRegressor({ regressor: linear(), ...how }).fit({
      x: target.x,
      y: target.y,
    });
    expect(regressor.predict(target.x)).toBeAllClose(expected, { rtol: 1e-3, atol: 1e-3 });
    expect(regressor.score({ x: target.x, y: target.y })).toBeCloseTo(
      r2Score(target.y, regressor.predict(target.x)),
      12,
    );
    expect(regressor.predict([target.x[4]])[0]).toBeCloseTo(regressor.predict(target.x)[4], 4);
  });

  it("warns of targets that predictions, which are float32, cannot tell apart", async () => {
    const times = target.y.map((_, i) => 1.7e12 + 1000 * i);
    const warnings: string[] = [];
    const regressor = new MLPRegressor({ hiddenLayerSizes: [2], maxEpochs: 1, onWarning });
    const own = { regressor, transformer: standardScaler(), onWarning: (text: string) => void warnings.push(text) };
    await transformedTargetRegressor(own).fit({ x: target.x, y: times });
    expect(warnings).toEqual([expect.stringMatching(/^TransformedTargetRegressor\.fit: y: .* in float32.* offset/)]);
    await transformedTargetRegressor(own).fit({ x: target.x, y: times.map((time) => time - 1.7e12) });
    expect(warnings).toHaveLength(1);
  });

  it("is standardizeTarget with standardScaler, to the bit", async () => {
    const data = { x: target.x, y: target.y };
    const own = { hiddenLayerSizes: [5], maxEpochs: 10, onWarning };
    const scaled = await new MLPRegressor({ ...own, standardizeTarget: true }).fit(data);
    const regressor = transformedTargetRegressor({ regressor: new MLPRegressor(own), transformer: standardScaler() });
    await regressor.fit(data);
    expect(regressor.predict(target.x)).toEqual(scaled.predict(target.x));
    expect(regressor.lossCurve).toEqual(scaled.lossCurve);
  });

  it("takes several outputs, weights, Datasets and pipelines of either order, and goes through files", async () => {
    const y = target.y.map((value, i) => [value, 1000 + target.x[i][0]]);
    const data = Dataset.from({ x: target.x, y, sampleWeight: y.map((_, i) => 1 + (i % 3)) });
    const transformer = transformerPipeline([standardScaler(), minMaxScaler()]);
    const inside = transformedTargetRegressor({
      regressor: estimatorPipeline([polynomialFeatures(), new MLPRegressor(own)]),
      transformer,
    });
    const outside = estimatorPipeline([
      polynomialFeatures(),
      transformedTargetRegressor({ regressor: new MLPRegressor(own), transformer }),
    ]);
    await inside.fit(data);
    await outside.fit(data);
    const predictions = inside.predict(data);
    expect(predictions.length).toBe(2 * data.length);
    expect(outside.predict(data)).toEqual(predictions);
    expect([...predictions].filter((_, i) => i % 2 === 1).every((value) => value > 990)).toBe(true);
    expect(inside.score(data)).toBe(outside.score(data));
    inside.metadata = { trained: "today" };
    for (const estimator of [inside, outside]) {
      const loaded = (await loadEstimator(estimator.save(), { onWarning })) as EstimatorPipeline;
      expect(loaded.predict(data)).toEqual(predictions);
      expect(loaded.score(data)).toBe(inside.score(data));
      expect(loaded.metadata).toEqual(estimator.metadata);
      expect(loaded.save()).toEqual(estimator.save());
      expect((await loaded.fit(data)).predict(data)).toEqual(predictions);
    }
    expect(inside.transformer.toJSON()).toEqual(transformer.fit(y).toJSON());
  });

  it("warns of functions that do not undo each other", async () => {
    const told: string[] = [];
    const regressor = transformedTargetRegressor({
      regressor: new MLPRegressor({ ...own, maxEpochs: 1 }),
      func: (y) => y * 2,
      inverseFunc: (p) => p / 3,
      onWarning: (message) => told.push(message),
    });
    await regressor.fit({ x: [[1], [2]], y: [3, 4] });
    expect(told).toEqual([
      "TransformedTargetRegressor: y: row 0: func makes 6 of 3, and inverseFunc 2 of that. Give functions that undo each other.",
    ]);
  });
});

describe("files of pipelines", () => {
  it("are those of their network for Sequential, and refused by the estimator alone", async () => {
    const pipeline = await pipelined().fit(train);
    pipeline.metadata = { from: "iris" };
    const bytes = pipeline.save();
    const model = await Sequential.load(bytes);
    const scaled = pipeline.step("standardScaler").transform(test) as Dataset;
    expect(model.predict(scaled.x)).toEqual(pipeline.predictProba(test));
    await expect(MLPClassifier.load(bytes)).rejects.toThrow(
      "expected the file of an MLPClassifier, got that of an EstimatorPipeline. Use loadEstimator",
    );
    const loaded = await loadEstimator(bytes, { onWarning });
    expect(loaded).toBeInstanceOf(EstimatorPipeline);
    expect(loaded.metadata).toEqual({ from: "iris" });
    expect((loaded as EstimatorPipeline).stepNames).toEqual(pipeline.stepNames);
  });

  it.each(["float16", "int8"] as const)(
    "are small with weights as %s, and predict as the small estimator",
    async (weights) => {
      const pipeline = await pipelined().fit(train);
      const file = pipeline.save({ weights });
      expect(file.length).toBeLessThan(pipeline.save().length);
      const loaded = (await loadEstimator(file, { onWarning })) as EstimatorPipeline;
      const model = await Sequential.load((await Sequential.load(pipeline.save())).save({ weights }));
      const scaled = pipeline.step("standardScaler").transform(test) as Dataset;
      expect(loaded.predictProba(test)).toEqual(model.predict(scaled.x));
      expect(loaded.predictProba(test)).not.toEqual(pipeline.predictProba(test));
      expect(() => pipeline.save({ weights: "int9" } as never)).toThrow('mean "int8"?');
    },
  );

  it("load what an estimator alone has saved, and refuse what is none", async () => {
    const classifier = await new MLPClassifier(own).fit(train);
    const loaded = await loadEstimator(classifier.save(), { onWarning });
    expect((loaded as MLPClassifier).predictProba(test)).toEqual(classifier.predictProba(test));
    const regressor = await new MLPRegressor({ ...own, maxEpochs: 1 }).fit({ x: [[1], [2]], y: [1, 2] });
    expect(await loadEstimator(regressor.save())).toBeInstanceOf(MLPRegressor);
    await expect(loadEstimator(new Uint8Array(9))).rejects.toBeInstanceOf(FormatError);
    const model = await Sequential.create({ inputShape: [1], layers: [] as never }).catch(() => null);
    if (model) await expect(loadEstimator(model.save())).rejects.toThrow("a model alone");
  });

  it("need no discretizer's inverse to be made", async () => {
    const pipeline = estimatorPipeline([kBinsDiscretizer({ nBins: 3 }), new MLPClassifier(own)]);
    await pipeline.fit(train);
    const loaded = (await loadEstimator(pipeline.save(), { onWarning })) as EstimatorPipeline;
    expect(loaded.predictProba(test)).toEqual(pipeline.predictProba(test));
  });
});
