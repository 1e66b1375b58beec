// Scalers, encoders and the imputer: scikit-learn's values (fixtures/data.json), there and back, and through JSON.
import { describe, expect, it } from "vitest";
import { iris } from "../../src/datasets/index.js";
import {
  type Category,
  Dataset,
  LabelEncoder,
  labelEncoder,
  minMaxScaler,
  OneHotEncoder,
  oneHotEncoder,
  robustScaler,
  Scaler,
  SimpleImputer,
  simpleImputer,
  standardScaler,
} from "../../src/index.js";
import { readFixture } from "../golden/fixture.js";

type Row = (number | null)[];

interface Golden {
  x: Row[];
  other: number[][];
  scalers: { kind: string; options: object; x: Row[]; other: number[][] }[];
  holes: Row[];
  imputers: Record<string, number[][]>;
  oneHot: {
    cells: Category[][];
    encoded: number[][];
    unknown: Category[][];
    encodedUnknown: number[][];
    featureNames: string[];
  };
  drops: {
    cells: Category[][];
    strange: Category[][];
    cases: {
      drop: "first" | "ifBinary" | null;
      encoded: number[][];
      strange: number[][];
      back: (Category | null)[][];
      featureNames: string[];
    }[];
  };
  labels: { labels: string[]; codes: number[] };
}

const golden = readFixture<{ preprocessing: Golden }>("data").preprocessing;
const makers: Record<string, (options: object) => Scaler> = { standardScaler, minMaxScaler, robustScaler };
const EXACT = { rtol: 1e-9, atol: 1e-9 };

/** Missing cells as a number that does not occur. */
const flat = (rows: readonly (readonly (number | null)[])[]) =>
  rows.flat().map((value) => (value === null || Number.isNaN(value) ? -1e9 : value));
const throughText = (value: unknown) => JSON.parse(JSON.stringify(value));

describe.each(golden.scalers)("$kind $options", ({ kind, options, x, other }) => {
  const fitted = () => makers[kind](options).fit(golden.x);

  it("scales as scikit-learn does; what is missing stays missing", () => {
    expect(flat(fitted().transform(golden.x as number[][]))).toBeAllClose(flat(x), EXACT);
    expect(flat(fitted().transform(golden.other))).toBeAllClose(flat(other), EXACT);
  });

  it("comes back, as far as values are those of fit", () => {
    const scaler = fitted();
    const there = scaler.transform(golden.x as number[][]);
    expect(flat(scaler.inverseTransform(there))).toBeAllClose(flat(golden.x), { rtol: 1e-12, atol: 1e-12 });
  });

  it("goes through JSON without losing a bit", () => {
    const scaler = fitted();
    const restored = Scaler.fromJSON(throughText(scaler));
    expect(restored.transform(golden.other)).toEqual(scaler.transform(golden.other));
    expect(restored.inverseTransform(golden.other)).toEqual(scaler.inverseTransform(golden.other));
    expect(throughText(restored)).toEqual(throughText(scaler));
  });
});

describe("scalers", () => {
  it("give each kind of table its own kind", () => {
    const scaler = minMaxScaler().fit([
      [0, 10],
      [4, 20],
    ]);
    expect(scaler.transform([[2, 15]])).toEqual([[0.5, 0.5]]);
    expect(scaler.transform(Float64Array.of(1, 20, 4, 10))).toEqual(Float32Array.of(0.25, 1, 1, 0));
    expect(scaler.fit(Uint8Array.of(0, 0, 2, 4), { features: 2 }).transform(Uint8Array.of(1, 1))).toEqual(
      Float32Array.of(0.5, 0.25),
    );
  });

  it("take a Dataset, and keep its targets, weights and names", async () => {
    const data = await iris();
    const scaler = standardScaler();
    const scaled = scaler.fitTransform(data);
    expect(scaled).toBeInstanceOf(Dataset);
    expect(scaled.y).toBe(data.y);
    expect([scaled.featureNames, scaled.classNames]).toEqual([data.featureNames, data.classNames]);
    for (let column = 0; column < 4; column++) {
      const values = Array.from({ length: 150 }, (_, row) => scaled.x[4 * row + column]);
      const mean = values.reduce((sum, value) => sum + value, 0) / 150;
      expect(mean).toBeCloseTo(0, 5);
      expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 150).toBeCloseTo(1, 5);
    }
    expect(scaler.inverseTransform(scaled).x).toBeAllClose(data.x, { rtol: 1e-5, atol: 1e-6 });
    const weighted = Dataset.from({ x: [[1], [3]], y: [0, 1], sampleWeight: [2, 5] });
    expect([...(standardScaler().fitTransform(weighted).sampleWeight ?? [])]).toEqual([2, 5]);
  });

  it("clip what lies beyond the data of fit, and remember to after JSON", () => {
    const scaler = minMaxScaler({ clip: true }).fit([[0], [4]]);
    expect(scaler.transform([[-1], [1], [5], [Number.NaN]])).toEqual([[0], [0.25], [1], [Number.NaN]]);
    expect(throughText(scaler).clip).toEqual([0, 1]);
    expect(Scaler.fromJSON(throughText(scaler)).transform([[9]])).toEqual([[1]]);
    expect(
      minMaxScaler()
        .fit([[0], [4]])
        .transform([[5]]),
    ).toEqual([[1.25]]);
  });

  it("know what they learned, as copies", () => {
    const scaler = standardScaler().fit([[1], [3]]);
    expect([scaler.center, scaler.scale]).toEqual([Float64Array.of(2), Float64Array.of(1)]);
    scaler.center[0] = 7;
    expect(scaler.transform([[3]])).toEqual([[1]]);
  });

  it("learn anew with each fit, and nothing from one that fails", () => {
    const scaler = standardScaler().fit([[1], [3]]);
    expect(() => scaler.fit([[1], [Number.POSITIVE_INFINITY]])).toThrow();
    expect(scaler.transform([[3]])).toEqual([[1]]);
    expect(scaler.fit([[0], [10]]).transform([[10]])).toEqual([[1]]);
  });
});

