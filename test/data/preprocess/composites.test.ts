// Transformers that hold others: scikit-learn's values (fixtures/preprocess.json), all forms of tables, JSON.
import { describe, expect, it } from "vitest";
import {
  binarizer,
  columnTransformer,
  Dataset,
  minMaxScaler,
  normalizer,
  oneHotEncoder,
  polynomialFeatures,
  simpleImputer,
  standardScaler,
  type TransformerPipeline,
  transformerFromConfig,
  transformerFromJSON,
  transformerPipeline,
} from "../../../src/index.js";
import { EXACT, flat, golden, throughText } from "./fixture.js";

const { rows, probe, columns, numeric, numericProbe, chain } = golden.composites;

const chained = () =>
  transformerPipeline([
    simpleImputer(),
    ["scale", standardScaler()],
    polynomialFeatures({ includeBias: false }),
    minMaxScaler(),
  ]);

const parts = (remainder: "drop" | "passthrough") =>
  columnTransformer(
    [
      ["numbers", transformerPipeline([simpleImputer({ strategy: "median" }), standardScaler()]), [0, 2]],
      ["colour", oneHotEncoder({ handleUnknown: "ignore" }), [1]],
      ["again", "passthrough", [2]],
      ["not", "drop", [0]],
    ],
    { remainder },
  );

const NAMES = ["age", "colour", "income", "flag"];
const objects = (cells: readonly (readonly unknown[])[]) =>
  cells.map((row) => Object.fromEntries(row.map((cell, i) => [NAMES[i], cell])));
const byName = (remainder: "drop" | "passthrough") =>
  columnTransformer(
    [
      ["numbers", transformerPipeline([simpleImputer({ strategy: "median" }), standardScaler()]), ["age", "income"]],
      ["colour", oneHotEncoder({ handleUnknown: "ignore" }), ["colour"]],
      ["again", "passthrough", ["income"]],
      ["not", "drop", ["age"]],
    ],
    { remainder },
  );

describe("transformerPipeline", () => {
  it("makes of rows what scikit-learn's Pipeline does", () => {
    const pipeline = chained();
    expect(flat(pipeline.fitTransform(numeric as number[][]))).toBeAllClose(flat(chain.made), EXACT);
    expect(flat(pipeline.transform(numericProbe as number[][]))).toBeAllClose(flat(chain.probed), EXACT);
    expect(flat(pipeline.transform([numericProbe[3]] as number[][]))).toBeAllClose(chain.probed[3], EXACT);
    expect(pipeline.featureNames(["a", "b", "c"])).toEqual(chain.names);
    expect(pipeline.stepNames).toEqual(["simpleImputer", "scale", "polynomialFeatures", "minMaxScaler"]);
  });

  it("goes through JSON without losing a bit, and learns anew afterwards", () => {
    const pipeline = chained().fit(numeric as number[][]);
    const restored = transformerFromJSON(throughText(pipeline)) as TransformerPipeline;
    expect(restored.transform(numericProbe as number[][])).toEqual(pipeline.transform(numericProbe as number[][]));
    expect(throughText(restored)).toEqual(throughText(pipeline));
    const whole = (numeric as number[][]).filter((row) => row.every((cell) => cell !== null)).reverse();
    expect(throughText(restored.fit(whole))).toEqual(throughText(pipeline.fit(whole)));
    expect(throughText(transformerFromConfig(pipeline.getConfig()).fit(whole))).toEqual(throughText(pipeline));
  });

  it("works in float64 between the steps, whatever the form of the table", () => {
    const x = [
      [1e9, 1],
      [1e9 + 1, 2],
      [1e9 + 3, 7],
    ];
    const pipeline = transformerPipeline([standardScaler(), polynomialFeatures({ includeBias: false })]);
    const exact = pipeline.fitTransform(x);
    const data = Dataset.from({ x, y: [0, 1, 2] }, { featureNames: ["time", "b"] });
    const made = pipeline.fitTransform(data);
    expect(made.x).toEqual(Float32Array.from(exact.flat()));
    expect([made.inputShape, made.y]).toEqual([[5], data.y]);
    expect(made.featureNames).toEqual(["time", "b", "time^2", "time b", "b^2"]);
    const typed = x.map((row) => Float64Array.from(row));
    expect(pipeline.fitTransform(typed)).toEqual(exact);
    expect(pipeline.fitTransform(Float64Array.from(x.flat()), { features: 2 })).toEqual(made.x);
    expect(pipeline.transform(Float64Array.from(x[1]))).toEqual(Float32Array.from(exact[1]));
  });

  it("comes back through steps that can", () => {
    const pipeline = transformerPipeline([standardScaler(), minMaxScaler({ range: [-1, 1] })]);
    const whole = golden.composites.target.x;
    const made = pipeline.fitTransform(whole);
    expect(flat(pipeline.inverseTransform(made))).toBeAllClose(flat(whole), EXACT);
  });

  it("leaves the transformers that it was given alone, and hands out copies", () => {
    const scaler = standardScaler().fit([[1], [3]]);
    const pipeline = transformerPipeline([scaler]).fit([[10], [30]]);
    expect([...scaler.center]).toEqual([2]);
    pipeline.step("standardScaler").fit([[0], [1]]);
    expect(pipeline.transform([[30]])).toEqual([[1]]);
    const { steps } = pipeline.getConfig().options as { steps: unknown[] };
    steps.pop();
    expect(pipeline.stepNames).toEqual(["standardScaler"]);
  });

  it("stays as it was where a step fails", () => {
    const pipeline = transformerPipeline([standardScaler(), oneHotEncoder()]).fit([[1], [3]]);
    const before = throughText(pipeline);
    expect(() => pipeline.fit([[5], [Number.NaN]])).toThrow('transformerPipeline.fit: "oneHotEncoder": ');
    expect(throughText(pipeline)).toEqual(before);
  });

  it("numbers names that are there twice", () => {
    const names = transformerPipeline([
      standardScaler(),
      ["standardScaler_2", minMaxScaler()],
      standardScaler(),
    ]).stepNames;
    expect(names).toEqual(["standardScaler", "standardScaler_2", "standardScaler_3"]);
  });
});

