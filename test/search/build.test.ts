// Searches over candidates that a program builds: models as options, compiled models and estimators; in workers by the
// address of a module; halving, resuming, cross-validation. Scores are those of training by hand.
import { describe, expect, it } from "vitest";
import { moons, regression } from "../../src/datasets/index.js";
import { estimatorPipeline, MLPClassifier, MLPRegressor } from "../../src/estimators/index.js";
import {
  accuracyScore,
  adam,
  batchNormalization,
  crossValidate,
  Dataset,
  dense,
  dropout,
  r2Score,
  Sequential,
  standardScaler,
  stratifiedKFold,
} from "../../src/index.js";
import {
  type BuildContext,
  type BuildGridSearchOptions,
  buildScorer,
  formatSearch,
  gridSearch,
  logUniform,
  type PartialSearchResult,
  randomSearch,
  SearchError,
  successiveHalving,
} from "../../src/search/index.js";
import { itInFull } from "../support/inFull.js";

const data = moons({ samples: 120, noise: 0.15, seed: 1 });
const address = new URL("../support/builder.js", import.meta.url);
const onWarning = () => {};

const timeless = ({ trials, baselines, best, scoring }: PartialSearchResult) => ({
  trials: trials.map(({ seconds: _, ...trial }) => trial),
  baselines: baselines.map(({ seconds: _, ...trial }) => trial),
  ...{ best: best?.options, scoring },
});

interface Parameters {
  units: number;
  rate?: number;
  maxEpochs?: number;
}

const layersOf = (units: number) => [
  dense({ units, activation: "relu" }),
  batchNormalization(),
  dropout(0.1),
  dense({ units: 1, activation: "sigmoid" }),
];
const compile = { optimizer: adam({ learningRate: 0.05 }), loss: "binaryCrossentropy" } as const;
const plan = ({ units }: Parameters) => ({ seed: 3, layers: layersOf(units), compile, fit: { epochs: 12 } });
const common = { estimator: "classifier", folds: 3, seed: 7 } as const;
const grid = { units: [1, 16] };

/** Two sums of four columns. */
function twoTargets(samples: number): Dataset {
  const { x, y } = regression({ samples, features: 4, seed: 2 });
  const both = Array.from(y, (sum, i) => [sum / 100, x[4 * i] - x[4 * i + 1]]);
  return Dataset.from({ x, y: both }, { inputShape: [4] });
}

/** The same scores by hand. */
async function byHand(units: number): Promise<number[]> {
  const scores: number[] = [];
  for (const { train, test } of stratifiedKFold(data, { folds: 3, shuffle: true, seed: 7 })) {
    const model = await Sequential.create({ seed: 3, threads: 1, inputShape: [2], layers: layersOf(units) });
    model.compile(compile);
    await model.fit(data.select(train), { epochs: 12 });
    const held = data.select(test);
    const labels = model.predict(held.x).map((p) => Number(p > 0.5));
    scores.push(accuracyScore(held.y, labels));
    model.dispose();
  }
  return scores;
}

