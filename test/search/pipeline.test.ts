// Searches over pipelines: each candidate fits its transformers to the rows it is trained on, here and in workers.
import { describe, expect, it } from "vitest";
import { diabetes, wine } from "../../src/datasets/index.js";
import {
  type EstimatorPipeline,
  estimatorPipeline,
  MLPClassifier,
  MLPRegressor,
  transformedTargetRegressor,
  withOptions,
} from "../../src/estimators/index.js";
import {
  columnTransformer,
  crossValidate,
  Dataset,
  kBinsDiscretizer,
  kFold,
  minMaxScaler,
  oneHotEncoder,
  polynomialFeatures,
  r2Score,
  simpleImputer,
  standardScaler,
  stratifiedKFold,
  transformerPipeline,
} from "../../src/index.js";
import { gridSearch, integer, randomSearch, successiveHalving } from "../../src/search/index.js";

const onWarning = () => {};
const own = { hiddenLayerSizes: [6], maxEpochs: 8, learningRate: 0.02 } as const;
const bottles = await wine();
const sugar = (await diabetes()).select(Array.from({ length: 90 }, (_, i) => i));
const pipelined = () => estimatorPipeline([standardScaler(), new MLPClassifier({ ...own, onWarning })]);

describe("gridSearch of a pipeline", () => {
  it("scores as crossValidate on the same folds does", async () => {
    const grid = { alpha: [1e-4, 1], "standardScaler.withMean": [true, false] };
    const found = await gridSearch(bottles, { estimator: pipelined(), grid, folds: 3, workers: 1 });
    expect(found.trials.length).toBe(4);
    const folds = stratifiedKFold(bottles, { folds: 3, shuffle: true, seed: 0 });
    // A search knows class numbers only.
    const { x, y, inputShape } = bottles;
    const numbered = Dataset.from({ x, y }, { inputShape, targetShape: [] });
    for (const { options, scores } of found.trials) {
      const estimator = withOptions(pipelined(), { ...options, onWarning, threads: 1 });
      expect((await crossValidate(estimator, numbered, { folds })).scores.score).toEqual(scores);
    }
    expect(found.best.mean).toBeGreaterThan(0.8);
    expect(found.best.options).toMatchObject({ ...own, hiddenLayerSizes: [6] });
    expect(found.baselines.map(({ kind }) => kind)).toEqual(["linear", "constant"]);
  });

  it("fits nothing to the rows that are scored", async () => {
    // One row lies far away: scaled by all rows, the others would be crowded into a corner.
    const x = Array.from({ length: 40 }, (_, i) => [i === 13 ? 1e4 : (i * 7) % 30, (i * 11) % 13]);
    const y = x.map(([, b], i) => 3 * ((i * 7) % 30) - b);
    const data = Dataset.from({ x, y });
    const regressor = () => new MLPRegressor({ ...own, standardizeTarget: true, onWarning });
    const search = { grid: { alpha: [1e-4] }, folds: 4, workers: 1 } as const;
    const pipeline = estimatorPipeline([minMaxScaler(), regressor()]);
    const honest = await gridSearch(data, { ...search, estimator: pipeline });
    const byHand = await Promise.all(
      kFold(40, { folds: 4, shuffle: true, seed: 0 }).map(async ({ train, test }) => {
        const scaler = minMaxScaler().fit(data.select(train));
        const fitted = await regressor().fit(scaler.transform(data.select(train)));
        return r2Score(data.select(test).y, fitted.predict(scaler.transform(data.select(test))));
      }),
    );
    expect(honest.best.scores).toBeAllClose(byHand, { rtol: 1e-6 });
    const leaked = await gridSearch(minMaxScaler().fitTransform(data), { ...search, estimator: regressor() });
    expect(Math.abs(honest.best.mean - leaked.best.mean)).toBeGreaterThan(1);
  });

  it("has the same result in workers, also where float32 blurs x", async () => {
    const x = Array.from({ length: 60 }, (_, i) => [1.7e12 + 1000 * ((i * 17) % 60), (i * 5) % 7]);
    const y = x.map(([time, b]) => Number((time / 1000) % 2 === b % 2));
    const estimator = estimatorPipeline([standardScaler(), polynomialFeatures(), new MLPClassifier(own)]);
    const search = { estimator, grid: { "polynomialFeatures.degree": [1, 2] }, folds: 2 } as const;
    const here = await gridSearch({ x, y }, { ...search, workers: 1 });
    const there = await gridSearch({ x, y }, { ...search, workers: 2 });
    expect(there.trials.map(({ scores, options }) => [scores, options])).toEqual(
      here.trials.map(({ scores, options }) => [scores, options]),
    );
    expect(here.trials[0].scores).not.toEqual(here.trials[1].scores);
  });

  it("tries other steps, and steps within steps", async () => {
    const estimator = estimatorPipeline([
      ["scale", transformerPipeline([["first", standardScaler()]])],
      new MLPClassifier(own),
    ]);
    const grid = {
      "steps.scale.first": [minMaxScaler(), kBinsDiscretizer({ nBins: 3 })],
      "MLPClassifier.alpha": [1e-3],
    };
    const found = await gridSearch(bottles, { estimator, grid, folds: 2, workers: 1 });
    expect(found.trials.map(({ error }) => error)).toEqual([undefined, undefined]);
    const types = found.trials.map(({ options }) => (options["steps.scale.first"] as { type: string }).type);
    expect(types.sort()).toEqual(["kBinsDiscretizer", "minMaxScaler"]);
    const best = withOptions(estimator, JSON.parse(JSON.stringify(found.best.options)));
    await best.fit(bottles);
    expect(best.score(bottles)).toBeGreaterThan(0.6);
  });

  it("takes tables with text and missing cells", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      size: i % 7 === 0 ? null : (i * 13) % 11,
      colour: ["red", "blue", "green"][i % 3],
    }));
    const y = rows.map(({ colour }) => Number(colour === "red"));
    const estimator = estimatorPipeline([
      columnTransformer([
        ["size", transformerPipeline([simpleImputer(), standardScaler()]), ["size"]],
        [oneHotEncoder(), ["colour"]],
      ]),
      new MLPClassifier({ ...own, maxEpochs: 40 }),
    ]);
    const grid = { "columnTransformer.size.simpleImputer.strategy": ["mean", "median"] };
    for (const x of [
      rows,
      { rows: 60, columns: { size: rows.map((r) => r.size), colour: rows.map((r) => r.colour) } },
    ]) {
      const search = { estimator, grid, folds: 2 } as const;
      const found = await gridSearch({ x, y } as never, { ...search, workers: 1 });
      expect(found.best.mean).toBeGreaterThan(0.9);
      const there = await gridSearch({ x, y } as never, { ...search, workers: 2 });
      expect(there.trials.map(({ scores }) => scores)).toEqual(found.trials.map(({ scores }) => scores));
      const resumed = await gridSearch({ x, y } as never, { ...search, workers: 1, resume: found });
      expect(resumed.records.map(({ seconds }) => seconds).sort()).toEqual(
        found.records.map(({ seconds }) => seconds).sort(),
      );
    }
  });

  it("ranks a candidate last whose step refuses its option or its rows", async () => {
    const grid = { "kBinsDiscretizer.nBins": [3, [2, 2]] };
    const estimator = estimatorPipeline([kBinsDiscretizer(), new MLPClassifier(own)]);
    const found = await gridSearch(bottles, { estimator, grid, folds: 2, workers: 1 });
    expect(found.best.options["kBinsDiscretizer.nBins"]).toBe(3);
    expect(found.trials[1].error).toMatchObject({ name: "ShapeError", fold: 0 });
  });
});

