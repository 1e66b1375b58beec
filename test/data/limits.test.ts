// Sizes beyond memory, lists too long for a call, and missing values: simdgrad's own errors.
import { describe, expect, it } from "vitest";
import {
  adam,
  DataError,
  Dataset,
  dense,
  formatFindings,
  kFold,
  normalization,
  OptionError,
  oneHot,
  Sequential,
  SimdgradError,
  standardScaler,
  stratifiedKFold,
  trainTestSplit,
} from "../../src/index.js";
import { sparkline, table } from "../../src/plot/index.js";

it.each<[string, () => unknown, string]>([
  ["oneHot", () => oneHot(new Int32Array(1000), 2 ** 24), "1000 rows of 16777216 classes need 62.5 GiB"],
  ["kFold", () => kFold(2 ** 31), "kFold: expected at most 268435456 row numbers"],
  ["kFold with as many folds", () => kFold(2 ** 20, { folds: 2 ** 20 }), "1048576 rows in each of 1048576 folds"],
  [
    "split of one row",
    () => Dataset.from({ x: [[1]], y: [1] }).split({ fraction: 0.5 }),
    "split: fraction 0.5 of 1 row leaves one part empty",
  ],
  ["stratifiedKFold of a length below 0", () => stratifiedKFold({ length: -1 }), "stratifiedKFold: expected an array"],
  ["oneHot of a length below 0", () => oneHot({ length: -1 }, 2), "oneHot: labels: expected an array"],
  ["formatFindings of nothing", () => formatFindings(undefined as never), "formatFindings: expected what model.check"],
  ["formatFindings of others", () => formatFindings([{}, null] as never), "formatFindings: expected what model.check"],
  ["table without rows", () => table([]), "table: expected at least one column"],
  ["table of empty rows", () => table([[]]), "table: expected at least one column"],
  ["table with a hole", () => table([["a"], undefined] as never), "table: row 1: expected 1 cell, got undefined"],
  ["sparkline of a length below 0", () => sparkline({ length: -1 }), "sparkline: values: expected an array"],
])("%s", (_, attempt, says) => {
  expect(attempt).toThrow(SimdgradError);
  expect(attempt).toThrow(says);
});

it("folds are those of small numbers, and leaving one out works", () => {
  const folds = kFold(5, { folds: 5 });
  expect(folds.map(({ test }) => Array.from(test))).toEqual([[0], [1], [2], [3], [4]]);
  expect(Array.from(folds[2].train)).toEqual([0, 1, 3, 4]);
  expect(sparkline([])).toBe("");
});

describe("more than the arguments of a call have room for", () => {
  const many = 200_000;

  it("classes of a stratified split", () => {
    const labels = Array.from({ length: many }, (_, i) => `class ${i >> 1}`);
    expect(stratifiedKFold(labels, { folds: 2 })[0].test.length).toBe(many / 2);
  });

  it("columns of check", async () => {
    const model = await Sequential.create({ inputShape: [many], layers: [dense({ units: 1 })] });
    model.compile({ optimizer: adam(), loss: "meanSquaredError" });
    const x = Float32Array.from({ length: 2 * many }, (_, i) => (i * 7919) % 13);
    const findings = await model.check(Dataset.from({ x, y: [0, 1] }, { inputShape: [many] }));
    expect(findings.map(({ code }) => code)).toContain("tooFewRows");
  });
});

describe("labels that are text", () => {
  const data = { x: [[0], [1], [2], [3]], y: ["b", "a", "b", "constructor"] };

  it("become class numbers with names in splits", () => {
    const { train, test } = trainTestSplit(data, { testSize: 2, shuffle: false });
    expect(train.classNames).toEqual(["a", "b", "constructor"]);
    expect([Array.from(train.y), Array.from(test.y)]).toEqual([
      [1, 0],
      [1, 2],
    ]);
    expect(kFold(data, { folds: 2 }).length).toBe(2);
  });

  it("of two types name the row", () => {
    const mixed = { x: data.x, y: ["b", 1, "b", "a"] as unknown as string[] };
    expect(() => trainTestSplit(mixed)).toThrow(DataError);
    expect(() => trainTestSplit(mixed)).toThrow("row 1: expected a string as in row 0, got 1");
  });

  it("one-hot rows without one class are refused by stratify", () => {
    const rows = Dataset.from({
      x: data.x,
      y: [
        [1, 0],
        [0, 1],
        [1, 1],
        [0, 0],
      ],
    });
    expect(() => stratifiedKFold(rows, { folds: 2 })).toThrow("y: row 2: expected one class, got 2");
    expect(() => trainTestSplit(rows, { stratify: true })).toThrow("y: row 2: expected one class, got 2");
  });
});

describe("one flat column in scalers", () => {
  it.each<[string, number[] | Float32Array | Float64Array]>([
    ["a list", [1, 2, 3]],
    ["a Float32Array", Float32Array.of(1, 2, 3)],
    ["a Float64Array", Float64Array.of(1, 2, 3)],
  ])("%s needs features, and then works", (_, values) => {
    const isList = Array.isArray(values);
    expect(() => standardScaler().fit(values)).toThrow(isList ? DataError : OptionError);
    expect(() => standardScaler().fit(values)).toThrow(
      isList ? "Write [cell] for one" : "{ features: 1 } for one column",
    );
    const cells = Array.from(values, (value) => [value]);
    expect(standardScaler().fit(cells).center).toEqual(Float64Array.of(2));
    const scaler = standardScaler().fit(values, { features: 1 });
    const scaled = scaler.transform(values);
    const step = Math.sqrt(1.5);
    expect(Array.from(scaled)).toEqual([-step, 0, step].map((value) => expect.closeTo(value, 6)));
    expect(Array.from(scaler.inverseTransform(scaled))).toEqual([1, 2, 3].map((value) => expect.closeTo(value, 6)));
    expect(Array.isArray(scaled)).toBe(Array.isArray(values));
  });

  it("gaps stay gaps, bigints are numbers where they can be", () => {
    expect(standardScaler().fitTransform([null, 1, 3], { features: 1 })).toEqual([Number.NaN, -1, 1]);
    const ids = [[1_700_000_000_000n], [1_700_000_001_000n]] as unknown as number[][];
    expect(standardScaler().fitTransform(ids)).toEqual([[-1], [1]]);
    const beyond = [[2n ** 60n]] as unknown as number[][];
    expect(() => standardScaler().fit(beyond)).toThrow("row 0, column 0: expected a number, got 1152921504606846976n");
    const text = [["1"]] as unknown as number[][];
    expect(() => standardScaler().fit(text)).toThrow("Turn text into numbers first");
  });
});

it("adapt only shifts a constant column, as standardScaler does", async () => {
  const model = await Sequential.create({
    inputShape: [3],
    layers: [normalization(), dense({ units: 1, kernelInitializer: "ones" })],
  });
  model.adapt([
    [0.1, 5, 1],
    [0.1, 5, 3],
    [0.1, 5, 5],
  ]);
  const [mean, variance] = model.getWeights().map(({ data }) => Array.from(data));
  expect(mean).toEqual([expect.closeTo(0.1, 6), 5, 3]);
  expect(variance).toEqual([1, 1, expect.closeTo(8 / 3, 6)]);
  expect(model.predict([[0.1, 6, 3]])[0]).toBeCloseTo(1, 6); // the sum of 0, 1 and 0
});
