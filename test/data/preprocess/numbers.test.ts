// Transformers of numbers: scikit-learn's values (fixtures/preprocess.json), there and back, all forms of tables, JSON.
import { describe, expect, it } from "vitest";
import {
  Dataset,
  KBinsDiscretizer,
  kBinsDiscretizer,
  knnImputer,
  PowerTransformer,
  polynomialFeatures,
  powerTransformer,
  QuantileTransformer,
  quantileTransformer,
  type Transformer,
  transformerFromConfig,
  transformerFromJSON,
} from "../../../src/index.js";
import { EXACT, flat, golden, throughText } from "./fixture.js";

/**
 * Two searches for the same minimum end within the tolerance of Brent's method of each other, 1.48e-8 of its size, or
 * as near as rounding of the log-likelihood lets them see it. What is made with lambda differs by as much.
 */
const LAMBDA = { rtol: 1e-7, atol: 1e-7 };

const cases = golden.numbers.map(
  (own) => [`${own.make} ${JSON.stringify(own.options)} of ${own.x[0].length}`, own] as const,
);

describe.each(cases)("%s", (_, { make, options, x, probe, made, probed, back, names }) => {
  const rows = x as number[][];
  const others = probe as number[][];
  const tolerance = make === "powerTransformer" ? LAMBDA : EXACT;
  const fitted = () => transformerFromConfig({ type: make, options }).fit(rows) as Transformer;

  it("makes of rows what scikit-learn does", () => {
    const transformer = fitted();
    expect(flat(transformer.transform(rows))).toBeAllClose(flat(made), tolerance);
    expect(flat(transformer.transform(others))).toBeAllClose(flat(probed), tolerance);
    expect(flat(transformer.transform([others[1]]))).toEqual(flat([transformer.transform(others)[1]]));
    if (names.length > 0)
      expect(transformer.featureNames(["a", "b", "c"].slice(0, x[0].length))).toEqual(
        names.map((name) => name.replace(/\.0$/, "")), // bins have whole numbers here
      );
  });

  it.runIf(back)("comes back as scikit-learn does", () => {
    expect(flat(fitted().inverseTransform?.(probed))).toBeAllClose(flat(back || []), tolerance);
  });

  it.runIf(!back)("has no way back", () => {
    expect(fitted().inverseTransform).toBeUndefined();
  });

  it("takes rows of typed arrays, and one typed array", () => {
    const transformer = transformerFromConfig({ type: make, options });
    const typed = x.map((row) => Float64Array.from(row, (cell) => cell ?? Number.NaN));
    transformer.fit(typed);
    expect(transformer.toJSON()).toEqual(fitted().toJSON());
    const made = fitted().transform(others);
    expect(
      flat(transformer.transform(probe.map((row) => Float64Array.from(row, (cell) => cell ?? Number.NaN)))),
    ).toEqual(flat(made));
    const one = Float64Array.from(probe.flat(), (cell) => cell ?? Number.NaN);
    expect(flat([transformer.transform(one)])).toEqual(flat([Float32Array.from(made.flat())]));
    expect(one).toEqual(Float64Array.from(probe.flat(), (cell) => cell ?? Number.NaN));
  });

  it("goes through JSON without losing a bit, and learns anew afterwards", () => {
    const transformer = fitted();
    const restored = transformerFromJSON(throughText(transformer));
    expect(restored.transform(others)).toEqual(transformer.transform(others));
    expect(restored.inverseTransform?.(made)).toEqual(transformer.inverseTransform?.(made));
    expect(throughText(restored)).toEqual(throughText(transformer));
    restored.fit(rows.slice(0, 20));
    transformer.fit(rows.slice(0, 20));
    expect(throughText(restored)).toEqual(throughText(transformer));
  });

  it("takes a Dataset, and keeps its targets, weights and names", () => {
    const whole = rows.filter((row) => row.every((cell) => cell !== null)).map((row) => row.map(Math.fround));
    const y = whole.map((_, i) => i % 3);
    const inputs = rows[0].map((_, i) => `column ${i}`);
    const data = Dataset.from({ x: whole, y, sampleWeight: y }, { featureNames: inputs, classNames: ["a", "b", "c"] });
    const transformer = transformerFromConfig({ type: make, options });
    const expected = (transformer.fit(whole) as Transformer).transform(whole) as number[][];
    transformer.fit(data);
    const result = transformer.transform(data) as Dataset;
    expect(result.x).toEqual(Float32Array.from(expected.flat()));
    expect([result.y, result.sampleWeight, result.classNames]).toEqual([data.y, data.sampleWeight, data.classNames]);
    expect(result.featureNames).toEqual(transformer.featureNames(inputs));
    expect(result.inputShape).toEqual([expected[0].length]);
  });
});

