// Doors of the estimators: class names, Datasets, class weights, targets of any scale, and advice that works.
import { describe, expect, it } from "vitest";
import { blobs, diabetes, iris } from "../../src/datasets/index.js";
import {
  type LabelledData,
  MLPClassifier,
  type MLPClassifierOptions,
  type MLPOptions,
  MLPRegressor,
} from "../../src/estimators/index.js";
import { BackendError, DataError, Dataset, OptionError, ShapeError, standardScaler } from "../../src/index.js";

const onWarning = () => {};
const small: MLPOptions = { hiddenLayerSizes: [8], learningRate: 0.05, maxEpochs: 60, seed: 3, onWarning };
const { x, y } = blobs({ samples: 90, centers: 3, clusterStd: 0.3, seed: 4 });
const places = { inputShape: [2], targetShape: [] };
/** Not in the order of the alphabet. */
const classNames = ["pear", "apple", "quince"];
const groups = Dataset.from({ x, y }, { ...places, classNames });
const names = Array.from(y, (place) => classNames[place]);

describe("class names of a Dataset", () => {
  it("are the classes, in their order, and what predict gives", async () => {
    const classifier = await new MLPClassifier(small).fit(groups);
    expect(classifier.classes).toEqual(classNames);
    expect(classifier.predict(groups)).toEqual(names);
    const [, second] = classifier.predictProba(groups);
    expect(second).toBe(classifier.predictProba(x)[1]);
    expect(classifier.score(groups)).toBe(1);
  });

  it("train the same bits as their numbers", async () => {
    const named = await new MLPClassifier(small).fit(groups);
    const numbered = await new MLPClassifier(small).fit(Dataset.from({ x, y }, places));
    expect(numbered.classes).toEqual([0, 1, 2]);
    expect(named.predictProba(x)).toEqual(numbered.predictProba(x));
  });

  it("may be given as names, as places, or by a Dataset with another order", async () => {
    const classifier = await new MLPClassifier(small).fit(groups);
    const reversed = y.map((place) => 2 - place);
    const others: LabelledData[] = [
      { x, y: names },
      { x, y },
      Dataset.from({ x, y }, places),
      Dataset.from({ x, y: reversed }, { ...places, classNames: classNames.toReversed() }),
    ];
    for (const other of others) expect(classifier.score(other)).toBe(1);
    const plum = Dataset.from({ x, y }, { ...places, classNames: ["pear", "aple", "quince"] });
    expect(() => classifier.score(plum)).toThrow(
      /row \d+: expected one of 3 known classes, got "aple"\. Did you mean "apple"/,
    );
    expect(() => classifier.score({ x, y: y.map((place) => place + 1) })).toThrow(
      /expected one of 3 known classes, got 3/,
    );
  });

  it("are all there, also those without a row", async () => {
    const some = groups.select(Array.from(y.keys()).filter((row) => y[row] < 2));
    const classifier = await new MLPClassifier(small).fit(some);
    expect(classifier.classes).toEqual(classNames);
    expect(classifier.predictProba(some).length).toBe(3 * some.length);
    expect(classifier.score(groups)).toBeGreaterThan(0.6);
  });

  it("come with a built-in set", async () => {
    const flowers = await iris();
    const classifier = await new MLPClassifier({ maxEpochs: 2, onWarning }).fit(flowers);
    expect(classifier.classes).toEqual(flowers.classNames);
  });

  it("are of partialFit, too, unless classes say more", async () => {
    const classifier = new MLPClassifier(small);
    await classifier.partialFit(groups.slice(0, 5));
    expect(classifier.classes).toEqual(classNames);
    const more = new MLPClassifier(small);
    await more.partialFit(groups.slice(0, 5), { classes: [...classNames, "plum"] });
    expect(more.classes).toEqual(["apple", "pear", "plum", "quince"]);
  });

  it("of which two are the same are refused", async () => {
    const twice = Dataset.from({ x, y }, { ...places, classNames: ["a", "b", "a"] });
    await expect(new MLPClassifier(small).fit(twice)).rejects.toThrow(/different names, got "a" twice/);
  });

  it.each(["constructor", "__proto__", "toString", ""])("may be %j", async (name) => {
    const data = Dataset.from({ x: [[0], [1]], y: [0, 1] }, { classNames: [name, "other"] });
    const classifier = await new MLPClassifier({ ...small, maxEpochs: 200 }).fit(data);
    expect(classifier.predict(data)).toEqual([name, "other"]);
    expect(classifier.classes).toEqual([name, "other"]);
  });
});

