// Callbacks: which hooks are called, in what order, with what, and what they may do.
import { describe, expect, it } from "vitest";
import { type BatchPosition, type Callback, f1, type Logs, type Trainer } from "../../src/index.js";
import { blobs, classifier, stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";

describe("hooks", () => {
  it("are called in the order of training, and of the list", async () => {
    const events: string[] = [];
    const recorder = (name: string): Callback => ({
      onTrainBegin: () => events.push(`${name} train begin`),
      onEpochBegin: (epoch) => events.push(`${name} epoch ${epoch} begin`),
      onBatchEnd: ({ epoch, step }) => events.push(`${name} batch ${epoch}.${step}`),
      onEpochEnd: (epoch) => events.push(`${name} epoch ${epoch} end`),
      onTrainEnd: () => events.push(`${name} train end`),
    });
    const epoch = (n: number) => [`epoch ${n} begin`, `batch ${n}.0`, `batch ${n}.1`, `epoch ${n} end`];
    const model = await classifier();
    await model.fit(blobs(8), { epochs: 2, batchSize: 5, callbacks: [recorder("a"), recorder("b")] });
    const expected = ["train begin", ...epoch(0), ...epoch(1), "train end"];
    expect(events).toEqual(expected.flatMap((event) => [`a ${event}`, `b ${event}`]));
  });

  it("onBatchEnd says where training stands, with running means of the epoch", async () => {
    const seen: [BatchPosition, Logs][] = [];
    const model = await classifier();
    const onBatchEnd = (position: BatchPosition, logs: () => Logs) => seen.push([position, logs()]);
    const { loss, accuracy } = await model.fit(blobs(12), { epochs: 2, batchSize: 5, callbacks: [{ onBatchEnd }] });
    const rows = [5, 10, 12];
    expect(seen.map(([position]) => position)).toEqual(
      [0, 1].flatMap((epoch) =>
        rows.map((done, step) => ({ epoch, step, stepsPerEpoch: 3, rows: done, totalRows: 12 })),
      ),
    );
    expect([seen[2][1], seen[5][1]]).toEqual([0, 1].map((i) => ({ loss: loss[i], accuracy: accuracy[i] })));
    expect(seen[0][1].accuracy * 5).toBeCloseTo(Math.round(seen[0][1].accuracy * 5), 9);
  });

  it.each(runtimes)(
    "logs of onBatchEnd are those of their step, whenever they are asked for (%s)",
    async (_, runtime) => {
      const metrics = ["accuracy", "auc", f1({ name: "score" })] as const;
      const model = await classifier({ ...runtime, metrics });
      const atOnce: Logs[] = [];
      const later: (() => Logs)[] = [];
      const onBatchEnd = (_position: BatchPosition, logs: () => Logs) => {
        atOnce.push(logs());
        later.push(logs);
      };
      const inTheNextStep: Logs[] = [];
      const onBatchBegin = () => void (later.length > 0 && inTheNextStep.push(later[later.length - 1]()));
      const options = { epochs: 2, batchSize: 5, callbacks: [{ onBatchBegin, onBatchEnd }] };
      await model.fit(blobs(14), { ...options, validationData: blobs(30, { seed: 2 }) });
      expect(atOnce).toHaveLength(6);
      expect(inTheNextStep).toEqual(atOnce.slice(0, 5));
      expect(later.map((logs) => logs())).toEqual(atOnce);
      await model.fit(blobs(14, { seed: 3 }), { batchSize: 3 });
      model.dispose();
      expect(later.map((logs) => logs())).toEqual(atOnce);
      expect(new Set(atOnce.map(({ auc }) => auc)).size).toBeGreaterThan(3);
    },
  );

  it("onEpochEnd gets what the history gets", async () => {
    const seen: Logs[] = [];
    const model = await classifier();
    const onEpochEnd = (_: number, logs: Logs) => seen.push(logs);
    const history = await model.fit(blobs(12), { epochs: 2, validationSplit: 0.25, callbacks: [{ onEpochEnd }] });
    const { epoch, ...numbers } = history;
    expect(seen).toEqual(
      epoch.map((i) => Object.fromEntries(Object.entries(numbers).map(([name, values]) => [name, values[i]]))),
    );
  });
});

describe("a callback may", () => {
  const stopper = (when: "onBatchEnd" | "onEpochEnd" | "onTrainBegin"): Callback => {
    let trainer: Trainer | undefined;
    const stop = () => {
      if (trainer) trainer.stopTraining = true;
    };
    return {
      onTrainBegin(started) {
        trainer = started;
        if (when === "onTrainBegin") stop();
      },
      [when === "onTrainBegin" ? "onTrainEnd" : when]: stop,
    };
  };

  it.each([
    ["onTrainBegin", []],
    ["onBatchEnd", [0]],
    ["onEpochEnd", [0]],
  ] as const)("stop training from %s, after the running epoch", async (when, epochs) => {
    const model = await classifier();
    const history = await model.fit(blobs(12), { epochs: 5, batchSize: 4, callbacks: [stopper(when)] });
    expect(history.epoch).toEqual(epochs);
    const again = await model.fit(blobs(12), { epochs: 2 });
    expect(again.epoch).toEqual([0, 1]);
  });

  it("look at the model and use it, without a trace in the training", async () => {
    const data = blobs(24);
    const [plain, watched] = [await classifier(), await classifier()];
    const expected = await plain.fit(data, { epochs: 2, batchSize: 5 });
    const onBatchEnd = () => {
      watched.predict(data.x);
      watched.trace(data);
      watched.getWeights();
      watched.save();
      void watched.evaluate(data);
    };
    expect(await watched.fit(data, { epochs: 2, batchSize: 5, callbacks: [{ onBatchEnd }] })).toEqual(expected);
    expect(stateOf(watched)).toBe(stateOf(plain));
  });

  it("set weights, from which training continues", async () => {
    const data = blobs(12);
    const model = await classifier({ optimizer: "sgd" });
    const zeros = model.getWeights().map((weight) => ({ ...weight, data: new Float32Array(weight.data.length) }));
    let onTrainEnd = "";
    await model.fit(data, {
      epochs: 2,
      callbacks: [
        {
          onEpochEnd: () => model.setWeights(zeros),
          onTrainEnd: () => {
            onTrainEnd = String(model.getWeights().every(({ data }) => data.every((w) => w === 0)));
          },
        },
      ],
    });
    expect(onTrainEnd).toBe("true");
  });

  it("throw: fit rejects with that very error, and the model can be used and trained again", async () => {
    const model = await classifier();
    const error = new Error("mine");
    const onBatchEnd = () => {
      throw error;
    };
    await expect(model.fit(blobs(9), { callbacks: [{ onBatchEnd }] })).rejects.toBe(error);
    expect((await model.fit(blobs(9), { epochs: 2 })).epoch).toEqual([0, 1]);
  });
});

it("snapshot and restore put weights back as they were", async () => {
  const model = await classifier();
  let saved: Float32Array | undefined;
  let trainer: Trainer | undefined;
  const before = model.getWeights();
  await model.fit(blobs(9), {
    callbacks: [
      {
        onTrainBegin(started) {
          trainer = started;
          saved = started.snapshot();
        },
        onTrainEnd() {
          expect(model.getWeights()).not.toEqual(before);
          if (saved) trainer?.restore(saved);
        },
      },
    ],
  });
  expect(model.getWeights()).toEqual(before);
});
