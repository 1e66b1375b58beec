// Numbers that float32 blurs: scalers work with them in float64, fit and check tell of them, targets are refused.
import { afterEach, describe, expect, it, vi } from "vitest";
import { exactOf } from "../../src/data/exact.js";
import {
  adam,
  DataError,
  Dataset,
  dense,
  minMaxScaler,
  pipeline,
  robustScaler,
  Sequential,
  standardScaler,
  trainTestSplit,
} from "../../src/index.js";

/** Unix times in milliseconds, a second apart: 131 072 ms are one step of float32 there. */
const times = Array.from({ length: 8 }, (_, i) => [1_700_000_000_000 + 1000 * i, i]);
const y = times.map((_, i) => i % 2);

/** (i − 3.5) / √5.25: mean and deviation of 0 … 7. */
const scaled = times.map((_, i) => (i - 3.5) / Math.sqrt(5.25));

const sources: [what: string, x: () => unknown][] = [
  ["rows", () => times],
  ["rows of Float64Array", () => times.map((row) => Float64Array.from(row))],
  ["one Float64Array", () => Float64Array.from(times.flat())],
  ["one array", () => times.flat()],
];

describe.each(sources)("%s", (_, x) => {
  const data = () => Dataset.from({ x: x() as number[][], y }, { inputShape: [2] });

  it("scalers are exact", () => {
    const column = (set: Dataset) => Array.from(set.x).filter((_, i) => i % 2 === 0);
    const close = scaled.map((value) => expect.closeTo(value, 6));
    expect(column(standardScaler().fitTransform(data()))).toEqual(close);
    expect(column(minMaxScaler().fitTransform(data()))).toEqual(times.map((_, i) => expect.closeTo(i / 7, 6)));
    expect(column(robustScaler().fitTransform(data()))).toEqual(
      times.map((_, i) => expect.closeTo((i - 3.5) / 3.5, 6)),
    );
  });

  it("parts stay exact, and so does what a scaler gives back", () => {
    const scaler = standardScaler().fit(data());
    const { train, test } = trainTestSplit(data(), { testSize: 3, seed: 2 });
    for (const part of [train, test, data().slice(2, 5), data().select([7, 0, 7]), data().shuffle(1)]) {
      const rows = scaler.transform(part).x;
      const indices = Array.from(part.x).filter((_, i) => i % 2 === 1);
      expect(indices.map((_, row) => rows[2 * row])).toEqual(indices.map((i) => expect.closeTo(scaled[i], 6)));
    }
    const back = scaler.inverseTransform(scaler.transform(data()));
    const given = Array.from(exactOf(back.x) ?? []).filter((_, i) => i % 2 === 0);
    expect(given).toEqual(times.map(([time]) => expect.closeTo(time, 0)));
  });
});

it("a single row keeps what the scaler needs", () => {
  const scaler = standardScaler().fit(Dataset.from({ x: times, y }));
  const one = Dataset.from({ x: [times[5]], y: [0] });
  expect(scaler.transform(one).x[0]).toBeCloseTo(scaled[5], 6);
});

it("the rows of a pipeline are exact", async () => {
  const scaler = standardScaler().fit(times);
  const rows = pipeline(Dataset.from({ x: times, y })).map(({ x }) => scaler.transform(x as Float64Array)[0]);
  expect(await rows.toArray()).toEqual(scaled.map((value) => expect.closeTo(value, 6)));
});

it.each([
  ["pixels", Uint8Array.from({ length: 64 }, (_, i) => i)],
  ["float32", Float32Array.from({ length: 64 }, (_, i) => i / 3)],
  ["fractions", Float64Array.from({ length: 64 }, (_, i) => i / 63)],
  ["integers", Int32Array.from({ length: 64 }, (_, i) => i * 1000)],
])("%s keep no second copy", (_, x) => {
  expect(exactOf(Dataset.from({ x, y: new Float32Array(8) }, { inputShape: [8] }).x)).toBeNull();
});

describe("fit and check tell of values that are one in float32", () => {
  async function made(): Promise<Sequential> {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1, activation: "sigmoid" })] });
    model.compile({ optimizer: adam({ learningRate: 1e-9 }), loss: "binaryCrossentropy" });
    return model;
  }
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    ["times", times, "column 0: 8 different values are 1 in float32, such as 1700000000000 and 1700000001000"],
    ["ids", times.map((_, i) => [0, 2 ** 24 + i]), "column 1: 8 different values are 5 in float32"],
    ["Julian days", times.map((_, i) => [2_460_000.5 + i / 100, 0]), "column 0: 8 different values are"],
    ["ids in an Int32Array", Int32Array.from(times.flatMap((_, i) => [2 ** 24 + i, 0])), "column 0: 8"],
  ])("%s", async (_, x, says) => {
    const model = await made();
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    await model.fit({ x, y }, { onWarning }).catch(() => {});
    expect(warnings).toEqual([expect.stringContaining(`fit: x: ${says}`)]);
    const codes = (await model.check({ x, y })).map(({ code }) => code);
    expect(codes).toContain("mergedValues");
    // The remedy of the message.
    const data = Dataset.from({ x, y }, { inputShape: [2] });
    await model.fit(standardScaler().fitTransform(data), { onWarning });
    expect(warnings.length).toBe(1);
  });

  it.each([
    ["fractions near each other", times.map((_, i) => [0.1 * i, 0.3])],
    ["large sums", times.map((_, i) => [1e9 + 1e8 * i + 1, 5e8 * i + 3])],
  ])("%s are none", async (_, x) => {
    const model = await made();
    const warn = vi.spyOn(console, "warn");
    await model.fit({ x, y }, { verbose: 0 }).catch(() => {});
    expect(warn).not.toHaveBeenCalled();
    expect((await model.check({ x, y })).map(({ code }) => code)).not.toContain("mergedValues");
  });

  it.each([
    ["hours as numbers", [2024010100, 2024010101]],
    ["ids", [2 ** 24, 2 ** 24 + 1, 2 ** 24 + 4]],
    [
      "rows",
      [
        [1, 2 ** 25],
        [2, 2 ** 25 + 1],
      ],
    ],
  ])("targets are refused: %s", (_, targets) => {
    const attempt = () => Dataset.from({ x: targets.map(() => [1]), y: targets as number[] });
    expect(attempt).toThrow(DataError);
    expect(attempt).toThrow(/^y: 2 different values are 1 in float32|^y: 3 different values are 2 in float32/);
  });

  it("targets that follow the remedy are taken, and so are large sums", () => {
    const targets = [[2024010100], [2024010101]];
    const x = [[1], [2]];
    expect(Array.from(Dataset.from({ x, y: standardScaler().fitTransform(targets) }).y)).toEqual([-1, 1]);
    expect(Array.from(Dataset.from({ x, y: [1e9 + 1, 2e9 + 1] }).y)).toEqual([1e9, 2e9]);
  });
});