describe("rows to predict for", () => {
  it("are a Dataset, { x } or plain, of the width of the first fit", async () => {
    const classifier = await new MLPClassifier(small).fit(groups);
    const regressor = await new MLPRegressor(small).fit(groups);
    for (const rows of [groups, { x }, { x, y }, x]) {
      expect(classifier.predict(rows)).toEqual(names);
      expect(regressor.predict(rows)).toEqual(regressor.predict(x));
    }
    // As many numbers as 45 rows of four would be two times 45 rows of two.
    const wide = Dataset.from({ x, y: y.subarray(0, 45) }, { inputShape: [4], targetShape: [] });
    for (const ask of [
      () => classifier.predict(wide),
      () => classifier.predictProba(wide),
      () => classifier.score(wide),
      () => regressor.predict(wide),
      () => regressor.score(wide),
      () => classifier.predict([[1, 2, 3, 4]]),
    ]) {
      expect(ask).toThrow(ShapeError);
    }
  });
});

describe("a fit anew", () => {
  const few = {
    x: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    y: ["a", "b", "b", "a"],
  };
  const more = { x: few.x, y: [0, 1, 2, 3] };

  it("swaps network and classes at once, whoever asks meanwhile", async () => {
    const classifier = await new MLPClassifier({ ...small, maxEpochs: 5 }).fit(few);
    let isOn = true;
    const refit = classifier.fit(more).then(() => {
      isOn = false;
    });
    const seen = new Set<string>();
    while (isOn) {
      const outputs = classifier.model.layers.at(-1)?.outputShape;
      seen.add(
        `${classifier.classes} ${outputs} ${classifier.predictProba([[0, 0]]).length} ${classifier.lossCurve.length}`,
      );
      await null;
    }
    await refit;
    expect([...seen].filter((state) => state !== "a,b 1 2 5" && state !== "0,1,2,3 4 4 5")).toEqual([]);
    expect(seen.size).toBeGreaterThan(0);
  });

  it("that fails keeps network, classes and curves of the last", async () => {
    const hooks = { onEpochEnd: () => {} };
    const classifier = await new MLPClassifier({ ...small, callbacks: [hooks] }).fit(groups);
    const before = [classifier.classes, classifier.predictProba(x), classifier.lossCurve, classifier.hasConverged];
    hooks.onEpochEnd = () => {
      throw new OptionError("enough");
    };
    await expect(classifier.fit(few)).rejects.toThrow("enough");
    expect([classifier.classes, classifier.predictProba(x), classifier.lossCurve, classifier.hasConverged]).toEqual(
      before,
    );
  });

  it("ends when disposed of, and leaves nothing", async () => {
    const classifier = new MLPClassifier({ ...small, maxEpochs: 1e6, tolerance: 0, patience: 1e6 });
    const fit = classifier.fit(groups);
    setTimeout(() => classifier.dispose(), 20);
    await expect(fit).rejects.toThrow(BackendError);
    expect(() => classifier.predict(x)).toThrow(/fit\(\{ x, y \}\)/);
    expect(() => classifier.classes).toThrow(OptionError);
  });

  it("leaves to the caller lists that are theirs", async () => {
    const classifier = await new MLPClassifier({ ...small, earlyStopping: true }).fit(groups);
    (classifier.classes as string[]).reverse();
    (classifier.lossCurve as number[]).length = 0;
    (classifier.validationScores as number[]).length = 0;
    expect(classifier.classes).toEqual(classNames);
    expect(classifier.lossCurve.length).toBeGreaterThan(0);
    expect(classifier.validationScores.length).toBe(classifier.lossCurve.length);
  });
});