describe.each(["drop", "passthrough"] as const)("columnTransformer, remainder %s", (remainder) => {
  const expected = columns[remainder];

  it.each([
    ["rows", () => parts(remainder).fit(rows as never), rows, probe],
    ["objects", () => byName(remainder).fit(objects(rows)), objects(rows), objects(probe)],
    ["places of objects", () => parts(remainder).fit(objects(rows)), objects(rows), objects(probe)],
  ])("makes of %s what scikit-learn's does", (_, fit, own, others) => {
    const transformer = fit();
    expect(flat(transformer.transform(own as never))).toBeAllClose(flat(expected.made), EXACT);
    expect(flat(transformer.transform(others as never))).toBeAllClose(flat(expected.probed), EXACT);
    expect(flat(transformer.transform([others[1]] as never))).toBeAllClose(expected.probed[1], EXACT);
    const restored = transformerFromJSON(throughText(transformer));
    expect(restored.transform(others)).toEqual(transformer.transform(others as never));
    expect(throughText(restored)).toEqual(throughText(transformer));
    expect(throughText(restored.fit(own))).toEqual(throughText(transformer));
  });
});

describe("columnTransformer", () => {
  it("names its columns as scikit-learn does, without the name of the part", () => {
    const plain = columns.names.map((name) => name.replace(/^[a-z]+__/, ""));
    // income is there twice.
    expect(plain.filter((name) => name === "income").length).toBe(2);
    plain[plain.lastIndexOf("income")] = "income_2";
    expect(
      parts("passthrough")
        .fit(rows as never)
        .featureNames(NAMES),
    ).toEqual(plain);
    expect(byName("passthrough").fit(objects(rows)).featureNames()).toEqual(plain);
  });

  it("finds columns by name in any order, and needs none that it drops", () => {
    const fitted = byName("drop").fit(objects(rows));
    const [{ colour, income, age }] = objects(probe);
    expect(fitted.transform([{ later: 1, colour, income, age }])).toEqual(fitted.transform([objects(probe)[0]]));
    const dropping = columnTransformer([
      [standardScaler(), ["a"]],
      ["drop", ["b"]],
    ]).fit([
      { a: 1, b: "x" },
      { a: 3, b: "y" },
    ]);
    expect(dropping.transform([{ a: 3 }])).toEqual([[1]]);
  });

  it("takes columns side by side, and a Dataset by the names of its features", () => {
    const table = { rows: 2, columns: { b: [5, 7], a: [1, 3] }, names: ["a", "b"] };
    const transformer = columnTransformer([[standardScaler(), ["b"]]], { remainder: "passthrough" });
    expect(transformer.fitTransform(table)).toEqual([
      [-1, 1],
      [1, 3],
    ]);
    const data = Dataset.from(
      {
        x: [
          [1, 5],
          [3, 7],
        ],
        y: [0, 1],
      },
      { featureNames: ["a", "b"] },
    );
    const made = transformer.fitTransform(data);
    expect([...made.x]).toEqual([-1, 1, 1, 3]);
    expect(made.featureNames).toEqual(["b", "a"]);
    expect(transformer.transform([[1, 5]])).toEqual([[-1, 1]]);
  });

  it("has a transformer for the remainder, and column transformers in pipelines in column transformers", () => {
    const inner = columnTransformer([[standardScaler(), [1]]], { remainder: minMaxScaler() });
    const outer = columnTransformer([[transformerPipeline([inner, minMaxScaler({ range: [0, 10] })]), [2, 0]]]);
    const made = outer.fitTransform([
      [1, 0, 5],
      [2, 0, 9],
      [5, 0, 6],
    ]);
    expect(flat(made)).toBeAllClose([0, 0, 2.5, 10, 10, 2.5], EXACT);
    expect(
      inner
        .fit([
          [1, 2],
          [2, 3],
        ])
        .step("remainder").type,
    ).toBe("minMaxScaler");
    expect(throughText(transformerFromJSON(throughText(outer)))).toEqual(throughText(outer));
  });

  it("keeps columns that objects have by nature apart from those that a table has", () => {
    const table = [
      JSON.parse('{ "__proto__": 1, "constructor": 5 }'),
      JSON.parse('{ "__proto__": 3, "constructor": 5 }'),
    ];
    const transformer = columnTransformer([[standardScaler(), ["__proto__"]]], { remainder: "passthrough" });
    expect(transformer.fitTransform(table)).toEqual([
      [-1, 5],
      [1, 5],
    ]);
    expect(() => transformer.transform([{ toString: 1 }])).toThrow('no column "__proto__"');
  });
});

