// Callbacks that change the learning rate: Keras's rules by hand, and the rate that a step really takes.
import { describe, expect, it } from "vitest";
import {
  type Callback,
  exponentialDecay,
  type Logs,
  learningRateScheduler,
  OptionError,
  type ReduceLROnPlateauOptions,
  reduceLROnPlateau,
  Sequential,
  sgd,
  type Trainer,
} from "../../src/index.js";
import { blobs, classifier } from "./models.js";
import { runtimes } from "./runtimes.js";

const data = blobs(12);

/** Rates at the end of each epoch, when the monitored number takes these values. */
async function ratesFor(values: readonly number[], options: ReduceLROnPlateauOptions, learningRate = 1) {
  const model = await classifier({ optimizer: sgd({ learningRate }) });
  const rates: number[] = [];
  const reduced: number[][] = [];
  const onReduce = (epoch: number, rate: number) => reduced.push([epoch, rate]);
  const callback = reduceLROnPlateau({ monitor: "watched", mode: "min", ...options, onReduce });
  await model.fit(data, {
    epochs: values.length,
    callbacks: [
      {
        onTrainBegin: (trainer) => callback.onTrainBegin?.(trainer),
        onEpochEnd: (epoch) => callback.onEpochEnd?.(epoch, { watched: values[epoch] } as Logs<string> as Logs),
      },
      readRates(rates),
    ],
  });
  return { rates, reduced };
}

function readRates(rates: number[]): Callback {
  let trainer: Trainer;
  return {
    onTrainBegin(started) {
      trainer = started;
    },
    onEpochEnd() {
      rates.push(trainer.learningRate);
    },
  };
}

describe("reduceLROnPlateau", () => {
  it.each<[string, number[], ReduceLROnPlateauOptions, number[]]>([
    [
      "after patience epochs without improvement",
      [5, 5, 5, 5, 5],
      { patience: 2, factor: 0.5 },
      [1, 1, 0.5, 0.5, 0.25],
    ],
    ["not while it improves", [5, 4, 3, 2], { patience: 1, factor: 0.5 }, [1, 1, 1, 1]],
    ["by more than minDelta", [5, 4.95, 4.92, 4.85], { patience: 1, factor: 0.5, minDelta: 0.1 }, [1, 0.5, 0.25, 0.25]],
    ["with minDelta 1e-4 unless told otherwise", [5, 4.99995], { patience: 1, factor: 0.5 }, [1, 0.5]],
    ["the best, not the last, counts", [3, 5, 4, 3.5], { patience: 2, factor: 0.5 }, [1, 1, 0.5, 0.5]],
    [
      "a cooldown is not counted",
      [5, 5, 5, 5, 5],
      { patience: 1, factor: 0.5, cooldown: 2 },
      [1, 0.5, 0.5, 0.25, 0.25],
    ],
    [
      "no lower than minLearningRate",
      [5, 5, 5, 5],
      { patience: 1, factor: 0.1, minLearningRate: 0.05 },
      [1, 0.1, 0.05, 0.05],
    ],
    ["more is better", [1, 2, 2, 2], { patience: 1, factor: 0.5, mode: "max" }, [1, 1, 0.5, 0.25]],
    ["10 epochs, a tenth", new Array(11).fill(1), {}, [...new Array(10).fill(1), 0.1]],
  ])("%s", async (_, values, options, expected) => {
    const { rates, reduced } = await ratesFor(values, options);
    expect(rates).toBeAllClose(expected, { rtol: 1e-12, atol: 0 });
    const steps = expected.flatMap((rate, epoch) => (rate < (expected[epoch - 1] ?? 1) ? [epoch] : []));
    expect(reduced.map(([epoch]) => epoch)).toEqual(steps);
  });

  it("says what there is to watch", async () => {
    const attempt = (await classifier()).fit(data, { callbacks: [reduceLROnPlateau()] });
    await expect(attempt).rejects.toThrow(/reduceLROnPlateau: monitor: nothing is called "valLoss".*validationData/);
  });

  it.each<[string, object, RegExp]>([
    ["lr", { lr: 1 }, /unknown option "lr"/],
    ["a factor of 1", { factor: 1 }, /factor: expected a finite number > 0 and < 1, got 1/],
    ["a factor of 0", { factor: 0 }, /factor: .* got 0/],
    ["patience", { patience: -1 }, /patience: .* got -1/],
    ["cooldown", { cooldown: 0.5 }, /cooldown: .* got 0.5/],
    ["minDelta", { minDelta: "0" }, /minDelta: .* got "0"/],
    ["minLearningRate", { minLearningRate: -1 }, /minLearningRate: .* got -1/],
    ["mode", { mode: "low" }, /mode: .*"low"/],
    ["monitor", { monitor: 1 }, /monitor: expected a name, got 1/],
    ["onReduce", { onReduce: 1 }, /onReduce: expected a function, got 1/],
  ])("rejects %s", (_, options, message) => {
    expect(() => reduceLROnPlateau(options)).toThrow(message);
    expect(() => reduceLROnPlateau(options)).toThrow(OptionError);
  });
});