describe("classWeight", () => {
  // The same input with either label: the prediction is the label that weighs more.
  const torn = { x: [[1], [1], [1], [1]], y: ["no", "no", "no", "yes"] };
  const options: MLPClassifierOptions = {
    ...small,
    hiddenLayerSizes: [],
    alpha: 0,
    tolerance: 0,
    patience: 400,
    maxEpochs: 400,
  };
  const share = async (classWeight: MLPClassifierOptions["classWeight"]) =>
    (await new MLPClassifier({ ...options, ...(classWeight && { classWeight }) }).fit(torn)).predictProba([[1]])[1];

  it("moves the probabilities, by label or balanced", async () => {
    expect(await share(undefined)).toBeCloseTo(1 / 4, 2);
    expect(await share({ yes: 3 })).toBeCloseTo(1 / 2, 2);
    expect(await share({ yes: 9 })).toBeCloseTo(9 / 12, 2);
    expect(await share({ no: 0 })).toBeGreaterThan(0.9);
    expect(await share("balanced")).toBeCloseTo(1 / 2, 2);
  });

  it("multiplies the weights of rows", async () => {
    const classifier = new MLPClassifier({ ...options, classWeight: { yes: 2 } });
    await classifier.fit({ ...torn, sampleWeight: [1, 0, 0, 1] });
    expect(classifier.predictProba([[1]])[1]).toBeCloseTo(2 / 3, 2);
  });

  it.each([
    ["numbers", [3, 3, 3, 7], { 7: 3 }],
    ["booleans", [false, false, false, true], { true: 3 }],
    ["names of Object.prototype", ["x", "x", "x", "constructor"], JSON.parse('{"constructor": 3}')],
  ])("takes labels that are %s", async (_what, labels, classWeight) => {
    const classifier = await new MLPClassifier({ ...options, classWeight }).fit({ x: torn.x, y: labels });
    expect(classifier.predictProba([[1]])[classifier.classes.indexOf(labels[3] as never)]).toBeCloseTo(1 / 2, 2);
  });

  it.each([
    ["a negative weight", { yes: -1 }, /classWeight\["yes"\]: .*>= 0, got -1/],
    ["text", { yes: "2" }, /classWeight\["yes"\]/],
    ["another name", "equal", /expected \{ label: weight/],
    ["a list", [1, 2], /expected \{ label: weight/],
    ["a Map", new Map([["yes", 2]]), /expected \{ label: weight/],
    ["null", null, /expected \{ label: weight/],
  ])("rejects %s", (_what, classWeight, message) => {
    const attempt = () => new MLPClassifier({ classWeight: classWeight as never });
    expect(attempt).toThrow(OptionError);
    expect(attempt).toThrow(message);
  });

  it("rejects a label that is not a class, and portions that cannot be balanced", async () => {
    for (const label of ["Yes", "", "__proto__"]) {
      const classifier = new MLPClassifier({ ...options, classWeight: { yes: 1, [label]: 2 } });
      await expect(classifier.fit(torn)).rejects.toThrow(/classWeight: no class has the label .*Known: "no", "yes"/);
      await expect(classifier.partialFit(torn)).rejects.toThrow(OptionError);
    }
    const balanced = new MLPClassifier({ ...options, classWeight: "balanced" });
    await expect(balanced.partialFit(torn)).rejects.toThrow(/needs all rows/);
    expect(() => new MLPRegressor({ classWeight: "balanced" } as never)).toThrow(OptionError);
  });

  it("weighs portions by label", async () => {
    const classifier = new MLPClassifier({ ...options, classWeight: { yes: 9 } });
    for (let pass = 0; pass < 300; pass++) await classifier.partialFit(torn);
    expect(classifier.predictProba([[1]])[1]).toBeCloseTo(9 / 12, 2);
  });
});

describe("advice", () => {
  const rows = [[1], [2], [8], [9]];
  const estimators = [
    ["MLPClassifier", () => new MLPClassifier({ maxEpochs: 2, onWarning }), ["a", "a", "b", "b"]],
    ["MLPRegressor", () => new MLPRegressor({ maxEpochs: 2, onWarning }), [1, 2, 8, 9]],
  ] as const;

  describe.each(estimators)("of %s", (name, make, y) => {
    it.each(["predict", "score", "model"] as const)("before fit, by %s, works when followed", async (door) => {
      const estimator = make();
      const ask = () => (door === "model" ? estimator.model : estimator[door]({ x: rows, y } as never));
      expect(ask).toThrow(OptionError);
      expect(ask).toThrow(`${name}: it has learned nothing yet. Call await fit({ x, y }) first.`);
      await estimator.fit({ x: rows, y } as never);
      expect(ask).not.toThrow();
    });

    it.each(["fit", "partialFit", "score"] as const)("to %s(x, y) is to call it with { x, y }", async (door) => {
      const estimator = make();
      if (door === "score") await estimator.fit({ x: rows, y } as never);
      const call = async (...args: unknown[]) => (estimator[door] as (...all: unknown[]) => unknown)(...args);
      for (const x of [rows, Float32Array.of(1, 2, 8, 9), undefined, 5, "rows"]) {
        await expect(call(x, y)).rejects.toThrow(DataError);
        await expect(call(x, y)).rejects.toThrow(`Call ${door}({ x, y }).`);
      }
      await expect(call({ x: rows })).rejects.toThrow(DataError);
      await call({ x: rows, y });
    });

    it("rejects options that it would ignore", async () => {
      const call =
        (door: string, ...args: unknown[]) =>
        async () =>
          (make() as unknown as Record<string, (...all: unknown[]) => unknown>)[door](...args);
      for (const door of ["fit", "score"]) {
        await expect(call(door, { x: rows, y }, { epochs: 3 })()).rejects.toThrow(
          /expected one argument, \{ x, y \}, got 2/,
        );
      }
      await expect(call("partialFit", { x: rows, y }, { epochs: 3 })()).rejects.toThrow(OptionError);
      await expect(call("partialFit", { x: rows, y }, {}, 5)()).rejects.toThrow(OptionError);
      await expect(call("predict", rows, { batchSize: 4 })()).rejects.toThrow(/would be ignored/);
      await expect(call("save", {}, 5)()).rejects.toThrow(/would be ignored/);
      await expect(call("fit", { x: rows, y, weights: [1, 1, 1, 1] })()).rejects.toThrow(/unknown option "weights"/);
    });
  });
});

describe("a target that is not scaled", () => {
  it("is named by the warning, whose remedy works", async () => {
    const sugar = await diabetes();
    const scaled = standardScaler().fit(sugar).transform(sugar);
    const warnings: string[] = [];
    const options = {
      hiddenLayerSizes: [20],
      maxEpochs: 60,
      seed: 1,
      onWarning: (text: string) => void warnings.push(text),
    };
    const plain = await new MLPRegressor(options).fit(scaled);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /The targets are not scaled\. Scale y to \(y - 152\) \/ 77, .*standardizeTarget: true does both/,
    );
    const standardized = await new MLPRegressor({ ...options, standardizeTarget: true }).fit(scaled);
    expect(plain.score(scaled)).toBeLessThan(0);
    expect(standardized.score(scaled)).toBeGreaterThan(0.5);
    for (const warning of warnings.slice(1)) expect(warning).not.toContain("standardizeTarget");
  });

  const line = {
    x: Array.from({ length: 40 }, (_, i) => [i / 20 - 1]),
    y: Array.from({ length: 40 }, (_, i) => 1e6 + 5e5 * (i / 20 - 1)),
  };
  const linear = {
    ...small,
    hiddenLayerSizes: [],
    alpha: 0,
    tolerance: 0,
    patience: 100,
    maxEpochs: 1000,
    standardizeTarget: true,
  };

  it("is learned in its own scale, and predicted in that of y", async () => {
    const regressor = await new MLPRegressor(linear).fit(line);
    expect(regressor.predict([[0]])[0] / 1e6).toBeCloseTo(1, 3);
    expect(regressor.score(line)).toBeGreaterThan(0.9999);
    expect(regressor.lossCurve[0]).toBeLessThan(10);
    // By hand: the output of the network, times the deviation, plus the mean.
    const mean = line.y.reduce((sum, value) => sum + value, 0) / 40;
    const deviation = Math.sqrt(line.y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 40);
    const [z] = regressor.model.predict([[0.5]]);
    expect(regressor.predict([[0.5]])[0]).toBeCloseTo(z * deviation + mean, -1);
  });

  it("is scaled output by output, held back or not; a constant does no harm", async () => {
    const y = line.x.map(([value]) => [1000 * value + 5000, 0.001 * value, 7]);
    const regressor = await new MLPRegressor({ ...linear, earlyStopping: true, patience: 100 }).fit({ x: line.x, y });
    const [large, tiny, constant] = regressor.predict([[0.5]]);
    expect(large / 5500).toBeCloseTo(1, 2);
    expect(tiny * 2000).toBeCloseTo(1, 1);
    expect(constant).toBeCloseTo(7, 1);
    expect(regressor.validationScores.length).toBe(regressor.lossCurve.length);
  });

  it("keeps its scale in partialFit and with warmStart", async () => {
    const regressor = new MLPRegressor({ ...linear, maxEpochs: 100, warmStart: true });
    await regressor.fit(line);
    const upper = { x: line.x.slice(30), y: line.y.slice(30) };
    await regressor.fit(line);
    await regressor.partialFit(upper);
    expect(regressor.predict([[0]])[0] / 1e6).toBeCloseTo(1, 1);
  });
});
