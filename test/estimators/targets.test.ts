// Estimators with several labels at once, the Poisson loss, and schedules of the learning rate: scikit-learn's values
// (fixtures/estimators.json), files, pipelines.
import { describe, expect, it } from "vitest";
import fixture from "../../fixtures/estimators.json" with { type: "json" };
import {
  type EstimatorPipeline,
  estimatorPipeline,
  loadEstimator,
  MLPClassifier,
  type MLPClassifierOptions,
  MLPRegressor,
  transformedTargetRegressor,
} from "../../src/estimators/index.js";
import { crossValidate, Dataset, minMaxScaler, sgd, standardScaler } from "../../src/index.js";

const onWarning = () => {};
const { schedules, several } = fixture;
const { alpha, predicted, ...poisson } = fixture.poisson;

/** Without hidden layers, at the minimum of the loss. */
const atMinimum = { hiddenLayerSizes: [], optimizer: "lbfgs", maxEpochs: 3000, tolerance: 0, onWarning } as const;
const { x, y } = several;
const severalData = Dataset.from({ x, y });

describe("several labels at once", () => {
  it("have scikit-learn's probabilities, predictions and score at the minimum", async () => {
    const classifier = await new MLPClassifier<number[]>({ ...atMinimum, alpha: several.alpha }).fit({ x, y });
    expect(classifier.classes).toEqual(several.classes);
    expect(classifier.predictProba(x)).toBeAllClose(several.probabilities.flat(), { rtol: 0, atol: 2e-3 });
    expect(classifier.predict(x)).toEqual(several.predicted);
    expect(classifier.score({ x, y })).toBeCloseTo(several.score, 6);
    expect(classifier.model.layers.at(-1)?.outputShape).toEqual([3]);
  });

  const small: MLPClassifierOptions = { hiddenLayerSizes: [6], maxEpochs: 20, learningRate: 0.02, seed: 2, onWarning };

  it("may be rows, typed rows or a Dataset, with the same bits", async () => {
    const expected = (await new MLPClassifier(small).fit({ x, y })).predictProba(x);
    const typed = y.map((row) => Uint8Array.from(row));
    for (const data of [{ x, y: typed }, severalData, { x: Float32Array.from(x.flat()), y }]) {
      const classifier = await new MLPClassifier<number[]>(small).fit(data);
      expect(classifier.predictProba(x)).toEqual(expected);
      expect(classifier.score(data)).toBe(classifier.score(severalData));
      const right = classifier.predict(x).filter((row, i) => row.join() === y[i].join()).length;
      expect(classifier.score({ x, y })).toBeCloseTo(right / x.length, 6);
    }
  });

  it("count by their weights in fit and score", async () => {
    const sampleWeight = x.map((_, i) => (i < 30 ? 2 : 0));
    const options: MLPClassifierOptions = { ...small, batchSize: 60, shuffle: false };
    const weighted = await new MLPClassifier<number[]>(options).fit({ x, y, sampleWeight });
    const wrong = y.map((row, i) => (i < 30 ? row : row.map((bit) => 1 - bit)));
    const other = await new MLPClassifier<number[]>(options).fit({ x, y: wrong, sampleWeight });
    expect(other.predictProba(x)).toEqual(weighted.predictProba(x));
    const half = { x: x.slice(0, 30), y: y.slice(0, 30) };
    expect(weighted.score({ x, y: wrong, sampleWeight })).toBeCloseTo(weighted.score(half), 6);
  });

  it("have the class names of a Dataset that has one for each, and predict zeros and ones all the same", async () => {
    const names = ["sport", "politics", "__proto__"];
    const named = await new MLPClassifier<number[]>(small).fit(Dataset.from({ x, y }, { classNames: names }));
    expect(named.classes).toEqual(names);
    const loaded = await MLPClassifier.load<number[]>(named.save(), { onWarning });
    expect([loaded.classes, loaded.predict(x)]).toEqual([names, named.predict(x)]);
    const two = Dataset.from({ x, y }, { classNames: ["no", "yes"] });
    expect((await new MLPClassifier(small).fit(two)).classes).toEqual([0, 1, 2]);
  });

  it("hold rows back without strata, warm start, come in portions and go on after a file", async () => {
    const early = await new MLPClassifier<number[]>({ ...small, earlyStopping: true }).fit({ x, y });
    expect(early.validationScores).toHaveLength(early.lossCurve.length);
    const portion = { x: x.slice(0, 20), y: y.slice(0, 20) };
    const classifier = new MLPClassifier<number[]>({ ...small, warmStart: true });
    await classifier.partialFit(portion, { classes: [0, 1, 2] });
    await classifier.fit({ x, y });
    const loaded = (await loadEstimator(classifier.save(), { onWarning })) as unknown as typeof classifier;
    expect(loaded.score({ x, y })).toBe(classifier.score({ x, y }));
    await loaded.partialFit(portion);
    await classifier.partialFit(portion);
    expect(loaded.predictProba(x)).toEqual(classifier.predictProba(x));
  });

  it("work in pipelines and cross-validation", async () => {
    const pipeline = estimatorPipeline([standardScaler(), new MLPClassifier<number[]>(small)]);
    await pipeline.fit({ x, y });
    const rows: number[][] = pipeline.predict(x);
    expect(rows[0]).toHaveLength(3);
    const restored = (await loadEstimator(pipeline.save(), { onWarning })) as EstimatorPipeline;
    expect(restored.predict(x)).toEqual(rows);
    const { scores } = await crossValidate(pipeline, severalData, { folds: 3 });
    expect(scores.score.every((score) => score >= 0 && score <= 1)).toBe(true);
  });

  it("of which each row has one are doubted", async () => {
    const warnings: string[] = [];
    const oneHot = x.map((_, i) => [Number(i % 2 === 0), Number(i % 2 === 1)]);
    const told = new MLPClassifier<number[]>({ ...small, onWarning: (message) => warnings.push(message) });
    await told.fit({ x, y: oneHot });
    expect(warnings[0]).toMatch(/MLPClassifier\.fit: every row of y has exactly one 1.*argMax\(y, 2\)/);
    expect(told.predict(x)[0]).toHaveLength(2);
    warnings.length = 0;
    await told.fit({ x, y });
    expect(warnings.filter((text) => text.includes("exactly one"))).toEqual([]);
  });
});

