// Encoders: scikit-learn's values (fixtures/preprocess.json), there and back, Datasets, and through JSON.
import { describe, expect, it } from "vitest";
import {
  Dataset,
  LabelBinarizer,
  labelBinarizer,
  MultiLabelBinarizer,
  multiLabelBinarizer,
  OneHotEncoder,
  type OneHotEncoderOptions,
  OrdinalEncoder,
  oneHotEncoder,
  ordinalEncoder,
  SimpleImputer,
  simpleImputer,
} from "../../../src/index.js";
import { flat, golden, throughText } from "./fixture.js";

const { cells, probe, oneHot, oneHotMissing, oneHotFloats, ordinal, labels, multi } = golden.encoders;

/** scikit-learn says so in other words. */
const named = (value: string) => value.replace("infrequent_sklearn", "infrequent");

describe.each(oneHot)("oneHotEncoder $options", ({ options: given, made, probed, back, names }) => {
  const options = given as OneHotEncoderOptions;
  const fitted = () => oneHotEncoder(options).fit(cells as never);

  it("encodes as scikit-learn does, and comes back", () => {
    const encoder = fitted();
    expect(encoder.transform(cells)).toEqual(made);
    expect(encoder.transform(probe)).toEqual(probed);
    const own = back.map((row) => row.map((cell) => (typeof cell === "string" ? named(cell) : cell)));
    // scikit-learn 1.2 takes the first of all categories for the first that is frequent.
    if (!("drop" in options)) expect(encoder.inverseTransform(probed)).toEqual(own);
    expect(encoder.featureNames(["colour", "size"])).toEqual(names.map(named));
    expect(encoder.width).toBe(names.length);
  });

  it("goes through JSON, and learns anew afterwards", () => {
    const encoder = fitted();
    const restored = OneHotEncoder.fromJSON(throughText(encoder));
    expect(restored.transform(probe)).toEqual(probed);
    expect(throughText(restored)).toEqual(throughText(encoder));
    const fewer = cells.slice(3, 17) as never;
    expect(throughText(restored.fit(fewer))).toEqual(throughText(encoder.fit(fewer)));
  });
});

describe("oneHotEncoder that drops a category of each column", () => {
  const rows = [
    ["a", 1],
    ["b", null],
    ["c", 2],
    ["b", 1],
  ];
  const encoder = oneHotEncoder({ drop: ["b", null], missing: "category" }).fit(rows);

  it("writes zeros for it, and reads them", () => {
    const made = encoder.transform(rows);
    expect(made).toEqual([
      [1, 0, 1, 0],
      [0, 0, 0, 0],
      [0, 1, 0, 1],
      [0, 0, 1, 0],
    ]);
    expect(encoder.inverseTransform(made)).toEqual(rows);
    expect(encoder.inverseTransform([[0.4, 0.35, 0.2, 0.3]])).toEqual([["a", null]]);
    expect(encoder.featureNames(["l", "n"])).toEqual(["l_a", "l_c", "n_1", "n_2"]);
    expect(encoder.width).toBe(4);
  });

  it("goes through JSON and configurations, and keeps none of the caller's list", () => {
    const drop = ["b", null];
    const own = oneHotEncoder({ drop, missing: "category" });
    drop[0] = "a";
    expect(own.getConfig()).toEqual(encoder.getConfig());
    const restored = OneHotEncoder.fromJSON(throughText(encoder));
    expect(restored.transform(rows)).toEqual(encoder.transform(rows));
    expect(throughText(restored)).toEqual(throughText(encoder));
    const altered = { ...(throughText(encoder) as object), drop: ["x", null] };
    expect(() => OneHotEncoder.fromJSON(altered)).toThrow(/drop: expected one of 3 known categories, got "x"/);
  });
});

