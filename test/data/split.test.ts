// Splits and folds: scikit-learn's sizes and rows (fixtures/data.json), and cross-validation worked by hand.
import { describe, expect, it } from "vitest";
import { blobs } from "../../src/datasets/index.js";
import {
  adam,
  crossValidate,
  Dataset,
  dense,
  type Fold,
  kFold,
  oneHot,
  Sequential,
  ShapeError,
  stratifiedKFold,
  trainTestSplit,
} from "../../src/index.js";
import { readFixture } from "../golden/fixture.js";

interface Stratified {
  counts: number[];
  testSize: number;
  train: number[];
  test: number[];
}

const golden = readFixture<{
  splits: {
    sizes: [rows: number, testSize: number, testRows: number][];
    stratified: Stratified[];
    kFold: number[][];
    labels: string[];
    stratifiedKFold: Record<string, number[][]>;
  };
}>("data").splits;

/** Row i holds i. */
function numbered(labels: readonly number[]): Dataset {
  return Dataset.from({ x: labels.map((_, i) => [i]), y: labels });
}

function countsOf(labels: Iterable<number>, classes: number): number[] {
  const counts = Array(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}

const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("trainTestSplit", () => {
  it.each(golden.sizes)("%d rows, testSize %d: scikit-learn's %d in the test", (rows, testSize, testRows) => {
    const data = numbered(upTo(rows));
    const { train, test } = trainTestSplit(data, { testSize, seed: 4 });
    expect(test.length).toBe(testRows);
    expect(sorted([...train.x, ...test.x])).toEqual(upTo(rows));
    expect([...train.y, ...test.y]).toEqual([...train.x, ...test.x]);
  });

  it("is random by seed; without shuffle it cuts off the end", () => {
    const data = numbered(upTo(20));
    const of = (seed: number) => [...trainTestSplit(data, { seed }).test.x];
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
    const { train, test } = trainTestSplit(data, { shuffle: false, testSize: 0.3 });
    expect([...train.x]).toEqual(upTo(14));
    expect([...test.x]).toEqual([14, 15, 16, 17, 18, 19]);
  });

  it.each(golden.stratified)("stratified: $counts, testSize $testSize", ({ counts, testSize, train, test }) => {
    const labels = counts.flatMap((count, label) => Array(count).fill(label));
    const data = numbered(labels);
    for (const seed of [1, 2, 3]) {
      const parts = trainTestSplit(data, { testSize, stratify: true, seed });
      expect(countsOf(parts.train.y, counts.length)).toEqual(train);
      expect(countsOf(parts.test.y, counts.length)).toEqual(test);
      expect(sorted([...parts.train.x, ...parts.test.x])).toEqual(upTo(labels.length));
      if (labels.length > 20) expect([...parts.train.y]).not.toEqual(sorted(parts.train.y));
    }
  });

  it("breaks ties among classes by chance, not by their order", () => {
    const data = numbered([0, 0, 0, 1, 1, 1]);
    const inTest = upTo(20).map((seed) =>
      countsOf(trainTestSplit(data, { testSize: 3, stratify: true, seed }).test.y, 2),
    );
    expect(new Set(inTest.map(String))).toEqual(new Set(["1,2", "2,1"]));
  });

  it("takes one-hot rows, labels from outside, plain arrays, and keeps sample weights with their rows", () => {
    const labels = [0, 1, 2, 0, 1, 2, 0, 1, 2];
    const x = labels.map((_, i) => [i]);
    const byOneHot = trainTestSplit(Dataset.from({ x, y: oneHot(labels, 3) }, { targetShape: [3] }), {
      testSize: 3,
      stratify: true,
    });
    const byLabel = trainTestSplit({ x, y: labels, sampleWeight: labels }, { testSize: 3, stratify: true });
    const named = labels.map((label) => "abc"[label]);
    const byName = trainTestSplit({ x, y: labels.map(() => 0.5) }, { testSize: 3, stratify: named });
    expect([...byOneHot.test.x]).toEqual([...byLabel.test.x]);
    expect([...byName.test.x]).toEqual([...byLabel.test.x]);
    expect(byLabel.test.sampleWeight).toEqual(byLabel.test.y);
    expect(sorted(byLabel.test.y)).toEqual([0, 1, 2]);
  });
});

/** Every row is in one test, and in the training of all other folds. */
function checkPartition(folds: Fold[], rows: number): void {
  expect(sorted(folds.flatMap(({ test }) => [...test]))).toEqual(upTo(rows));
  for (const { train, test } of folds) {
    expect(sorted([...train, ...test])).toEqual(upTo(rows));
    expect([...train]).toEqual(sorted(train));
    expect([...test]).toEqual(sorted(test));
  }
}

describe("kFold", () => {
  it("has scikit-learn's rows", () => {
    const folds = kFold(11, { folds: 4 });
    expect(folds.map(({ test }) => [...test])).toEqual(golden.kFold);
    checkPartition(folds, 11);
    expect(kFold(numbered(upTo(11)), { folds: 4 })).toEqual(folds);
  });

  it("shuffled has the same sizes, by seed", () => {
    const folds = kFold(11, { folds: 4, shuffle: true, seed: 2 });
    checkPartition(folds, 11);
    expect(folds.map(({ test }) => test.length)).toEqual([3, 3, 3, 2]);
    expect(folds).not.toEqual(kFold(11, { folds: 4 }));
    expect(folds).toEqual(kFold(11, { folds: 4, shuffle: true, seed: 2 }));
    expect(folds).not.toEqual(kFold(11, { folds: 4, shuffle: true, seed: 3 }));
  });
});

describe("stratifiedKFold", () => {
  const { labels } = golden;

  it.each(Object.entries(golden.stratifiedKFold))("%s folds: scikit-learn's rows", (folds, tests) => {
    const own = stratifiedKFold(labels, { folds: Number(folds) });
    expect(own.map(({ test }) => [...test])).toEqual(tests);
    checkPartition(own, labels.length);
  });

  it("shuffled keeps the number of each class in each fold", () => {
    const codes = labels.map((label) => "abc".indexOf(label));
    const counts = (folds: Fold[]) =>
      folds.map(({ test }) =>
        countsOf(
          [...test].map((row) => codes[row]),
          3,
        ),
      );
    const shuffled = stratifiedKFold(labels, { folds: 3, shuffle: true, seed: 1 });
    expect(counts(shuffled)).toEqual(counts(stratifiedKFold(numbered(codes), { folds: 3 })));
    expect(shuffled).not.toEqual(stratifiedKFold(labels, { folds: 3 }));
    checkPartition(shuffled, labels.length);
  });
});

describe("crossValidate", () => {
  const data = numbered([5, 1, 4, 2, 8, 6]);

  it("scores each fold; mean and deviation by hand", async () => {
    const seen: number[][][] = [];
    const result = await crossValidate(
      (train, test, fold) => {
        seen[fold] = [[...train.x], [...test.x]];
        return { sum: test.y[0] + test.y[1], fold };
      },
      data,
      { folds: 3, shuffle: false },
    );
    expect(seen).toEqual([
      [
        [2, 3, 4, 5],
        [0, 1],
      ],
      [
        [0, 1, 4, 5],
        [2, 3],
      ],
      [
        [0, 1, 2, 3],
        [4, 5],
      ],
    ]);
    expect(result.scores).toEqual({ sum: [6, 6, 14], fold: [0, 1, 2] });
    expect(result.mean.sum).toBeCloseTo(26 / 3, 12);
    expect(result.std.sum).toBeCloseTo(Math.sqrt(128 / 9), 12);
  });

  it("takes an estimator, and folds of one's own", async () => {
    let offset = 0;
    const estimator = {
      fit: async (train: Dataset) => {
        offset = train.length;
      },
      score: (test: Dataset) => offset + 10 * test.length,
    };
    const folds = [
      { train: Uint32Array.of(0, 1), test: Uint32Array.of(2) },
      { train: Uint32Array.of(3), test: Uint32Array.of(0, 1, 2) },
    ];
    expect((await crossValidate(estimator, data, { folds })).scores).toEqual({ score: [12, 31] });
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "score", "0"])(
    "takes a score named %s",
    async (name) => {
      const named = JSON.parse(`{${JSON.stringify(name)}: 2, "loss": 1}`);
      const { scores, mean, std } = await crossValidate(() => named, data, { folds: 2 });
      for (const [summary, value] of [
        [scores, [2, 2]],
        [mean, 2],
        [std, 0],
      ] as const) {
        expect(Object.keys(summary).toSorted()).toEqual([name, "loss"].toSorted());
        expect(Object.getOwnPropertyDescriptor(summary, name)?.value).toEqual(value);
      }
    },
  );

  it("misses a score that only the prototype has", async () => {
    const scoring = (_: Dataset, __: Dataset, fold: number) =>
      (fold === 0 ? { loss: 1, constructor: 2 } : { loss: 1 }) as Record<string, number>;
    await expect(crossValidate(scoring, data, { folds: 2 })).rejects.toThrow(/fold 1: the score "constructor"/);
  });

  it.each([
    ["the library's", () => new ShapeError("too wide"), "too wide"],
    ["another's", () => new TypeError("no model"), "no model"],
    ["one whose message cannot be assigned", () => new DOMException("stopped", "AbortError"), "stopped"],
  ])("names the fold in an error, %s, which stays the same error", async (_, make, message) => {
    const error = make();
    const failing = (_: Dataset, __: Dataset, fold: number) => {
      if (fold === 1) throw error;
      return 1;
    };
    await expect(crossValidate(failing, data, { folds: 3 })).rejects.toBe(error);
    expect(error.message).toBe(`crossValidate: fold 1: ${message}`);
  });

  it("stops at a signal: the fold that ran does not count", async () => {
    const stopper = new AbortController();
    const { signal } = stopper;
    const seen: number[] = [];
    const scoring = (_: Dataset, __: Dataset, fold: number) => {
      seen.push(fold);
      if (fold === 2) stopper.abort();
      return fold;
    };
    const found = await crossValidate(scoring, data, { folds: 6, signal });
    expect(found).toEqual({ isComplete: false, scores: { score: [0, 1] }, mean: { score: 0.5 }, std: { score: 0.5 } });
    expect(seen).toEqual([0, 1, 2]);
    await expect(crossValidate(scoring, data, { folds: 6, signal })).rejects.toThrow(/before one fold had its scores/);
    expect(seen).toHaveLength(3);
    const whole = await crossValidate(scoring, data, { folds: 2, signal: new AbortController().signal });
    expect(whole.isComplete).toBe(true);
  });

  it("passes on thrown values that are not errors", async () => {
    await expect(crossValidate(() => Promise.reject("a word"), data, { folds: 2 })).rejects.toBe("a word");
  });

  it("validates a model, the same twice", async () => {
    const points = blobs({ samples: 60, centers: 3, seed: 1 });
    const run = () =>
      crossValidate(
        async (train, test) => {
          const layers = [dense({ units: 3, activation: "softmax" })];
          const model = await Sequential.create({ inputShape: [2], layers, seed: 1 });
          model.compile({
            optimizer: adam({ learningRate: 0.05 }),
            loss: "sparseCategoricalCrossentropy",
            metrics: ["accuracy"],
          });
          await model.fit(train, { epochs: 100, batchSize: 8 });
          return model.evaluate(test);
        },
        points,
        { folds: 4, stratify: true },
      );
    const first = await run();
    expect(first.mean.accuracy).toBeGreaterThan(0.9);
    expect(first.scores.accuracy).toHaveLength(4);
    expect(await run()).toEqual(first);
  });
});
