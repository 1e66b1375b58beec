// evaluate and predict: against formulas written out in float64, and against themselves row by row.
import { describe, expect, it } from "vitest";
import { dense, type Loss, type Metric, Sequential } from "../../src/index.js";
import { normals, uniforms } from "../support/tensors.js";
import { blobs, classifier, stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";

type Row = readonly number[];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const largest = (row: Row) => row.indexOf(Math.max(...row));
const each = (p: Row, y: Row, f: (p: number, y: number) => number) => mean(p.map((value, j) => f(value, y[j])));
const squared = (p: Row, y: Row) => each(p, y, (a, b) => (a - b) ** 2);

const ROWS = 37;
const targets = Array.from({ length: ROWS }, (_, row) => Array.from(uniforms(3, 100 + row, 0, 1)));
const binaries = targets.map((row) => row.map(Math.round));
const hot = targets.map((row) => row.map((_, j) => Number(j === largest(row))));

/** Loss and metric, targets, the loss of a row and the metric of a row. */
const formulas: [
  Loss,
  Extract<Metric, string>,
  "linear" | "sigmoid" | "softmax",
  Row[],
  (p: Row, y: Row) => number,
  (p: Row, y: Row) => number,
][] = [
  [
    "meanSquaredError",
    "meanAbsoluteError",
    "linear",
    targets,
    squared,
    (p, y) => each(p, y, (a, b) => Math.abs(a - b)),
  ],
  [
    "binaryCrossentropy",
    "accuracy",
    "sigmoid",
    binaries,
    (p, y) => -each(p, y, (a, b) => b * Math.log(a) + (1 - b) * Math.log(1 - a)),
    (p, y) => each(p, y, (a, b) => Number(a > 0.5 === b > 0.5)),
  ],
  [
    "binaryCrossentropy",
    "meanSquaredError",
    "sigmoid",
    targets,
    (p, y) => -each(p, y, (a, b) => b * Math.log(a) + (1 - b) * Math.log(1 - a)),
    squared,
  ],
  [
    "categoricalCrossentropy",
    "accuracy",
    "softmax",
    hot,
    (p, y) => -Math.log(p[largest(y)]),
    (p, y) => Number(largest(p) === largest(y)),
  ],
];

describe.each(runtimes)("%s", (_, runtime) => {
  const x = normals(ROWS * 2, 5);

  it.each(formulas)(
    "%s and %s are what their formulas say",
    async (loss, metric, activation, y, ofRow, metricOfRow) => {
      const layers = [dense({ units: 5, activation: "tanh" }), dense({ units: 3, activation })];
      const model = await Sequential.create({ inputShape: [2], layers, seed: 3, ...runtime });
      model.compile({ optimizer: "sgd", loss, metrics: [metric] });
      const out = model.predict(x);
      const p = y.map((_, row) => Array.from(out.subarray(row * 3, row * 3 + 3)));
      const result = await model.evaluate({ x, y });
      expect([result.loss, result[metric]]).toBeAllClose(
        [mean(p.map((row, i) => ofRow(row, y[i]))), mean(p.map((row, i) => metricOfRow(row, y[i])))],
        { rtol: 1e-6, atol: 1e-6 },
      );
      const sampleWeight = Array.from(uniforms(ROWS, 6, 0, 3));
      const weighted = await model.evaluate({ x, y, sampleWeight });
      expect([weighted.loss]).toBeAllClose([mean(p.map((row, i) => sampleWeight[i] * ofRow(row, y[i])))], {
        rtol: 1e-6,
      });
      expect(weighted[metric]).toBe(result[metric]);
    },
  );

  it("batchSize changes nothing, and neither does evaluate", async () => {
    const model = await classifier(runtime);
    const data = blobs(ROWS);
    await model.fit(data);
    const before = stateOf(model);
    const whole = await model.evaluate(data);
    for (const batchSize of [1, 2, 7, ROWS, 1000]) expect(await model.evaluate(data, { batchSize })).toEqual(whole);
    expect(stateOf(model)).toBe(before);
  });

  it("predict gives each row what it gives it alone, bit by bit", async () => {
    for (const [inputs, units, outputs] of [
      [2, 8, 3],
      [7, 33, 1],
      [65, 17, 10],
    ]) {
      const layers = [dense({ units, activation: "elu" }), dense({ units: outputs, activation: "softmax" })];
      const model = await Sequential.create({ inputShape: [inputs], layers, seed: 2, ...runtime });
      const rows = 600; // more than two passes
      const values = normals(rows * inputs, 9);
      const all = model.predict(values);
      expect(all).toHaveLength(rows * outputs);
      for (let row = 0; row < rows; row += row < 20 ? 1 : 29) {
        const alone = model.predict(values.subarray(row * inputs, (row + 1) * inputs));
        expect(alone).toEqual(all.subarray(row * outputs, (row + 1) * outputs));
      }
      for (const count of [1, 2, 3, 5, 13, 255, 256, 257]) {
        expect(model.predict(values.subarray(0, count * inputs))).toEqual(all.subarray(0, count * outputs));
      }
    }
  });

  it("predict takes rows, flat arrays and typed arrays, and returns a copy", async () => {
    const model = await classifier(runtime);
    const rows = [
      [1, 2],
      [3, 4],
    ];
    const expected = model.predict(rows);
    for (const same of [
      rows.flat(),
      Float64Array.from(rows.flat()),
      Uint8Array.from(rows.flat()),
      rows.map((row) => Float32Array.from(row)),
    ]) {
      expect(model.predict(same as number[])).toEqual(expected);
    }
    const kept = expected.slice();
    model.predict([
      [9, 9],
      [9, 9],
    ]);
    expect(expected).toEqual(kept);
    for (const row of [0, 3]) expect(expected.subarray(row, row + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  it("predict needs no compile, and does not change with it", async () => {
    const layers = [dense({ units: 3, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [2], layers, ...runtime });
    const before = model.predict(x);
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    expect(model.predict(x)).toEqual(before);
  });
});
