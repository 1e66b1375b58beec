// earlyStopping with the semantics of Keras 3: the callback alone, epoch by epoch, then in a real fit.
import { describe, expect, it } from "vitest";
import { type EarlyStoppingOptions, earlyStopping, type Logs, OptionError, type Trainer } from "../../src/index.js";
import { blobs, classifier } from "./models.js";

/** Feeds one value per epoch; the weights of epoch n are [n]. */
function simulate(
  options: EarlyStoppingOptions,
  values: number[],
  name = "valLoss",
  callback = earlyStopping(options),
) {
  let weights: Float32Array = Float32Array.of(-1);
  const trainer: Trainer = {
    stopTraining: false,
    learningRate: 0.1,
    epochs: values.length,
    signal: null,
    isInterrupted: false,
    metrics: [
      { type: "accuracy", name: "accuracy" },
      { type: "meanAbsoluteError", name: "meanAbsoluteError" },
    ],
    validationFreq: 1,
    initialEpoch: 0,
    save: () => new Uint8Array(),
    snapshot: () => weights.slice(),
    restore: (snapshot: Float32Array) => {
      weights = snapshot;
    },
    resumeFrom: () => {},
    inspect: () => ({ activations: [], gradients: [], weights: [] }),
  };
  callback.onTrainBegin?.(trainer);
  let stoppedAt = -1;
  for (let epoch = 0; epoch < values.length && stoppedAt < 0; epoch++) {
    weights = Float32Array.of(epoch);
    callback.onEpochEnd?.(epoch, { loss: 0, [name]: values[epoch] } as Logs<string> as Logs);
    if (trainer.stopTraining) stoppedAt = epoch;
  }
  callback.onTrainEnd?.();
  return { stoppedAt, weightsOf: weights[0] };
}

describe("stops", () => {
  it.each<[what: string, options: EarlyStoppingOptions, values: number[], stoppedAt: number]>([
    ["at the first epoch without improvement", {}, [1, 0.9, 0.95, 0.1], 2],
    ["never while it improves", {}, [1, 0.9, 0.8, 0.7], -1],
    ["when the value stays equal", {}, [1, 1, 0.1], 1],
    ["after `patience` such epochs in a row", { patience: 2 }, [1, 0.9, 0.95, 0.96, 0.1], 3],
    ["not if it improves in between", { patience: 2 }, [1, 1.1, 0.9, 1, 0.8, 0.9], -1],
    ["patience counts from the best, not from the last", { patience: 3 }, [1, 1.3, 1.2, 1.1, 0.5], 3],
    ["an improvement must exceed minDelta", { minDelta: 0.125 }, [1, 0.875, 0.1], 1],
    ["more than minDelta is one", { minDelta: 0.125 }, [1, 0.75, 0.5, 0.25], -1],
    ["slow progress adds up against the best", { minDelta: 0.125, patience: 2 }, [1, 0.9375, 0.8125, 0.75, 0.625], -1],
    ["NaN is not an improvement", { patience: 1 }, [1, Number.NaN, 0.5], 1],
    ["not at epoch 0", {}, [Number.NaN, 0.5, 0.4], -1],
    ["baseline: better than before is not enough", { baseline: 0.5, patience: 2 }, [1, 0.9, 0.8, 0.85, 0.1], 3],
    ["baseline: once beaten, patience starts anew", { baseline: 0.5, patience: 2 }, [1, 0.4, 0.45, 0.42, 0.1], 3],
    ["startFromEpoch: earlier epochs are not looked at", { startFromEpoch: 2 }, [1, 2, 3, 4], 3],
    ["startFromEpoch: nor are they the best", { startFromEpoch: 2 }, [0.1, 0.1, 3, 2, 1], -1],
  ])("%s", (_, options, values, stoppedAt) => {
    expect(simulate(options, values).stoppedAt).toBe(stoppedAt);
  });
});