describe("gridSearch over models that a function builds", () => {
  it("has the scores that one gets by hand, and ranks them with the baselines", async () => {
    const found = await gridSearch(data, { ...common, build: plan, grid });
    expect(found.trials.map(({ options }) => options)).toEqual([{ units: 16 }, { units: 1 }]);
    expect(found.trials[0].scores).toEqual(await byHand(16));
    expect(found.trials[1].scores).toEqual(await byHand(1));
    expect(found.baselines.map(({ kind }) => kind).toSorted()).toEqual(["constant", "linear"]);
    expect(formatSearch(found)).toContain('{"units":16}');
  });

  it("is the same for a model as options, a compiled model, and one beside its options of fit", async () => {
    const expected = timeless(await gridSearch(data, { ...common, build: plan, grid }));
    const make = async ({ units }: Parameters) => {
      const model = await Sequential.create({ seed: 3, threads: 1, inputShape: [2], layers: layersOf(units) });
      model.compile(compile);
      return model;
    };
    const builds: Pick<BuildGridSearchOptions, "build" | "fit">[] = [
      { build: make, fit: { epochs: 12 } },
      { build: async (own: Parameters) => ({ model: await make(own), fit: { epochs: 12 } }) },
      { build: (own: Parameters) => ({ ...plan(own), fit: {} }), fit: { epochs: 12 } },
      { build: (own: Parameters) => ({ ...plan(own), inputShape: [2] }), fit: { epochs: 99 } },
    ];
    for (const own of builds) {
      expect(timeless(await gridSearch(data, { ...common, ...own, grid }))).toEqual(expected);
    }
  });

  it("tells the builder the shape of rows, the number of classes and the fold", async () => {
    const seen: BuildContext[] = [];
    const build = (parameters: Parameters, context: BuildContext) => {
      seen.push(context);
      parameters.units += 1; // a copy: the candidate stays
      return { ...plan({ units: 2 }), fit: { epochs: 1 } };
    };
    const found = await gridSearch(data, { ...common, build, grid: { units: [4] } });
    expect(seen.map(({ fold }) => fold)).toEqual([0, 1, 2]);
    expect(seen[0]).toEqual({ inputShape: [2], outputs: 2, fold: 0 });
    expect(found.best.options).toEqual({ units: 4 });
  });

  it("takes several classes, logits, and scores that need probabilities", async () => {
    const y = data.y.map((label, i) => (i % 5 === 0 ? 2 : label));
    const three = Dataset.from({ x: data.x, y }, { inputShape: [2], targetShape: [] });
    const built =
      (fromLogits: boolean) =>
      (_: unknown, { outputs }: BuildContext) => ({
        layers: [
          dense({ units: 8, activation: "relu" }),
          dense({ units: outputs, activation: fromLogits ? "linear" : "softmax" }),
        ],
        compile: { optimizer: "adam" as const, loss: { type: "sparseCategoricalCrossentropy" as const, fromLogits } },
        fit: { epochs: 5 },
      });
    const search = { ...common, grid: { a: [1] }, scoring: "negativeLogLoss" as const };
    const plain = await gridSearch(three, { ...search, build: built(false) });
    const logits = await gridSearch(three, { ...search, build: built(true) });
    expect(logits.best.scores).toBeAllClose(plain.best.scores, { rtol: 1e-4, atol: 0 });
    const binary = (fromLogits: boolean) => () => ({
      layers: [dense({ units: 1, activation: fromLogits ? "linear" : "sigmoid" })],
      compile: { optimizer: "adam" as const, loss: { type: "binaryCrossentropy" as const, fromLogits } },
      fit: { epochs: 5 },
    });
    const two = await gridSearch(data, { ...search, build: binary(false) });
    expect((await gridSearch(data, { ...search, build: binary(true) })).best.scores).toBeAllClose(two.best.scores, {
      rtol: 1e-4,
      atol: 0,
    });
  });

  it("takes regressors of several numbers, weights, and models whose rows are pictures", async () => {
    const lines = twoTargets(60);
    const sampleWeight = Float32Array.from({ length: 60 }, (_, i) => 1 + (i % 2));
    const weighted = Dataset.from({ x: lines.x, y: lines.y, sampleWeight }, { inputShape: [4], targetShape: [2] });
    const build = (_: unknown, { outputs, inputShape }: BuildContext) => ({
      layers: [dense({ units: outputs })],
      compile: { optimizer: adam({ learningRate: 0.5 }), loss: "meanSquaredError" as const },
      fit: { epochs: 30 },
      inputShape,
    });
    const found = await gridSearch(weighted, { estimator: "regressor", build, grid: { a: [1] }, folds: 2 });
    expect(found.best.mean).toBeGreaterThan(0.5);
    const scorer = buildScorer({ build, estimator: "regressor" });
    const [train, test] = [weighted.slice(0, 30), weighted.slice(30, 60)];
    const model = await Sequential.create({ threads: 1, inputShape: [4], layers: [dense({ units: 2 })] });
    model.compile({ optimizer: adam({ learningRate: 0.5 }), loss: "meanSquaredError" });
    await model.fit(train, { epochs: 30 });
    const expected = r2Score(test.y, model.predict(test.x), { outputs: 2, sampleWeight: test.sampleWeight ?? [] });
    expect(await scorer(train, test, 0)).toBe(expected);
  });
});

it("a model for other rows is refused, though numbers of inputs and targets would fit", async () => {
  const rows = Dataset.from({ x: [[1, 2], [3, 4], [5, 6], [7, 8]], y: [[1, 2], [3, 4], [5, 6], [7, 8]] }); // biome-ignore format: rows
  const build = async () => {
    const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    return model;
  };
  await expect(
    gridSearch(rows, { estimator: "regressor", folds: 2, seed: 1, build, grid: { units: [1] } }),
  ).rejects.toThrow("build: the model takes rows of [1], got [2]. Make it with inputShape of the context.");
});