describe("simpleImputer", () => {
  it.each(["mean", "median", "mostFrequent", "constant"] as const)("%s: scikit-learn's values", (strategy) => {
    const imputer = simpleImputer({ strategy });
    expect(imputer.fitTransform(golden.holes).flat()).toBeAllClose(golden.imputers[strategy].flat(), EXACT);
    const restored = SimpleImputer.fromJSON(throughText(imputer));
    expect(restored.transform(golden.holes)).toEqual(imputer.transform(golden.holes));
    expect(throughText(restored)).toEqual(throughText(imputer));
  });

  it("appends indicators, by which it takes out again what it filled in", () => {
    const imputer = simpleImputer({ addIndicator: true });
    const filled = imputer.fitTransform(golden.holes);
    expect(filled.flat()).toBeAllClose(golden.imputers.indicator.flat(), EXACT);
    expect(imputer.inverseTransform(filled)).toEqual(golden.holes);
    const restored = SimpleImputer.fromJSON(throughText(imputer));
    expect(restored.inverseTransform(restored.transform(golden.holes))).toEqual(golden.holes);
  });

  it("fills in text as well, and knows NaN and undefined for missing", () => {
    const rows = [
      ["b", 1],
      [null, Number.NaN],
      ["a", 3],
      [undefined, 3],
    ];
    expect(simpleImputer({ strategy: "mostFrequent" }).fitTransform(rows)).toEqual([
      ["b", 1],
      ["a", 3],
      ["a", 3],
      ["a", 3],
    ]);
    const constant = simpleImputer({ strategy: "constant", fillValue: "?" });
    expect(constant.fitTransform([[null], ["x"]])).toEqual([["?"], ["x"]]);
    expect(constant.fills).toEqual(["?"]);
  });
});

describe("simpleImputer of constants", () => {
  it("fills text with missing_value and numbers with 0, as scikit-learn does", () => {
    const imputer = simpleImputer({ strategy: "constant" });
    expect(
      imputer.fitTransform([
        ["a", 5],
        [null, null],
      ] as never),
    ).toEqual([
      ["a", 5],
      ["missing_value", 0],
    ]);
    expect(SimpleImputer.fromJSON(throughText(imputer)).fills).toEqual(["missing_value", 0]);
    expect(simpleImputer().fitTransform([[2], [null], [4]])).toEqual([[2], [3], [4]]);
  });
});

describe("rows of typed arrays", () => {
  it("are rows", () => {
    const rows = [Float32Array.of(1, 10), Float32Array.of(3, 30)];
    expect(standardScaler().fitTransform(rows)).toEqual([
      [-1, -1],
      [1, 1],
    ]);
    const imputer = simpleImputer({ addIndicator: true }).fit([
      [1, null],
      [2, 3],
    ]);
    expect(imputer.inverseTransform([Float32Array.of(1, 3, 1) as never])).toEqual([[1, null]]);
    const encoder = oneHotEncoder({ drop: "first" }).fit([[1], [2]]);
    expect(encoder.inverseTransform([Float32Array.of(0), Float32Array.of(1)] as never)).toEqual([[1], [2]]);
  });
});

