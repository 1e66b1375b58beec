// Promises of estimators besides accuracy: labels return as given, training stops by the rule, bad input is rejected.
import { describe, expect, it } from "vitest";
import { blobs } from "../../src/datasets/index.js";
import { type LabelledData, MLPClassifier, type MLPOptions, MLPRegressor } from "../../src/estimators/index.js";
import { plateau } from "../../src/estimators/plateau.js";
import type { Logs, Trainer } from "../../src/index.js";
import { DataError, OptionError, ShapeError } from "../../src/index.js";

const onWarning = () => {};
const small: MLPOptions = { hiddenLayerSizes: [8], learningRate: 0.05, maxEpochs: 60, seed: 3, onWarning };

/** Three groups of points far apart. */
const groups = () => blobs({ samples: 90, centers: 3, clusterStd: 0.3, seed: 4 });
const names = ["pear", "apple", "quince"];

function named(): { x: Float32Array; y: string[] } {
  const { x, y } = groups();
  return { x, y: Array.from(y, (label) => names[label]) };
}

describe("MLPClassifier", () => {
  it("gives labels back as they were given, classes sorted", async () => {
    const { x, y } = named();
    const classifier = await new MLPClassifier(small).fit({ x, y });
    expect(classifier.classes).toEqual(["apple", "pear", "quince"]);
    expect(classifier.predict(x)).toEqual(y);
    expect(classifier.score({ x, y })).toBe(1);
  });

  it("puts probabilities in the order of classes; rows sum to 1", async () => {
    const { x, y } = named();
    const classifier = await new MLPClassifier(small).fit({ x, y });
    const probabilities = classifier.predictProba(x);
    expect(probabilities.length).toBe(3 * y.length);
    y.forEach((label, row) => {
      const own = probabilities.subarray(3 * row, 3 * row + 3);
      expect(own.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      expect(classifier.classes[own.indexOf(Math.max(...own))]).toBe(label);
    });
  });

  it("has one sigmoid output for two classes, and two columns of probabilities", async () => {
    const data = { x: [[0], [1], [9], [10]], y: [false, false, true, true] };
    const classifier = await new MLPClassifier({ ...small, maxEpochs: 200 }).fit(data);
    expect(classifier.model.layers.at(-1)?.outputShape).toEqual([1]);
    expect(classifier.predict(data.x)).toEqual(data.y);
    const p = classifier.predictProba(data.x);
    for (let row = 0; row < 4; row++) expect(p[2 * row] + p[2 * row + 1]).toBeCloseTo(1, 6);
    expect(p[1]).toBeLessThan(0.5);
    expect(p[7]).toBeGreaterThan(0.5);
  });

  it("is the same for the same seed, another for another", async () => {
    const data = named();
    const fit = async (seed: number) => (await new MLPClassifier({ ...small, seed }).fit(data)).lossCurve;
    const first = await fit(5);
    expect(await fit(5)).toEqual(first);
    expect(await fit(6)).not.toEqual(first);
  });

  it("holds rows back, scores them each epoch and keeps the best weights", async () => {
    const data = named();
    const classifier = await new MLPClassifier({ ...small, earlyStopping: true, patience: 3 }).fit(data);
    expect(classifier.hasConverged).toBe(true);
    expect(classifier.validationScores.length).toBe(classifier.lossCurve.length);
    expect(Math.max(...classifier.validationScores)).toBe(1);
  });

  it("warns when the loss still falls at the end, and says so only then", async () => {
    const warnings: string[] = [];
    const options = { ...small, maxEpochs: 2, onWarning: (message: string) => void warnings.push(message) };
    const classifier = await new MLPClassifier(options).fit(named());
    expect(classifier.hasConverged).toBe(false);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("still improving after 2 epochs");
    await new MLPClassifier({ ...options, maxEpochs: 500 }).fit(named());
    expect(warnings).toHaveLength(1);
  });

  it("partialFit takes portions, with classes that come later", async () => {
    const { x, y } = named();
    const rows = Array.from(y.keys());
    const portion = (wanted: (label: string) => boolean) => {
      const chosen = rows.filter((row) => wanted(y[row]));
      return { x: chosen.map((row) => [x[2 * row], x[2 * row + 1]]), y: chosen.map((row) => y[row]) };
    };
    const classifier = new MLPClassifier(small);
    await classifier.partialFit(
      portion((label) => label !== "quince"),
      { classes: names },
    );
    for (let pass = 0; pass < 60; pass++) await classifier.partialFit({ x, y });
    expect(classifier.lossCurve).toHaveLength(61);
    expect(classifier.score({ x, y })).toBe(1);
  });

  it("keeps what it knew when training fails", async () => {
    const { x, y } = named();
    const hooks = { onEpochEnd: () => {} };
    const classifier = new MLPClassifier({ ...small, callbacks: [hooks] });
    await classifier.fit({ x, y });
    const before = classifier.predictProba(x);
    hooks.onEpochEnd = () => {
      throw new OptionError("enough");
    };
    await expect(
      classifier.fit({
        x: [
          [0, 0],
          [1, 1],
        ],
        y: ["left", "right"],
      }),
    ).rejects.toThrow("enough");
    expect(classifier.classes).toEqual(["apple", "pear", "quince"]);
    expect(classifier.predictProba(x)).toEqual(before);
  });

  it("L-BFGS takes all rows as one batch and ends at a minimum, without a warning", async () => {
    const { x, y } = named();
    const warnings: string[] = [];
    const options: MLPOptions = {
      ...small,
      optimizer: "lbfgs",
      batchSize: 10,
      maxEpochs: 500,
      onWarning: (message) => void warnings.push(message),
    };
    Reflect.deleteProperty(options, "learningRate");
    const classifier = await new MLPClassifier(options).fit({ x, y });
    expect(classifier.score({ x, y })).toBe(1);
    const { lossCurve } = classifier;
    expect(lossCurve[lossCurve.length - 1]).toBeLessThan(0.01);
    expect(lossCurve.length).toBeLessThan(500);
    expect(classifier.hasConverged).toBe(true);
    expect(warnings).toEqual([]);
  });

  it("warmStart continues from the last weights", async () => {
    const data = named();
    const warm = new MLPClassifier({ ...small, maxEpochs: 5, warmStart: true });
    const [first] = (await warm.fit(data)).lossCurve;
    const [second] = (await warm.fit(data)).lossCurve;
    expect(second).toBeLessThan(first / 2);
  });

  it("a row of weight 0 does not count", async () => {
    const x = [[0], [1], [2], [3]];
    const y = ["a", "a", "b", "a"];
    const classifier = await new MLPClassifier({ ...small, maxEpochs: 300 }).fit({ x, y, sampleWeight: [1, 1, 1, 0] });
    expect(classifier.predict([[3]])).toEqual(["b"]);
  });

  const untrained = new MLPClassifier();
  const refused: [what: string, error: unknown, work: () => unknown][] = [
    ["predict before fit", OptionError, () => untrained.predict([[1]])],
    ["predictProba before fit", OptionError, () => untrained.predictProba([[1]])],
    ["score before fit", OptionError, () => untrained.score({ x: [[1]], y: ["a"] })],
    ["classes before fit", OptionError, () => untrained.classes],
    ["model before fit", OptionError, () => untrained.model],
    ["an unknown option", OptionError, () => new MLPClassifier({ hiddenLayers: [3] } as MLPOptions)],
    ["a hidden layer of no units", OptionError, () => new MLPClassifier({ hiddenLayerSizes: [3, 0] })],
    ["hidden layers that are not a list", OptionError, () => new MLPClassifier({ hiddenLayerSizes: 3 as never })],
    ["an unknown activation", OptionError, () => new MLPClassifier({ activation: "rlu" as never })],
    ["an unknown optimizer", OptionError, () => new MLPClassifier({ optimizer: "adm" as never })],
    ["a negative alpha", OptionError, () => new MLPClassifier({ alpha: -1 })],
    ["a batch size by another name", OptionError, () => new MLPClassifier({ batchSize: "full" as never })],
    ["no epochs", OptionError, () => new MLPClassifier({ maxEpochs: 0 })],
    ["a held-back share of all", OptionError, () => new MLPClassifier({ validationFraction: 1 })],
    ["a seed that is not an integer", OptionError, () => new MLPClassifier({ seed: 0.5 })],
    [
      "two learning rates",
      OptionError,
      () => new MLPClassifier({ optimizer: { type: "adam" } as never, learningRate: 1 }),
    ],
    ["no threads", OptionError, () => new MLPClassifier({ threads: 0 })],
    ["callbacks that are not a list", OptionError, () => new MLPClassifier({ callbacks: {} as never })],
    ["a warning that is not a function", OptionError, () => new MLPClassifier({ onWarning: "x" as never })],
  ];
  it.each(refused)("rejects %s", (_what, error, work) => {
    expect(work).toThrow(error as typeof Error);
  });

  const badData: [what: string, error: unknown, data: unknown][] = [
    ["nothing", DataError, undefined],
    ["no labels", DataError, { x: [[1], [2]] }],
    ["one class", DataError, { x: [[1], [2]], y: ["a", "a"] }],
    ["fewer labels than rows", ShapeError, { x: [[1], [2], [3]], y: ["a", "b"] }],
    ["ragged rows", ShapeError, { x: [[1], [2, 3]], y: ["a", "b"] }],
    ["NaN", DataError, { x: [[1], [Number.NaN]], y: ["a", "b"] }],
    ["a label that is missing", DataError, { x: [[1], [2]], y: ["a", null] }],
    ["labels of two types", DataError, { x: [[1], [2]], y: ["a", 1] }],
    ["a flat x that does not divide", ShapeError, { x: [1, 2, 3], y: ["a", "b"] }],
    ["weights below 0", DataError, { x: [[1], [2]], y: ["a", "b"], sampleWeight: [1, -1] }],
  ];
  it.each(badData)("fit rejects %s", async (_what, error, data) => {
    await expect(new MLPClassifier(small).fit(data as LabelledData)).rejects.toThrow(error as typeof Error);
  });

  it("rejects labels and rows that the first fit did not have", async () => {
    const { x, y } = named();
    const classifier = await new MLPClassifier({ ...small, warmStart: true, maxEpochs: 2 }).fit({ x, y });
    await expect(classifier.fit({ x: [[1, 2]], y: ["plum"] })).rejects.toThrow(DataError);
    await expect(classifier.fit({ x: [[1, 2, 3]], y: ["pear"] })).rejects.toThrow(ShapeError);
    expect(() => classifier.predict([[1, 2, 3]])).toThrow(ShapeError);
    expect(classifier.predict([[1, 2]])).toHaveLength(1);
  });
});

describe("MLPRegressor", () => {
  const line = {
    x: Array.from({ length: 40 }, (_, i) => [i / 20 - 1]),
    y: Array.from({ length: 40 }, (_, i) => 3 * (i / 20 - 1) + 1),
  };

  const linear: MLPOptions = { ...small, hiddenLayerSizes: [], alpha: 0, tolerance: 0, maxEpochs: 1000 };

  it("learns a line, and scores it by R²", async () => {
    const regressor = await new MLPRegressor(linear).fit(line);
    expect(regressor.score(line)).toBeGreaterThan(0.9999);
    expect(regressor.predict([[0]])[0]).toBeCloseTo(1, 2);
  });

  it("has as many outputs as y has columns", async () => {
    const y = line.x.map(([x]) => [x, -2 * x]);
    const regressor = await new MLPRegressor(linear).fit({ x: line.x, y });
    const [up, down] = regressor.predict([[0.5]]);
    expect(up).toBeCloseTo(0.5, 2);
    expect(down).toBeCloseTo(-1, 2);
    expect(regressor.score({ x: line.x, y })).toBeGreaterThan(0.9999);
  });

  it("holds rows back and stops when their R² stands still", async () => {
    const regressor = await new MLPRegressor({ ...small, maxEpochs: 500, earlyStopping: true, patience: 5 }).fit(line);
    expect(regressor.hasConverged).toBe(true);
    expect(regressor.validationScores.length).toBe(regressor.lossCurve.length);
  });

  it("rejects text for targets, and rows of another width than the first fit's", async () => {
    await expect(new MLPRegressor(small).fit({ x: [[1]], y: ["a"] as never })).rejects.toThrow(DataError);
    const regressor = await new MLPRegressor({ ...small, maxEpochs: 1 }).fit(line);
    await expect(regressor.partialFit({ x: [[1, 2]], y: [1] })).rejects.toThrow(ShapeError);
  });
});

describe("the rule that ends training", () => {
  /** Feeds losses to the rule; returns the epoch after which it stopped. */
  function stopsAfter(losses: readonly number[], patience: number, tolerance = 1e-4): number {
    const optimizer = { learningRate: 0.1 };
    const rule = plateau({ tolerance, patience, score: null, learningRateSchedule: "constant", optimizer, rows: 1 });
    const trainer = { stopTraining: false } as Trainer;
    rule.onTrainBegin?.(trainer);
    for (const [epoch, loss] of losses.entries()) {
      rule.onEpochEnd?.(epoch, { loss } as Logs);
      if (trainer.stopTraining) return epoch;
    }
    return -1;
  }

  // By hand from scikit-learn 1.2: an epoch counts when loss > best - tolerance; training ends when the count exceeds
  // patience, not when it reaches it.
  it("counts epochs without improvement, and forgets them after one", () => {
    expect(stopsAfter([1, 1, 1, 1], 2)).toBe(3);
    expect(stopsAfter([1, 1, 0.5, 0.5, 0.5, 0.5], 2)).toBe(5);
    expect(stopsAfter([1, 0.9, 0.8, 0.7], 2)).toBe(-1);
  });

  it("takes less than the tolerance for no improvement", () => {
    expect(stopsAfter([1, 0.99995, 0.9999, 0.99985], 2)).toBe(3);
    expect(stopsAfter([1, 0.99995, 0.9999, 0.99985], 2, 1e-5)).toBe(-1);
  });
});

it.each([MLPClassifier, MLPRegressor])(
  "an error of training begins with the method that was called: %s",
  async (Estimator) => {
    const data = { x: [[1], [-1]], y: [0, 1], sampleWeight: [3e38, 3e38] };
    const estimator = new Estimator(small);
    await expect(estimator.fit(data)).rejects.toThrow(new RegExp(`^${Estimator.name}\\.fit: epoch \\d+, step 0: `));
    await expect(estimator.partialFit(data)).rejects.toThrow(
      new RegExp(`^${Estimator.name}\\.partialFit: epoch 0, step 0: `),
    );
  },
);
