// simdgrad/datasets: value for value what scikit-learn loads (fixtures/data.json), and what fit takes.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type BuiltInDataset, breastCancer, diabetes, digits, iris, wine } from "../../src/datasets/index.js";
import { Dataset, dense, Sequential } from "../../src/index.js";
import { readFixture } from "../golden/fixture.js";

interface Expected {
  shape: [rows: number, columns: number];
  x: string;
  y: string;
  featureNames: string[];
  classNames: string[];
  rows: number[][];
}

const { builtIn } = readFixture<{ builtIn: Record<string, Expected> }>("data");

const loaders: Record<string, () => Promise<BuiltInDataset>> = {
  iris,
  wine,
  breastCancer,
  digits,
  diabetesRaw: () => diabetes({ scaled: false }),
  diabetes,
};

function sha256(values: Float32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");
}

/** The classes' names as scikit-learn has them; [] for regression. */
function classesOf(data: BuiltInDataset): readonly string[] {
  return data.classNames ?? [];
}

describe.each(Object.entries(loaders))("%s", (name, load) => {
  const expected = builtIn[name];

  it("is scikit-learn's", async () => {
    const data = await load();
    expect([data.length, ...data.inputShape]).toEqual(expected.shape);
    expect(data.targetShape).toEqual([]);
    expect(data.featureNames).toEqual(expected.featureNames);
    expect(classesOf(data)).toEqual(expected.classNames);
    expect(sha256(data.y)).toBe(expected.y);
    const [, width] = expected.shape;
    const rows = [0, 100, data.length - 1].flatMap((row) => [...data.x.subarray(row * width, (row + 1) * width)]);
    expect(rows).toBeAllClose(expected.rows.flat(), { rtol: 1e-6, atol: 1e-9 });
    // Scaling sums in another order than NumPy does; the others are kept exactly.
    if (name !== "diabetes") expect(sha256(data.x)).toBe(expected.x);
  });

  it("says what it is and under which terms, and is a fresh Dataset each time", async () => {
    const data = await load();
    expect(data).toBeInstanceOf(Dataset);
    expect(data.description).toContain(String(data.length));
    expect(data.license).toMatch(/CC BY 4\.0|BSD 3-Clause/);
    data.x.fill(0);
    expect((await load()).x.some((value) => value !== 0)).toBe(true);
  });
});

describe("built-in sets", () => {
  it("scale the columns of diabetes to mean 0 and sum of squares 1", async () => {
    const { x } = await diabetes();
    for (let column = 0; column < 10; column++) {
      const values = Array.from({ length: 442 }, (_, row) => x[row * 10 + column]);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
      expect(values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
    }
  });

  it("keep their names through slice, select, shuffle and split", async () => {
    const data = await iris();
    const parts = [data.slice(3, 9), data.select([5, 1]), data.shuffle(1), ...data.split({ fraction: 0.3, seed: 2 })];
    for (const part of parts) {
      expect(part.featureNames).toBe(data.featureNames);
      expect(part.classNames).toBe(data.classNames);
    }
  });

  it("go into fit as they are", async () => {
    const data = await iris();
    const layers = [dense({ units: 3, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: data.inputShape, layers, seed: 1 });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const before = (await model.evaluate(data)).loss;
    await model.fit(data, { epochs: 20 });
    expect((await model.evaluate(data)).loss).toBeLessThan(0.8 * before);
  });
});