describe("the Poisson loss", () => {
  it("has the predictions of scikit-learn's PoissonRegressor at the minimum", async () => {
    const regressor = await new MLPRegressor({ ...atMinimum, loss: "poisson", alpha }).fit(poisson);
    expect(regressor.predict(poisson.x)).toBeAllClose(predicted, { rtol: 2e-3, atol: 0 });
    const p = regressor.predict(poisson.x);
    const data = p.reduce((sum, value, i) => sum + value - poisson.y[i] * Math.log(value), 0) / p.length;
    const [kernel] = regressor.model.getWeights();
    const squares = kernel.data.reduce((sum, weight) => sum + weight * weight, 0);
    expect(regressor.lossCurve.at(-1)).toBeCloseTo(data + (alpha / 2 / p.length) * squares, 3);
  });

  it("goes into a file, into a pipeline, and on from there", async () => {
    const options = { hiddenLayerSizes: [4], loss: "poisson", maxEpochs: 30, seed: 1, onWarning } as const;
    const pipeline = await estimatorPipeline([standardScaler(), new MLPRegressor(options)]).fit(poisson);
    const expected = pipeline.predict(poisson.x);
    expect(expected.every((value) => value > 0)).toBe(true);
    const loaded = (await loadEstimator(pipeline.save(), { onWarning })) as EstimatorPipeline;
    expect(loaded.predict(poisson.x)).toEqual(expected);
    await loaded.partialFit(poisson);
    await pipeline.partialFit(poisson);
    expect(loaded.predict(poisson.x)).toEqual(pipeline.predict(poisson.x));
    const pairs = { x: poisson.x, y: poisson.y.map((count) => [count, 2 * count]) };
    const two = await new MLPRegressor(options).fit(pairs);
    expect(two.predict(poisson.x)).toHaveLength(2 * poisson.x.length);
    const scaled = transformedTargetRegressor({
      regressor: new MLPRegressor(options),
      transformer: minMaxScaler(),
    });
    expect((await scaled.fit(poisson)).predict(poisson.x)).toHaveLength(poisson.x.length);
  });

  it("is not advised to scale its counts", async () => {
    const warnings: string[] = [];
    const large = { x: poisson.x, y: poisson.y.map((count) => 100 * count) };
    const options = { maxEpochs: 3, onWarning: (message: string) => warnings.push(message) };
    await new MLPRegressor({ ...options, loss: "poisson" }).fit(large);
    expect(warnings.at(-1)).toMatch(/still improving.*\. Raise maxEpochs/);
  });
});