describe("powerTransformer", () => {
  const own = golden.numbers.filter(({ lambdas }) => lambdas);

  it.each(own)("$options finds scikit-learn's lambdas", ({ options, x, lambdas = [], scales }) => {
    const transformer = powerTransformer(options).fit(x as number[][]);
    expect(transformer.lambdas).toBeAllClose(lambdas, { rtol: 1.48e-8, atol: 1.48e-8 });
    if (!scales) return;
    const { means, deviations } = transformer.toJSON() as never;
    expect(means).toBeAllClose(scales[0], LAMBDA);
    expect(deviations).toBeAllClose(scales[1], LAMBDA);
  });

  it.each(own)("$options with its lambdas gives its values to the last bits", (given) => {
    const { options, x, probe, made, probed, back, lambdas = [], scales } = given;
    const [means, deviations] = scales ?? [lambdas.map(() => 0), lambdas.map(() => 1)];
    const json = {
      ...powerTransformer(options)
        .fit(x as number[][])
        .toJSON(),
      lambdas,
      means,
      deviations,
    };
    const transformer = PowerTransformer.fromJSON(json);
    expect(flat(transformer.transform(x as number[][]))).toBeAllClose(flat(made), EXACT);
    expect(flat(transformer.transform(probe as number[][]))).toBeAllClose(flat(probed), EXACT);
    expect(flat(transformer.inverseTransform(probed as number[][]))).toBeAllClose(flat(back || []), EXACT);
  });

  it("leaves a constant column as it is but for the mean, and has no way back from beyond", () => {
    const transformer = powerTransformer({ standardize: false }).fit([[3], [3], [3]]);
    expect([...transformer.lambdas]).toEqual([1]);
    expect(transformer.transform([[3]])[0][0]).toBeCloseTo(3, 12);
    const json = { ...transformer.toJSON(), lambdas: [-1] };
    expect(PowerTransformer.fromJSON(json).inverseTransform([[2]])).toEqual([[Number.NaN]]);
  });

  it("has logarithms at the ends of Yeo-Johnson and at 0 of Box-Cox", () => {
    const of = (method: "yeoJohnson" | "boxCox", lambda: number, x: number) => {
      const json = {
        ...powerTransformer({ method, standardize: false })
          .fit([[1], [2]])
          .toJSON(),
        lambdas: [lambda],
      };
      const transformer = PowerTransformer.fromJSON(json);
      const [[y]] = transformer.transform([[x]]);
      expect(transformer.inverseTransform([[y]])[0][0]).toBeCloseTo(x, 12);
      return y;
    };
    expect(of("yeoJohnson", 0, 4)).toBeCloseTo(Math.log(5), 14);
    expect(of("yeoJohnson", 2, -4)).toBeCloseTo(-Math.log(5), 14);
    expect(of("yeoJohnson", 2, 3)).toBeCloseTo((4 ** 2 - 1) / 2, 12);
    expect(of("yeoJohnson", 0.5, -3)).toBeCloseTo(-(4 ** 1.5 - 1) / 1.5, 12);
    expect(of("boxCox", 0, 4)).toBeCloseTo(Math.log(4), 14);
    expect(of("boxCox", -1, 4)).toBeCloseTo(0.75, 14);
  });
});