describe("oneHotEncoder", () => {
  it("has missing cells as a category where it is told to, the last", () => {
    const encoder = oneHotEncoder({ missing: "category" });
    expect(encoder.fitTransform(oneHotMissing.cells)).toEqual(oneHotMissing.made);
    expect(encoder.inverseTransform(oneHotMissing.made)).toEqual(oneHotMissing.cells);
    expect(encoder.featureNames(["a", "b"])).toEqual(["a_a", "a_b", "a_missing", "b_x", "b_y", "b_missing"]);
    expect(encoder.transform([[undefined, Number.NaN]])).toEqual([[0, 0, 1, 0, 0, 1]]);
    const floats = oneHotEncoder({ missing: "category" });
    expect(floats.fitTransform(oneHotFloats.cells)).toEqual(oneHotFloats.made);
    const restored = OneHotEncoder.fromJSON(throughText(floats));
    expect(restored.transform(oneHotFloats.cells)).toEqual(oneHotFloats.made);
  });

  it("brings back a category that was dropped among frequent ones", () => {
    const rows = ["b", "a", "b", "c", "c"].map((cell) => [cell]);
    const encoder = oneHotEncoder({ drop: "first", minFrequency: 2 }).fit(rows);
    expect(encoder.transform([["b"], ["c"], ["a"]])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(encoder.inverseTransform(encoder.transform([["b"], ["c"], ["a"]]))).toEqual([["b"], ["c"], ["infrequent"]]);
  });

  it("knows which are infrequent", () => {
    const encoder = oneHotEncoder({ minFrequency: 3, handleUnknown: "infrequentIfExist" }).fit(cells as never);
    expect(encoder.infrequentCategories).toEqual([["green", "mauve", "teal"], [5]]);
  });

  // scikit-learn 1.2 groups nothing with max_categories=1.
  it("puts all together where there may be one column", () => {
    const encoder = oneHotEncoder({ maxCategories: 1 });
    expect(encoder.fitTransform([["a"], ["b"], ["a"]])).toEqual([[1], [1], [1]]);
  });

  it("takes Datasets, and names their columns", () => {
    const data = Dataset.from(
      {
        x: [
          [1, 7],
          [2, 9],
        ],
        y: [0, 1],
        sampleWeight: [1, 2],
      },
      { featureNames: ["a", "b"] },
    );
    const encoder = oneHotEncoder();
    const made = encoder.fitTransform(data);
    expect([...made.x]).toEqual([1, 0, 1, 0, 0, 1, 0, 1]);
    expect([made.y, made.featureNames]).toEqual([data.y, ["a_1", "a_2", "b_7", "b_9"]]);
    expect([...(made.sampleWeight ?? [])]).toEqual([1, 2]);
    expect(encoder.transform([Float64Array.of(2, 7)])).toEqual([[0, 1, 1, 0]]);
  });
});

describe.each(ordinal)("ordinalEncoder $options", ({ options, x, probe, made, probed, back }) => {
  const fitted = () => ordinalEncoder(options).fit((x ?? cells) as never);

  it("encodes as scikit-learn does, and comes back", () => {
    const encoder = fitted();
    expect(flat(encoder.transform(x ?? cells))).toEqual(flat(made));
    expect(flat(encoder.transform(probe))).toEqual(flat(probed));
    expect(encoder.inverseTransform(probed)).toEqual(back);
    expect(encoder.featureNames(["colour", "size"])).toEqual(["colour", "size"]);
  });

  it("goes through JSON, and learns anew afterwards", () => {
    const encoder = fitted();
    const restored = OrdinalEncoder.fromJSON(throughText(encoder));
    expect(flat(restored.transform(probe))).toEqual(flat(probed));
    expect(throughText(restored)).toEqual(throughText(encoder));
    expect(throughText(restored.fit(x ?? cells))).toEqual(throughText(encoder.fit(x ?? cells)));
  });
});

describe("ordinalEncoder", () => {
  it("takes Datasets and rows of typed arrays", () => {
    const data = Dataset.from(
      {
        x: [
          [30, 7],
          [20, 9],
        ],
        y: [0, 1],
      },
      { featureNames: ["a", "b"] },
    );
    const encoder = ordinalEncoder();
    const made = encoder.fitTransform(data);
    expect([[...made.x], made.featureNames]).toEqual([
      [1, 0, 0, 1],
      ["a", "b"],
    ]);
    expect(encoder.transform([Float64Array.of(20, 7)])).toEqual([[0, 0]]);
    expect(encoder.inverseTransform([Float64Array.of(1, 0)])).toEqual([[30, 7]]);
  });

  it("keeps names that objects have by nature apart from categories", () => {
    const encoder = ordinalEncoder().fit([["constructor"], ["__proto__"]]);
    expect(encoder.categories).toEqual([["__proto__", "constructor"]]);
    expect(() => encoder.transform([["toString"]])).toThrow("expected one of 2 known categories");
  });
});

describe("simpleImputer", () => {
  it("takes Datasets, tells its options and learns anew after JSON", () => {
    const data = Dataset.from(
      {
        x: [
          [1, 7],
          [2, 9],
        ],
        y: [0, 1],
      },
      { featureNames: ["a", "b"] },
    );
    const imputer = simpleImputer({ strategy: "constant", fillValue: 5, addIndicator: true });
    expect(imputer.fitTransform(data).x).toEqual(data.x);
    imputer.fit([[null, 1]]);
    expect(imputer.featureNames(["a", "b"])).toEqual(["a", "b", "a_missing"]);
    const restored = SimpleImputer.fromJSON(throughText(imputer));
    expect(restored.fit([[null, null]]).transform([[null, 3]])).toEqual([[5, 3, 1, 0]]);
    expect(restored.getConfig()).toEqual({
      type: "simpleImputer",
      options: { strategy: "constant", addIndicator: true, fillValue: 5 },
    });
  });
});

describe.each(labels)("labelBinarizer of $labels", ({ labels, made, back, classes, options }) => {
  it("encodes as scikit-learn does, comes back, and goes through JSON", () => {
    const binarizer = labelBinarizer(options);
    expect(binarizer.fitTransform(labels)).toEqual(made);
    expect(binarizer.inverseTransform(made)).toEqual(back);
    expect(binarizer.classes).toEqual(classes);
    const restored = LabelBinarizer.fromJSON(throughText(binarizer));
    expect(restored.transform([labels[1]])).toEqual([made[1]]);
    expect(restored.inverseTransform(Float32Array.from(made.flat()))).toEqual(back);
    expect(throughText(restored)).toEqual(throughText(binarizer));
  });
});

describe("labelBinarizer", () => {
  it("takes the greatest of probabilities, and of two classes the likelier", () => {
    const three = labelBinarizer().fit(["a", "b", "c"]);
    expect(
      three.inverseTransform([
        [0.2, 0.3, 0.5],
        [0.4, 0.4, 0.2],
      ]),
    ).toEqual(["c", "a"]);
    expect(
      labelBinarizer()
        .fit([false, true])
        .inverseTransform([[0.5], [0.51]]),
    ).toEqual([false, true]);
  });
});

describe("multiLabelBinarizer", () => {
  it("encodes as scikit-learn does, comes back, and goes through JSON", () => {
    const binarizer = multiLabelBinarizer();
    expect(binarizer.fitTransform(multi.sets)).toEqual(multi.made);
    expect(binarizer.classes).toEqual(multi.classes);
    expect(binarizer.inverseTransform(multi.made)).toEqual(multi.back);
    const given = multiLabelBinarizer({ classes: ["thriller", "drama", "sci-fi", "comedy"] });
    expect(given.fitTransform(multi.sets)).toEqual(multi.given);
    for (const own of [binarizer, given]) {
      const restored = MultiLabelBinarizer.fromJSON(throughText(own));
      expect(restored.transform(multi.sets)).toEqual(own.transform(multi.sets));
      expect(throughText(restored)).toEqual(throughText(own));
    }
  });

  it("takes Sets, typed arrays of rows, and leaves unknown labels out if it is told to", () => {
    const binarizer = multiLabelBinarizer({ handleUnknown: "ignore" }).fit([new Set([3, 1]), [2]]);
    expect(binarizer.transform([new Set([2, 9])])).toEqual([[0, 1, 0]]);
    expect(binarizer.inverseTransform(Float32Array.of(1, 0, 1, 0, 0, 0))).toEqual([[1, 3], []]);
  });
});