describe("oneHotEncoder", () => {
  const { cells, encoded, unknown, encodedUnknown, featureNames } = golden.oneHot;

  it("encodes as scikit-learn does, and comes back", () => {
    const encoder = oneHotEncoder();
    expect(encoder.fitTransform(cells)).toEqual(encoded);
    expect(encoder.inverseTransform(encoded)).toEqual(cells);
    expect(encoder.featureNames(["colour", "size"])).toEqual(featureNames);
    expect(encoder.featureNames()[0]).toBe("x0_blue");
    expect(encoder.width).toBe(6);
  });

  it("gives every column a name of its own", () => {
    const encoder = oneHotEncoder().fit([
      ["b_c", "c"],
      ["x", "y"],
    ]);
    expect(encoder.featureNames(["a", "a_b"])).toEqual(["a_b_c", "a_x", "a_b_c_2", "a_b_y"]);
  });

  it("takes nothing of the JSON's", () => {
    const json = oneHotEncoder()
      .fit([["a"], ["b"]])
      .toJSON();
    const restored = OneHotEncoder.fromJSON(json);
    json.categories[0].pop();
    expect(restored.transform([["b"]])).toEqual([[0, 1]]);
  });

  it("ignores unknown categories if asked to", () => {
    const encoder = oneHotEncoder({ handleUnknown: "ignore" }).fit(cells);
    expect(encoder.transform(unknown)).toEqual(encodedUnknown);
    expect(encoder.inverseTransform(encodedUnknown)).toEqual([
      ["blue", 3],
      [null, 2],
    ]);
    const restored = OneHotEncoder.fromJSON(throughText(encoder));
    expect(restored.transform(unknown)).toEqual(encodedUnknown);
    expect(throughText(restored)).toEqual(throughText(encoder));
  });

  it.each(golden.drops.cases)("drops $drop as scikit-learn does, and tells what was dropped", (given) => {
    const encoder = oneHotEncoder({ drop: given.drop, handleUnknown: "ignore" });
    expect(encoder.fitTransform(golden.drops.cells)).toEqual(given.encoded);
    expect(encoder.inverseTransform(given.encoded)).toEqual(golden.drops.cells);
    expect(encoder.transform(golden.drops.strange)).toEqual(given.strange);
    expect(encoder.inverseTransform(given.strange)).toEqual(given.back);
    expect(encoder.featureNames(["colour", "size"])).toEqual(given.featureNames);
    expect(encoder.width).toBe(given.featureNames.length);
    const restored = OneHotEncoder.fromJSON(throughText(encoder));
    expect(restored.transform(golden.drops.strange)).toEqual(given.strange);
    expect(throughText(restored)).toEqual(throughText(encoder));
  });

  it("gives a dropped category what the others leave of 1", () => {
    const encoder = oneHotEncoder({ drop: "first" }).fit([["a"], ["b"], ["c"]]);
    const probabilities = [
      [0.3, 0.2],
      [0.3, 0.6],
      [0.25, 0.375],
    ];
    expect(encoder.inverseTransform(probabilities)).toEqual([["a"], ["c"], ["a"]]);
    expect(() => encoder.transform([["d"]])).toThrow("expected one of 3 known categories");
  });

  it("reads JSON of encoders that knew no drop", () => {
    const { drop, ...older } = throughText(oneHotEncoder().fit([["a"], ["b"]]));
    expect(drop).toBe(null);
    expect(OneHotEncoder.fromJSON(older).transform([["b"]])).toEqual([[0, 1]]);
  });

  it("sorts numbers by size, and takes the largest of probabilities", () => {
    const encoder = oneHotEncoder().fit([[10], [9], [100]]);
    expect(encoder.categories).toEqual([[9, 10, 100]]);
    expect(encoder.inverseTransform([[0.2, 0.7, 0.1]])).toEqual([[10]]);
    expect(oneHotEncoder().fit([[true], [false]]).categories).toEqual([[false, true]]);
  });
});

describe("labelEncoder", () => {
  const { labels, codes } = golden.labels;

  it("numbers classes as scikit-learn does, and comes back", () => {
    const encoder = labelEncoder();
    expect([...encoder.fitTransform(labels)]).toEqual(codes);
    expect(encoder.inverseTransform(codes)).toEqual(labels);
    expect(encoder.classes).toEqual(["B", "a", "ab", "b", "c"]);
    const restored = LabelEncoder.fromJSON(throughText(encoder));
    expect([...restored.transform(labels)]).toEqual(codes);
    expect(throughText(restored)).toEqual(throughText(encoder));
  });

  it("sorts numbers by size; the codes are targets as they are", () => {
    const encoder = labelEncoder().fit([10, 9, 100, -1]);
    expect(encoder.classes).toEqual([-1, 9, 10, 100]);
    expect(Dataset.from({ x: [[1], [2]], y: encoder.transform([100, -1]) }).y).toEqual(Float32Array.of(3, 0));
  });
});