describe("quantileTransformer", () => {
  const x = Array.from({ length: 300 }, (_, i) => [(i * 37) % 300, i % 7]);

  it("draws a sample by seed, and each column its own", () => {
    const make = (seed: number) => quantileTransformer({ subsample: 50, nQuantiles: 20, seed }).fit(x);
    expect(make(1).toJSON()).toEqual(make(1).toJSON());
    expect(make(1).quantiles).not.toEqual(make(2).quantiles);
    expect(quantileTransformer({ subsample: null }).fit(x).quantiles[0].length).toBe(300);
    expect(quantileTransformer({ subsample: 300 }).fit(x).quantiles).toEqual(
      quantileTransformer({ subsample: null }).fit(x).quantiles,
    );
  });

  it("hands out copies", () => {
    const transformer = QuantileTransformer.fromJSON(throughText(quantileTransformer({ nQuantiles: 4 }).fit(x)));
    const before = transformer.transform(x);
    transformer.quantiles[0].fill(0);
    expect(transformer.transform(x)).toEqual(before);
  });
});

describe("kBinsDiscretizer", () => {
  it.each(golden.numbers.filter(({ edges }) => edges))(
    "$options has scikit-learn's edges",
    ({ options, x, edges = [] }) => {
      const found = kBinsDiscretizer(options).fit(x as number[][]).binEdges;
      expect(found.map(({ length }) => length)).toEqual(edges.map(({ length }) => length));
      expect(flat(found)).toBeAllClose(edges.flat(), EXACT);
    },
  );

  it("has one bin for a constant column, whose middle is the constant", () => {
    const discretizer = kBinsDiscretizer({ encode: "ordinal" }).fit([[7], [7]]);
    expect(discretizer.transform([[7], [99], [-1]])).toEqual([[0], [0], [0]]);
    expect(discretizer.inverseTransform([[0]])).toEqual([[7]]);
    expect(KBinsDiscretizer.fromJSON(throughText(discretizer)).inverseTransform([[0]])).toEqual([[7]]);
  });

  it("takes the greatest of probabilities on the way back", () => {
    const discretizer = kBinsDiscretizer({ nBins: 2, strategy: "uniform" }).fit([[0], [4]]);
    expect(discretizer.inverseTransform([[0.3, 0.7]])).toEqual([[3]]);
  });
});

describe("polynomialFeatures", () => {
  it("knows the power of each column", () => {
    const features = polynomialFeatures({ degree: [1, 2], includeBias: false }).fit([[2, 3]]);
    expect(features.powers).toEqual([
      [1, 0],
      [0, 1],
      [2, 0],
      [1, 1],
      [0, 2],
    ]);
    expect(features.transform([[2, 3]])).toEqual([[2, 3, 4, 6, 9]]);
  });
});

describe("knnImputer", () => {
  // Newer releases of scikit-learn do not count neighbours without a distance; 1.2 does with weights: "uniform".
  it("leaves out rows that share no column", () => {
    const imputer = knnImputer({ nNeighbors: 3 }).fit([
      [null, 100],
      [1, 4],
      [2, 6],
    ]);
    expect(imputer.transform([[1.5, null]])).toEqual([[1.5, 5]]);
    expect(imputer.transform([[null, null]])[0][1]).toBeCloseTo(110 / 3, 12);
  });

  it("scales the distance up to all columns", () => {
    // To the first: √(3/2 · 8) = 3.46; to the second: √9 = 3.
    const imputer = knnImputer({ nNeighbors: 1 }).fit([
      [2, 2, null, 10],
      [3, 0, 0, 20],
    ]);
    expect(imputer.transform([[0, 0, 0, null]])).toEqual([[0, 0, 0, 20]]);
    expect(imputer.featureNames(["a", "b", "c", "d"])).toEqual(["a", "b", "c", "d"]);
    const indicating = knnImputer({ addIndicator: true }).fit([
      [null, 1],
      [2, 3],
    ]);
    expect(indicating.featureNames(["a", "b"])).toEqual(["a", "b", "a_missing"]);
  });
});