describe("schedules of the learning rate", () => {
  const { weights, biases } = schedules;
  const rows = { x: schedules.x, y: schedules.y };

  /** Trains from the weights of the fixture. */
  async function trainedWith(own: (typeof schedules.cases)[number]["options"]) {
    const options: MLPClassifierOptions = {
      hiddenLayerSizes: [5],
      optimizer: sgd({ learningRate: own.learning_rate_init, momentum: 0 }),
      learningRateSchedule: own.learning_rate as "constant",
      ...(own.power_t === undefined ? {} : { powerT: own.power_t }),
      tolerance: own.tol,
      patience: own.n_iter_no_change,
      maxEpochs: own.max_iter,
      shuffle: false,
      batchSize: 10,
      alpha: 0.01,
      warmStart: true,
      onWarning,
    };
    const classifier = await new MLPClassifier(options).fit(rows);
    const given = [weights[0], biases[0], weights[1], biases[1]].map((values) => Float32Array.from(values.flat()));
    const { model } = classifier;
    model.setWeights(model.getWeights().map((weight, i) => ({ ...weight, data: given[i] })));
    await classifier.fit(rows);
    return classifier;
  }

  it.each(schedules.cases)("$options: losses and epochs of scikit-learn", async ({ options, epochs, lossCurve }) => {
    const classifier = await trainedWith(options);
    expect(classifier.lossCurve).toHaveLength(epochs);
    expect(classifier.lossCurve).toBeAllClose(lossCurve, { rtol: 3e-5, atol: 0 });
    expect(classifier.hasConverged).toBe(epochs < options.max_iter);
  });

  it.each([
    ["invscaling", {}, (epoch: number) => 0.5 / Math.sqrt(epoch === 0 ? 1 : 40 * epoch + 1)],
    ["invscaling", { powerT: 1 }, (epoch: number) => 0.5 / (epoch === 0 ? 1 : 40 * epoch + 1)],
    ["adaptive", { tolerance: 10, patience: 1 }, (epoch: number) => 0.5 / 5 ** Math.floor((epoch - 1) / 2)],
  ] as const)("%s %j sets the rate of each epoch", async (learningRateSchedule, own, rate) => {
    const seen: number[] = [];
    let trainer: { learningRate: number };
    const watch = {
      onTrainBegin: (started: { learningRate: number }) => {
        trainer = started;
      },
      onEpochBegin: () => void seen.push(trainer.learningRate),
    };
    const how = { optimizer: "sgd", learningRate: 0.5, maxEpochs: 8, callbacks: [watch], onWarning } as const;
    await new MLPClassifier({ ...how, learningRateSchedule, ...own }).fit(rows);
    expect(seen).toHaveLength(8);
    // The first epoch of "adaptive" is an improvement on nothing.
    expect(seen).toBeAllClose(
      seen.map((_, epoch) => rate(Math.max(epoch, learningRateSchedule === "adaptive" ? 1 : 0))),
      { rtol: 1e-6, atol: 0 },
    );
  });

  it("goes into a file; the next fit begins with the first rate", async () => {
    const options: MLPClassifierOptions = {
      ...{ optimizer: "sgd", learningRate: 0.3, learningRateSchedule: "invscaling", powerT: 0.4 },
      ...{ maxEpochs: 5, warmStart: true, seed: 4, onWarning },
    };
    const classifier = await new MLPClassifier(options).fit(rows);
    const loaded = await MLPClassifier.load(classifier.save(), { onWarning });
    expect(loaded.getConfig().options).toMatchObject({ learningRateSchedule: "invscaling", powerT: 0.4 });
    await classifier.fit(rows);
    await loaded.fit(rows);
    expect(loaded.predictProba(schedules.x)).toEqual(classifier.predictProba(schedules.x));
    const fresh = await new MLPClassifier({ ...options, threads: 2 }).fit(rows);
    expect(fresh.lossCurve).toEqual((await new MLPClassifier({ ...options, threads: 1 }).fit(rows)).lossCurve);
  });
});