describe("a step that is passthrough", () => {
  const rows = [
    [1, 5],
    [3, 7],
    [2, 0],
  ];

  it("leaves rows as they are, first, between and last", () => {
    const plain = transformerPipeline([standardScaler()]);
    const made = plain.fitTransform(rows);
    for (const steps of [
      ["passthrough", standardScaler()],
      [standardScaler(), ["nothing", "passthrough"]],
      [["a", "passthrough"], standardScaler(), "passthrough"],
    ] as const) {
      const pipeline = transformerPipeline(steps as never);
      expect(pipeline.fitTransform(rows)).toEqual(made);
      expect(pipeline.inverseTransform(made)).toEqual(plain.inverseTransform(made));
      expect(pipeline.featureNames(["u", "v"])).toEqual(["u", "v"]);
      expect(pipeline.featureNames()).toEqual(["x0", "x1"]);
      const restored = transformerFromJSON(throughText(pipeline)) as TransformerPipeline;
      expect(restored.transform(rows)).toEqual(made);
      expect(throughText(restored)).toEqual(throughText(pipeline));
      expect(transformerFromConfig(pipeline.getConfig()).fit(rows)).toBeDefined();
    }
    expect(transformerPipeline(["passthrough"]).stepNames).toEqual(["passthrough"]);
  });

  it("leaves tables with names as they are", () => {
    const table = [
      { a: 1, b: "x" },
      { a: 3, b: "y" },
    ];
    const pipeline = transformerPipeline(["passthrough", columnTransformer([[standardScaler(), ["a"]]])]);
    expect(pipeline.fitTransform(table)).toEqual([[-1], [1]]);
    expect(pipeline.partialFit).toBeTypeOf("function");
  });
});

describe("partialFit of a pipeline", () => {
  const portions = [rows0(1), rows0(2), rows0(3)];

  function rows0(from: number): number[][] {
    return Array.from({ length: 5 }, (_, i) => [from * i + 0.5, ((i * 7 + from) % 5) - 2]);
  }

  it("is that of its steps, each after those before it", () => {
    const pipeline = transformerPipeline([minMaxScaler(), "passthrough", polynomialFeatures(), standardScaler()]);
    const [first, second, third] = [minMaxScaler(), polynomialFeatures(), standardScaler()];
    for (const portion of portions) {
      expect(pipeline.partialFit(portion)).toBe(pipeline);
      const scaled = first.partialFit(portion).transform(portion);
      third.partialFit(second.partialFit(scaled).transform(scaled));
      const made = third.transform(second.transform(first.transform(portions[0])));
      expect(pipeline.transform(portions[0])).toEqual(made);
    }
    const restored = transformerFromJSON(throughText(pipeline)) as TransformerPipeline;
    expect(throughText(restored.partialFit(portions[0]))).toEqual(throughText(pipeline.partialFit(portions[0])));
  });

  it("of one step is fit with all rows, but for rounding", () => {
    const pipeline = transformerPipeline([standardScaler()]);
    for (const portion of portions) pipeline.partialFit(portion);
    const whole = standardScaler().fit(portions.flat());
    expect(flat(pipeline.transform(portions[1]))).toBeAllClose(flat(whole.transform(portions[1])), EXACT);
  });

  it("of transformers of single rows is fit, for the same number of columns", () => {
    for (const transformer of [binarizer(), normalizer(), polynomialFeatures()]) {
      const made = transformer.fit(portions[0]).transform(portions[1]);
      expect(transformer.partialFit(portions[1]).transform(portions[1])).toEqual(made);
      expect(() => transformer.partialFit([[1]])).toThrow(/partialFit: row 0: expected 2 cells, got 1/);
      expect(transformer.transform(portions[1])).toEqual(made);
    }
  });

  it("leaves everything as it was where a step fails", () => {
    const pipeline = transformerPipeline([minMaxScaler(), standardScaler()]).partialFit(portions[0]);
    const before = throughText(pipeline);
    expect(() => pipeline.partialFit([[1, 2, 3]])).toThrow(/partialFit: row 0: expected 2 cells, got 3/);
    expect(() => pipeline.partialFit([[1, "a"]] as never)).toThrow(/"minMaxScaler".*row 0, column 1/);
    expect(throughText(pipeline)).toEqual(before);
  });
});
