// watch(): statistics of one step against the same numbers taken from trace and weights, and its schedule.
import { describe, expect, it } from "vitest";
import { type Callback, dense, Sequential, sgd, type Trainer, watch } from "../../src/index.js";
import { blobs, classifier, weightBytes } from "../model/models.js";
import { runtimes } from "../model/runtimes.js";

const CLOSE = { rtol: 1e-5, atol: 1e-7 };

function statistics(values: ArrayLike<number>): number[] {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length;
  return [mean, Math.sqrt(variance), Math.min(...list), Math.max(...list)];
}

describe.each(runtimes)("%s", (_, runtime) => {
  it("shows the first step of an epoch", async () => {
    const model = await classifier({ ...runtime, optimizer: sgd({ learningRate: 0.5 }) });
    const data = blobs(20);
    const before = model.getWeights();
    const trace = model.trace(data.slice(0, 8));
    const watching = watch();
    await model.fit(data.slice(0, 8), { batchSize: 8, shuffle: false, callbacks: [watching] });
    const after = model.getWeights();
    const [{ epoch, rows, activations, gradients, weights }] = watching.reports;
    expect([epoch, rows]).toEqual([0, 8]);
    expect(activations.map(({ name, activation }) => [name, activation])).toEqual([
      ["dense_1/h", "tanh"],
      ["dense_2/z", "linear"],
    ]);
    for (const { name, mean, std, min, max } of activations) {
      expect([mean, std, min, max], name).toBeAllClose(statistics(trace[name].data), CLOSE);
    }
    gradients.forEach(({ name, mean, std, min, max }) => {
      const { data } = trace[name.replace(/\/(.)/, (_, first) => `/d${first.toUpperCase()}`)];
      expect([mean, std, min, max], name).toBeAllClose(statistics(data), { rtol: 1e-4, atol: 1e-6 });
    });
    weights.forEach(({ name, mean, std, min, max, updateRatio }, i) => {
      expect(name).toBe(after[i].name);
      expect([mean, std, min, max], name).toBeAllClose(statistics(after[i].data), CLOSE);
      const norm = (values: Float32Array) => Math.hypot(...values);
      const old = before[i].data;
      if (name.endsWith("bias"))
        expect(updateRatio).toBeNull(); // from zeros
      else expect(updateRatio).toBeCloseTo(norm(after[i].data.map((value, j) => value - old[j])) / norm(old), 6);
    });
  });

  it("has one report of an epoch that resumes, and no values of a step that is gone", async () => {
    const watching = watch();
    const seen: number[][] = [];
    let trainer: Trainer | undefined;
    const inspecting: Callback = {
      onTrainBegin(started) {
        trainer = started;
      },
      onBatchEnd({ rows }) {
        const { activations = [], gradients = [], weights = [] } = trainer?.inspect(rows) ?? {};
        seen.push([activations[0]?.shape[0] ?? 0, gradients.length, weights.length]);
      },
    };
    const fails: Callback = {
      onBatchEnd({ step }) {
        if (step === 1 && seen.length < 2) throw new Error("gone");
      },
    };
    const model = await classifier(runtime);
    const options = { batchSize: 8, callbacks: [watching, fails, inspecting] };
    await expect(model.fit(blobs(20), options)).rejects.toThrow("gone");
    const loaded = await Sequential.load(model.save(), runtime);
    await loaded.fit(blobs(20), { ...options, epochs: 2, resume: true });
    expect(watching.reports.map(({ epoch, rows }) => [epoch, rows])).toEqual([
      [0, 8],
      [1, 8],
    ]);
    const [whole, last] = [
      [8, 4, 4],
      [4, 4, 4],
    ];
    expect(seen).toEqual([whole, [0, 0, 4], last, whole, whole, last]);
  });

  it("counts dead and saturated units", async () => {
    const layers = [
      dense({ units: 4, activation: "relu", useBias: false }),
      dense({ units: 2, activation: "sigmoid", useBias: false }),
      dense({ units: 1, activation: "tanh", useBias: false }),
    ];
    const model = await Sequential.create({ inputShape: [1], layers, ...runtime });
    model.setWeights([
      // For x = 1 and −1: alive in turn, dead for both (0), alive in turn, and dead.
      { name: "dense_1/kernel", shape: [1, 4], data: [1, 0, -1, 0] },
      { name: "dense_2/kernel", shape: [4, 2], data: [9, 0, 0, 0, 0, -9, 0, 0] },
      { name: "dense_3/kernel", shape: [2, 1], data: [9, 9] },
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0 }), loss: "meanSquaredError" });
    const watching = watch();
    await model.fit({ x: [[1], [-1]], y: [0, 0] }, { callbacks: [watching] });
    const [{ activations, weights }] = watching.reports;
    expect(activations.map(({ dead }) => dead)).toEqual([0.5, null, null]);
    // σ(9), σ(0), σ(0), σ(−9): two of four; tanh of 9 · 1.5 and 9 · 0.5: both.
    expect(activations.map(({ saturated }) => saturated)).toEqual([null, 0.5, 1]);
    expect(weights.map(({ updateRatio }) => updateRatio)).toEqual([0, 0, 0]);
    expect(String(watching.reports[0])).toContain("50.0 % dead");
  });
});

it("looks at every nth epoch from the first, and trains the same weights", async () => {
  const [plain, watched] = [await classifier(), await classifier()];
  const tables: string[] = [];
  const watching = watch({ every: 3, log: (table) => tables.push(table) });
  await plain.fit(blobs(30), { epochs: 8, batchSize: 7, initialEpoch: 1 });
  await watched.fit(blobs(30), { epochs: 8, batchSize: 7, initialEpoch: 1, callbacks: [watching] });
  expect(watching.reports.map(({ epoch, rows }) => [epoch, rows])).toEqual([
    [1, 7],
    [4, 7],
    [7, 7],
  ]);
  expect(tables).toEqual(watching.reports.map(String));
  expect(weightBytes(watched)).toEqual(weightBytes(plain));
});