describe("gridSearch over estimators that a function builds", () => {
  it("is that by hand, for pipelines too", async () => {
    const options = { hiddenLayerSizes: [8], maxEpochs: 15, seed: 2, threads: 1, onWarning };
    const build = ({ scales }: { scales: boolean }) => {
      const classifier = new MLPClassifier(options);
      return scales ? estimatorPipeline([standardScaler(), classifier]) : classifier;
    };
    const found = await gridSearch(data, { ...common, build, grid: { scales: [true, false] } });
    for (const { options: own, scores } of found.trials) {
      const expected: number[] = [];
      for (const { train, test } of stratifiedKFold(data, { folds: 3, shuffle: true, seed: 7 })) {
        const estimator = build(own as { scales: boolean });
        await estimator.fit(data.select(train));
        expected.push(estimator.score(data.select(test)));
      }
      expect(scores).toEqual(expected);
    }
    const lines = twoTargets(40);
    const regressors = await gridSearch(lines, {
      estimator: "regressor",
      build: ({ units }: Parameters) => new MLPRegressor({ hiddenLayerSizes: [units], maxEpochs: 3, onWarning }),
      ...{ grid: { units: [2, 3] }, folds: 2 },
    });
    expect(regressors.trials.every(({ error }) => error === undefined)).toBe(true);
  });
});

describe("a module that exports build", () => {
  const kinds = { kind: ["plan", "pair", "estimator"], units: [2, 12] };

  itInFull("gives the same result in this thread and in any number of workers", async () => {
    const alone = await gridSearch(data, { ...common, build: address, grid: kinds, workers: 1 });
    expect(alone.trials.every(({ error }) => error === undefined)).toBe(true);
    for (const workers of [2, 3]) {
      const found = await gridSearch(data, { ...common, build: address.href, grid: kinds, workers });
      expect(timeless(found)).toEqual(timeless(alone));
    }
  });

  itInFull("whose candidates fail has their reasons, from workers too", async () => {
    const failing = { kind: ["error", "plan", "fold 1"], units: [2] };
    for (const workers of [1, 2]) {
      const found = await gridSearch(data, { ...common, build: address, grid: failing, workers });
      const reasons = found.trials.map(({ error }) => error && `${error.name}: ${error.message}`);
      expect(reasons).toEqual([undefined, "TypeError: no such kind", "RangeError: fold 0 of 2 outputs"]);
    }
    const error = await gridSearch(data, { ...common, build: address, grid: { kind: ["error"] } }).catch((e) => e);
    expect(error).toBeInstanceOf(SearchError);
    expect(error.message).toContain('{"kind":"error"}: TypeError: no such kind');
  });

  itInFull("is halved and drawn from, with maxEpochs as a parameter", async () => {
    const space = { units: [2, 4, 12], rate: logUniform(1e-3, 1e-1) };
    const options = { ...common, build: address, space, trials: 4, minEpochs: 2, maxEpochs: 8, factor: 2 };
    const halved = await successiveHalving(data, { ...options, workers: 2 });
    expect(halved.trials.map(({ options: { maxEpochs } }) => maxEpochs).toSorted()).toEqual([2, 2, 2, 2, 4, 4, 8]);
    expect(timeless(await successiveHalving(data, { ...options, workers: 1 }))).toEqual(timeless(halved));
    const drawn = await randomSearch(data, { ...common, build: address, space, trials: 3, workers: 2 });
    expect(drawn.trials).toHaveLength(3);
  });
});

describe("what a search of builders has in common with the others", () => {
  it("tells its progress, stops, and resumes to the same result", async () => {
    const whole = await gridSearch(data, { ...common, build: plan, grid });
    const controller = new AbortController();
    let kept = "";
    let builds = 0;
    const build = (own: Parameters) => {
      builds++;
      return plan(own);
    };
    const counted = { ...common, build, grid };
    const stopped = await gridSearch(data, {
      ...counted,
      signal: controller.signal,
      onTrial: ({ kind }, { result }) => {
        if (kind === "candidate") controller.abort();
        kept = JSON.stringify(result);
      },
    });
    expect([stopped.isComplete, stopped.trials.length, builds]).toEqual([false, 1, 3]);
    const resumed = await gridSearch(data, { ...counted, resume: JSON.parse(kept) });
    expect(builds).toBe(6);
    expect(timeless(resumed)).toEqual(timeless(whole));
    await expect(gridSearch(data, { ...common, build: plan, grid, resume: JSON.parse(kept) })).rejects.toThrow(
      "resume: expected the result of this search",
    );
  });

  it("is cross-validated by buildScorer, with the scores of the search", async () => {
    const found = await gridSearch(data, { ...common, build: plan, grid });
    const scorer = buildScorer({ build: plan, estimator: "classifier", parameters: found.best.options });
    const options = { folds: 3, stratify: true, shuffle: true, seed: 7 };
    expect((await crossValidate(scorer, data, options)).scores.score).toEqual(found.best.scores);
    const remote = buildScorer({
      build: address,
      estimator: "classifier",
      parameters: { units: 4 },
      scoring: "rocAuc",
    });
    const { mean } = await crossValidate(remote, data, options);
    expect(mean.score).toBeGreaterThan(0.5);
  });
});
