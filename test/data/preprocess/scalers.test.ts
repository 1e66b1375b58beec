// Scalers with weights and in portions: scikit-learn's values (fixtures/preprocess.json), and through JSON on the way.
import { describe, expect, it } from "vitest";
import { maxAbsScaler, minMaxScaler, robustScaler, Scaler, standardScaler } from "../../../src/index.js";
import { EXACT, flat, golden, throughText } from "./fixture.js";

const { x, weights, cuts, weighted, portions, weightedPortions, robust } = golden.scalers;
const rows = x as number[][];
const bounds = [0, ...cuts, rows.length];
const parts = bounds.slice(1).map((end, i) => ({
  rows: rows.slice(bounds[i], end),
  weights: Float64Array.from(weights.slice(bounds[i], end)),
}));

describe("standardScaler with weights", () => {
  it("has scikit-learn's mean, deviation and values", () => {
    const scaler = standardScaler().fit(rows, { sampleWeight: weights });
    expect(scaler.center).toBeAllClose(weighted.mean, EXACT);
    expect(scaler.scale).toBeAllClose(weighted.scale, EXACT);
    expect(flat(scaler.transform(rows))).toBeAllClose(flat(weighted.made), EXACT);
  });

  it("counts a row of weight 3 as three rows, and one of weight 0 as none", () => {
    const scaler = standardScaler().fit([[1], [5], [9], [1e6]], { sampleWeight: [3, 1, 2, 0] });
    const plain = standardScaler().fit([[1], [1], [1], [5], [9], [9]]);
    expect(scaler.center).toBeAllClose(plain.center, EXACT);
    expect(scaler.scale).toBeAllClose(plain.scale, EXACT);
  });

  it("leaves the caller's weights alone", () => {
    const own = Float32Array.of(1, 2);
    standardScaler().fit([[1], [2]], { sampleWeight: own });
    expect(own).toEqual(Float32Array.of(1, 2));
  });
});

describe("partialFit", () => {
  it.each(Object.entries({ standardScaler, minMaxScaler, maxAbsScaler }))("%s: portions as the whole", (name, make) => {
    const scaler = make();
    for (const part of parts) scaler.partialFit(part.rows);
    expect(flat(scaler.transform(rows))).toBeAllClose(flat(portions[name].made), EXACT);
    const whole = make().fit(rows);
    expect(flat(scaler.transform(rows))).toBeAllClose(flat(whole.transform(rows)), EXACT);
    expect(make().partialFit(rows).toJSON()).toEqual(whole.toJSON());
  });

  it("takes weights", () => {
    const scaler = standardScaler();
    for (const part of parts) scaler.partialFit(part.rows, { sampleWeight: part.weights });
    expect(flat(scaler.transform(rows))).toBeAllClose(flat(weightedPortions.made), EXACT);
  });

  it.each(Object.entries({ standardScaler, minMaxScaler, maxAbsScaler }))("%s: continues after JSON", (_, make) => {
    const scaler = make().partialFit(parts[0].rows);
    const restored = Scaler.fromJSON(throughText(scaler)).partialFit(parts[1].rows);
    expect(restored.toJSON()).toEqual(scaler.partialFit(parts[1].rows).toJSON());
  });

  it("skips columns of which a later portion has nothing, and begins anew with fit", () => {
    const scaler = standardScaler().partialFit([
      [1, 2],
      [3, 6],
    ]);
    scaler.partialFit([[8, Number.NaN]]);
    expect([...scaler.center]).toEqual([4, 4]);
    expect([...scaler.fit([[0, 1]]).center]).toEqual([0, 1]);
  });

  it("changes nothing where it fails", () => {
    const scaler = standardScaler().partialFit([[1], [3]]);
    const before = throughText(scaler);
    expect(() => scaler.partialFit([[5], [Number.POSITIVE_INFINITY]])).toThrow("row 1, column 0");
    expect(() => scaler.partialFit([[5, 6]])).toThrow("expected 1 cell,");
    expect(throughText(scaler)).toEqual(before);
  });
});

describe("options of scalers", () => {
  it("go through JSON, so that a restored one learns anew", () => {
    const x = [[1], [2], [4], [100]];
    for (const scaler of [
      standardScaler({ withMean: false }),
      minMaxScaler({ range: [-1, 3], clip: true }),
      robustScaler({ quantileRange: [10, 80] }),
      maxAbsScaler(),
    ]) {
      const restored = Scaler.fromJSON(throughText(scaler.fit([[0], [1], [7]])));
      expect(restored.fit(x).toJSON()).toEqual(scaler.fit(x).toJSON());
      expect(restored.getConfig()).toEqual(scaler.getConfig());
    }
    expect(flat(Scaler.fromJSON(throughText(robustScaler().fit(rows))).transform(rows))).toBeAllClose(
      flat(robust.made),
      EXACT,
    );
  });

  it("are copies", () => {
    const range: [number, number] = [0, 2];
    const scaler = minMaxScaler({ range });
    range[1] = 9;
    (scaler.getConfig().options as { range: number[] }).range[1] = 7;
    expect(scaler.fitTransform([[0], [1]])).toEqual([[0], [2]]);
    (scaler.toJSON().options as { range: number[] }).range[1] = 7;
    expect(scaler.getConfig()).toEqual({ type: "minMaxScaler", options: { range: [0, 2], clip: false } });
  });

  it("keep the names of columns", () => {
    const scaler = maxAbsScaler().fit([[1, 2]]);
    expect(scaler.featureNames(["a", "b"])).toEqual(["a", "b"]);
    expect(scaler.featureNames()).toEqual(["x0", "x1"]);
  });
});