describe.each(runtimes)("%s", (_, runtime) => {
  it("a rate that was set is the one that steps take, until compile", async () => {
    const rates = [0.1, 0.02, 0.5];
    const [scheduled, stepwise] = [
      await classifier({ ...runtime, optimizer: sgd() }),
      await classifier({ ...runtime, optimizer: sgd() }),
    ];
    await scheduled.fit(data, { epochs: 3, callbacks: [learningRateScheduler((epoch) => rates[epoch])] });
    const weights = stepwise.getWeights();
    for (const learningRate of rates) {
      const once = await classifier({ ...runtime, optimizer: sgd({ learningRate }) });
      once.setWeights(stepwise.getWeights());
      await once.trainOnBatch(data);
      stepwise.setWeights(once.getWeights());
    }
    expect(scheduled.getWeights()).toEqual(stepwise.getWeights());
    expect(scheduled.getWeights()).not.toEqual(weights);
    const next = await classifier({ ...runtime, optimizer: sgd({ learningRate: 0.5 }) });
    next.setWeights(scheduled.getWeights());
    await next.trainOnBatch(data);
    const loaded = await Sequential.load(scheduled.save(), runtime);
    for (const model of [scheduled, loaded]) {
      await model.trainOnBatch(data);
      expect(model.getWeights()).toEqual(next.getWeights());
    }
  });
});

describe("learningRateScheduler", () => {
  it("gets the epoch and the rate so far, that of a schedule too", async () => {
    const seen: number[][] = [];
    const spy = (epoch: number, rate: number) => {
      seen.push([epoch, rate]);
      return rate / 2;
    };
    const model = await classifier({ optimizer: sgd({ learningRate: 0.8 }) });
    await model.fit(data, { epochs: 5, initialEpoch: 2, callbacks: [learningRateScheduler(spy)] });
    expect(seen).toEqual([
      [2, 0.8],
      [3, 0.4],
      [4, 0.2],
    ]);
    const learningRate = exponentialDecay({ initialLearningRate: 0.5, decaySteps: 1, decayRate: 0.5 });
    model.compile({ optimizer: sgd({ learningRate }), loss: "sparseCategoricalCrossentropy" });
    await model.fit(data, { epochs: 1 });
    await model.fit(data, { epochs: 1, callbacks: [learningRateScheduler(spy)] });
    expect(seen[3]).toEqual([0, 0.25]);
  });

  it.each<[string, unknown, RegExp]>([
    ["a negative rate", () => -1, /learningRateScheduler: epoch 0: expected a finite number >= 0, got -1/],
    ["nothing", () => undefined, /epoch 0: .* got undefined/],
    ["NaN", () => Number.NaN, /epoch 0: .* got NaN/],
  ])("rejects %s", async (_, schedule, message) => {
    const model = await classifier();
    await expect(model.fit(data, { callbacks: [learningRateScheduler(schedule as never)] })).rejects.toThrow(message);
  });

  it("rejects anything but a function", () => {
    expect(() => learningRateScheduler(0.1 as never)).toThrow(/learningRateScheduler: expected a function, got 0.1/);
  });

  it("a callback may set the rate itself, but to a number only", async () => {
    const set = (rate: unknown): Callback => ({
      onTrainBegin: (trainer) => {
        trainer.learningRate = rate as number;
      },
    });
    const model = await classifier();
    await expect(model.fit(data, { callbacks: [set("0.1")] })).rejects.toThrow(/learningRate: .* got "0.1"/);
    const before = model.getWeights();
    await model.fit(data, { epochs: 3, callbacks: [set(0)] });
    expect(model.getWeights()).toEqual(before);
  });
});