describe("a transformed target in a search", () => {
  const { x, inputShape } = sugar;
  const y = sugar.y.map((value) => value / 10);
  const data = Dataset.from({ x, y }, { inputShape, targetShape: [] });

  it.each([
    ["a transformer", { transformer: minMaxScaler() }],
    ["functions", { func: (value: number) => value * value, inverseFunc: (p: number) => Math.sqrt(Math.max(p, 0)) }],
  ])("with %s is fitted in each fold, and scored in the units of y", async (_, how) => {
    const estimator = transformedTargetRegressor({
      regressor: estimatorPipeline([standardScaler(), new MLPRegressor({ ...own, onWarning })]),
      ...how,
    });
    const search = { estimator, grid: { alpha: [1e-4] }, folds: 3 } as const;
    const found = await gridSearch(data, { ...search, workers: 1 });
    const folds = kFold(data, { folds: 3, shuffle: true, seed: 0 });
    const { scores } = await crossValidate(withOptions(estimator, { alpha: 1e-4, threads: 1 }), data, { folds });
    expect(found.best.scores).toEqual(scores.score);
    const there = await gridSearch(data, { ...search, workers: 2, grid: { alpha: [1e-4, 1] } });
    expect(there.trials.find(({ options }) => options.alpha === 1e-4)?.scores).toEqual(found.best.scores);
    await expect(
      gridSearch(data, {
        ...search,
        estimator: transformedTargetRegressor({ regressor: new MLPRegressor(own), ...how }),
        resume: found,
      }),
    ).rejects.toThrow("resume");
  });
});

describe("randomSearch and successiveHalving", () => {
  it("search pipelines and transformed targets", async () => {
    const estimator = transformedTargetRegressor({
      regressor: estimatorPipeline([standardScaler(), new MLPRegressor(own)]),
      transformer: minMaxScaler(),
    });
    const space = {
      alpha: [1e-4, 1e-2],
      "transformer.range": [
        [0, 1],
        [-1, 1],
      ],
      "regressor.standardScaler.withStd": [true],
    };
    const drawn = await randomSearch(sugar, { estimator, space, trials: 3, folds: 2, workers: 1 });
    expect(drawn.best.mean).toBeGreaterThan(-1);
    const halved = await successiveHalving(sugar, {
      estimator: estimatorPipeline([polynomialFeatures(), standardScaler(), new MLPRegressor(own)]),
      space: { "polynomialFeatures.degree": integer(1, 2), learningRate: [0.01, 0.05] },
      ...{ trials: 3, minEpochs: 2, maxEpochs: 6, holdOut: 0.3, workers: 1 },
    });
    expect(halved.best.options.maxEpochs).toBe(6);
    const best = withOptions(estimatorPipeline([polynomialFeatures(), standardScaler(), new MLPRegressor(own)]), {
      ...halved.best.options,
      onWarning,
    }) as EstimatorPipeline;
    await best.fit(sugar);
    expect(best.model.layers[0].inputShape).toEqual([halved.best.options["polynomialFeatures.degree"] === 1 ? 11 : 66]);
  });
});