describe("mode", () => {
  const rising = [0.1, 0.2, 0.3];
  const falling = [0.3, 0.2, 0.1];

  it.each<[monitor: string, mode: EarlyStoppingOptions["mode"], better: number[], worse: number[]]>([
    ["valLoss", "auto", falling, rising],
    ["loss", "auto", falling, rising],
    ["valAccuracy", "auto", rising, falling],
    ["accuracy", "auto", rising, falling],
    ["valMeanAbsoluteError", "auto", falling, rising],
    ["valLoss", "max", rising, falling],
    ["accuracy", "min", falling, rising],
  ])("of %s, %s", (monitor, mode = "auto", better, worse) => {
    expect(simulate({ monitor, mode }, better, monitor).stoppedAt).toBe(-1);
    expect(simulate({ monitor, mode }, worse, monitor).stoppedAt).toBe(1);
  });

  it("max turns minDelta and baseline round", () => {
    const options: EarlyStoppingOptions = { monitor: "accuracy", minDelta: 0.125 };
    expect(simulate(options, [0.5, 0.625], "accuracy").stoppedAt).toBe(1);
    expect(simulate(options, [0.5, 0.75], "accuracy").stoppedAt).toBe(-1);
    const baseline = { monitor: "accuracy", baseline: 0.9, patience: 2 };
    expect(simulate(baseline, [0.5, 0.6, 0.55, 0.95], "accuracy").stoppedAt).toBe(2);
  });
});

describe("restoreBestWeights", () => {
  it.each<[what: string, options: EarlyStoppingOptions, values: number[], weightsOf: number]>([
    ["ends with the best epoch", { patience: 2 }, [1, 0.5, 0.6, 0.7], 1],
    ["also when training ran to its end", { patience: 9 }, [1, 0.5, 0.6], 1],
    ["is the last epoch when that was best", { patience: 2 }, [1, 0.9, 0.8], 2],
    ["ignores less than minDelta", { patience: 3, minDelta: 0.125 }, [1, 0.9375, 0.9], 0],
    ["ignores epochs before startFromEpoch", { patience: 3, startFromEpoch: 1 }, [0.1, 0.9, 0.8, 0.95], 2],
    ["falls back on the first epoch watched", { patience: 2 }, [Number.NaN, Number.NaN, Number.NaN], 0],
  ])("%s", (_, options, values, weightsOf) => {
    expect(simulate({ ...options, restoreBestWeights: true }, values).weightsOf).toBe(weightsOf);
    expect(simulate(options, values).weightsOf).toBe(
      simulate(options, values).stoppedAt < 0 ? values.length - 1 : simulate(options, values).stoppedAt,
    );
  });
});

it("starts anew with each fit", () => {
  const options = { patience: 1, restoreBestWeights: true };
  const callback = earlyStopping(options);
  expect(simulate(options, [0.1, 0.2], "valLoss", callback)).toEqual({ stoppedAt: 1, weightsOf: 0 });
  expect(simulate(options, [5, 4, 3], "valLoss", callback)).toEqual({ stoppedAt: -1, weightsOf: 2 });
});

describe("in fit", () => {
  it("stops, and ends with the weights of the best epoch", async () => {
    const model = await classifier({ optimizer: { type: "adam", learningRate: 0.3 } as never });
    const [train, held] = [blobs(30), blobs(30, { seed: 8 })];
    const weights: unknown[] = [];
    const onEpochEnd = (_: number, _logs: Logs) => weights.push(model.getWeights());
    const callbacks = [{ onEpochEnd }, earlyStopping({ patience: 2, restoreBestWeights: true })];
    const { valLoss } = await model.fit(train, { epochs: 200, batchSize: 4, validationData: held, callbacks });
    expect(valLoss.length).toBeLessThan(200);
    const best = valLoss.indexOf(Math.min(...valLoss));
    expect(best).toBe(valLoss.length - 3);
    expect(model.getWeights()).toEqual(weights[best]);
    expect(model.getWeights()).not.toEqual(weights[weights.length - 1]);
    expect((await model.evaluate(held)).loss).toBe(valLoss[best]);
  });

  it("says what there is when its monitor is not", async () => {
    const model = await classifier();
    const fit = model.fit(blobs(9), { epochs: 3, callbacks: [earlyStopping()] });
    await expect(fit).rejects.toThrow(OptionError);
    await expect(fit).rejects.toThrow(/nothing is called "valLoss"; there is loss, accuracy.*validationSplit/);
    const typo = model.fit(blobs(9), { callbacks: [earlyStopping({ monitor: "acuracy" })] });
    await expect(typo).rejects.toThrow(
      /nothing is called "acuracy"; there is loss, accuracy\. Did you mean "accuracy"\?/,
    );
  });
});
