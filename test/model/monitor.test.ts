// The number that a callback watches, its better direction, and errors when there is none: in real fits whose weight
// of each epoch is given, so that every number of every epoch can be worked out by hand.
import { describe, expect, it } from "vitest";
import {
  type Callback,
  dense,
  type EarlyStoppingOptions,
  earlyStopping,
  type FitOptions,
  type History,
  type Logs,
  type Metric,
  modelCheckpoint,
  OptionError,
  reduceLROnPlateau,
  Sequential,
  sgd,
  type Trainer,
} from "../../src/index.js";

/** At weight 2 the model tells these rows apart, at -2 it takes each for the other. */
const data = { x: [[-1], [1], [-2], [2]], y: [0, 1, 0, 1] }; // biome-ignore format: rows

const START = 0.125;

async function oneWeight(metrics: readonly Metric[]) {
  const layers = [dense({ units: 1, activation: "sigmoid", useBias: false, kernelInitializer: "zeros" })];
  const model = await Sequential.create({ inputShape: [1], layers });
  model.setWeights([{ ...model.getWeights()[0], data: Float32Array.of(START) }]);
  // Too small a rate to move a weight of float32.
  model.compile({ optimizer: sgd({ learningRate: 1e-30 }), loss: "binaryCrossentropy", metrics });
  return model;
}

/** Sets the weight that epoch i trains with and is validated with. */
function weightsByEpoch(weights: readonly number[]): Callback {
  let trainer: Trainer;
  return {
    onTrainBegin(started) {
      trainer = started;
    },
    onEpochBegin(epoch) {
      const slab = trainer.snapshot();
      const place = slab.findIndex((value) => value !== 0);
      slab[place] = weights[epoch];
      trainer.restore(slab);
    },
  };
}

/** Trains through these weights; returns the final weight with the history. */
async function run(
  weights: readonly number[],
  callbacks: readonly Callback[],
  { metrics = [], ...options }: FitOptions & { metrics?: readonly Metric[] } = {},
) {
  const model = await oneWeight(metrics);
  const given = { epochs: weights.length, validationData: data, ...options };
  const history = await model.fit(data, { ...given, callbacks: [weightsByEpoch(weights), ...callbacks] });
  return { history, weight: model.getWeights()[0].data[0] };
}

const up = ["accuracy", "binaryAccuracy", "precision", "recall", "f1", "fbeta", "auc", "balancedAccuracy"] as const;
const upToo = ["matthewsCorrcoef", "cohenKappa", "r2"] as const;
const down = ["logLoss", "brier", "meanSquaredError", "rootMeanSquaredError", "meanAbsoluteError"] as const;

/** A metric of each kind, under names that say nothing, or the contrary. */
const named: readonly (readonly [Metric, string])[] = [
  ...[...up, ...upToo].flatMap((type) => [
    [{ type, name: "score" }, "score"] as const,
    [{ type, name: "errorLoss" }, "errorLoss"] as const,
  ]),
  ...down.flatMap((type) => [
    [{ type, name: "score" }, "score"] as const,
    [{ type, name: "accuracy" }, "accuracy"] as const,
  ]),
  [{ type: "meanAbsolutePercentageError", name: "aucF1" }, "aucF1"],
  [{ type: "auc", curve: "pr", name: "roc" }, "roc"],
  [{ type: "recall", name: "__proto__" }, "__proto__"],
  [{ type: "f1", name: "constructor" }, "constructor"],
  [{ type: "brier", name: "toString" }, "toString"],
];

describe.each(["", "val"])("mode auto goes by the definition, with %s", (prefix) => {
  const monitorOf = (name: string) => (prefix ? `val${name[0].toUpperCase()}${name.slice(1)}` : name);
  const weights = [-2, 2, -2, -2, -2];

  it.each(named.map(([metric, name]) => ({ type: (metric as { type: string }).type, name, metric })))(
    "$type called $name",
    async ({ metric, name }) => {
      const monitor = monitorOf(name);
      const saved: number[] = [];
      const reduced: number[] = [];
      const { history, weight } = await run(
        weights,
        [
          reduceLROnPlateau({ monitor, patience: 1, onReduce: (epoch) => reduced.push(epoch) }),
          modelCheckpoint({ monitor, saveBestOnly: true, save: (_, { epoch }) => void saved.push(epoch) }),
          earlyStopping({ monitor, patience: 2, restoreBestWeights: true }),
        ],
        { metrics: [metric] },
      );
      expect((history as History<string>)[monitor]).toHaveLength(4);
      expect({ weight, saved, reduced }).toEqual({ weight: 2, saved: [0, 1], reduced: [2, 3] });
    },
  );
});

describe("a number of validation, where not every epoch is validated", () => {
  // Epochs 1, 3, 5 and 7 are validated; the others, better or worse, are not seen.
  const weights = [9, -2, 9, 2, 9, 1, 9, 0.5, 9, 0.25];
  const freq = { validationFreq: 2 };

  it("is passed over by patience, and the best that was seen is restored", async () => {
    const stopping = earlyStopping({ patience: 2, restoreBestWeights: true });
    const { history, weight } = await run(weights, [stopping], freq);
    expect(history.epoch).toHaveLength(8);
    expect(history.valLoss).toHaveLength(4);
    expect(weight).toBe(2);
  });

  it("does not count for reduceLROnPlateau, nor for its cooldown", async () => {
    const reduced: number[] = [];
    const callback = reduceLROnPlateau({ patience: 1, cooldown: 2, onReduce: (epoch) => reduced.push(epoch) });
    await run([...weights, 9, 0.2], [callback], freq);
    expect(reduced).toEqual([5, 9]);
  });

  it("is when saveBestOnly saves", async () => {
    const saved: number[] = [];
    const save = (_: unknown, { epoch }: { epoch: number }) => void saved.push(epoch);
    await run(weights, [modelCheckpoint({ save, saveBestOnly: true })], { validationFreq: [3, 4, 6] });
    expect(saved).toEqual([2]);
  });

  it("survives an interruption between two of them", async () => {
    const callbacks = () => [weightsByEpoch(weights), earlyStopping({ patience: 2, restoreBestWeights: true })];
    const options = { epochs: weights.length, validationData: data, ...freq };
    const stopper = new AbortController();
    const stop = { onEpochBegin: (epoch: number) => epoch === 5 && stopper.abort() };
    const model = await oneWeight([]);
    await model.fit(data, { ...options, callbacks: [...callbacks(), stop], signal: stopper.signal });
    const loaded = await Sequential.load(model.save());
    const { epoch } = await loaded.fit(data, { ...options, callbacks: callbacks(), resume: true });
    expect(epoch).toEqual([5, 6, 7]);
    expect(loaded.getWeights()[0].data[0]).toBe(2);
  });

  it("may be known before the last resumed epochs, which have none", async () => {
    const model = await oneWeight([]);
    const stopper = new AbortController();
    const options = { epochs: 5, validationData: data, validationFreq: 4 };
    const stop = { onEpochBegin: (epoch: number) => epoch === 4 && stopper.abort() };
    await model.fit(data, { ...options, callbacks: [earlyStopping(), stop], signal: stopper.signal });
    const { epoch } = await model.fit(data, { ...options, callbacks: [earlyStopping()], resume: true });
    expect(epoch).toEqual([4]);
  });
});

describe("says what is wrong before the first epoch, where", () => {
  const none = { validationData: undefined };
  const validation = "Give fit validationData or validationSplit; validationFreq must name an epoch of this fit.";
  const own = 'give mode: "max" or mode: "min".';
  const f1Score = { metrics: [{ type: "f1", name: "score" }, "accuracy"] as Metric[] };

  it.each<[what: string, watching: EarlyStoppingOptions, options: object, says: string[]]>([
    ["there is no validation", {}, none, ['nothing is called "valLoss"; there is loss.', validation]],
    ["validation never comes", {}, { validationFreq: 7 }, ["there is loss.", validation]],
    ["nor by a list", {}, { validationFreq: [4, 9] }, ["there is loss.", validation]],
    ["nor from the first epoch on", {}, { validationFreq: 2, initialEpoch: 2 }, ["there is loss.", validation]],
    ["it is Keras's", { monitor: "val_loss" }, {}, ["there is loss, valLoss.", 'Did you mean "valLoss"?']],
    ["both", { monitor: "val_loss" }, none, ['Did you mean "valLoss"?', validation]],
    ["acc is short", { monitor: "val_acc" }, f1Score, ['Did you mean "valAccuracy"?']],
    ["acc is short, too", { monitor: "acc" }, f1Score, ['Did you mean "accuracy"?']],
    ["acc is what it is called", { monitor: "val_accuracy" }, { metrics: ["acc"] }, ['Did you mean "valAcc"?']],
    ["mse is what it is called", { monitor: "meanSquaredError" }, { metrics: ["mse"] }, ['Did you mean "mse"?']],
    ["there is a typo", { monitor: "valScroe" }, f1Score, ["loss, score, accuracy, valLoss", 'mean "valScore"?']],
    ["it is of a callback", { monitor: "margin" }, {}, ['nothing is called "margin"', own]],
    ["it is of every object", { monitor: "constructor" }, {}, ['nothing is called "constructor"', own]],
    ["it is of every object, too", { monitor: "__proto__" }, {}, ['nothing is called "__proto__"', own]],
    ["it is the epoch", { monitor: "epoch" }, {}, ['nothing is called "epoch"', own]],
  ])("%s", async (_, watching, options, says) => {
    const begun: number[] = [];
    const { metrics = [], ...rest } = options as { metrics?: Metric[] };
    const model = await oneWeight(metrics);
    const given = { epochs: 3, validationData: data, ...rest };
    const monitor = watching.monitor ? { monitor: watching.monitor } : {};
    for (const callback of [
      earlyStopping(watching),
      reduceLROnPlateau(monitor),
      modelCheckpoint({ ...monitor, saveBestOnly: true, save: () => {} }),
    ]) {
      const attempt = model.fit(data, { ...given, callbacks: [callback, { onEpochBegin: (e) => begun.push(e) }] });
      await expect(attempt).rejects.toBeInstanceOf(OptionError);
      for (const part of says) await expect(attempt).rejects.toThrow(part);
    }
    expect(begun).toEqual([]);
  });

  it("saveBestOnly of validation after steps, which have none", async () => {
    const callback = modelCheckpoint({ saveBestOnly: true, saveFreq: 2, save: () => {} });
    await expect(run([1], [callback])).rejects.toThrow(/no validation after a step: use saveFreq: "epoch", or monitor/);
  });
});

describe("a number that a callback adds to the logs", () => {
  const adding = (values: readonly number[]): Callback => ({
    onEpochEnd(epoch, logs) {
      (logs as Record<string, number>).margin = values[epoch];
    },
  });

  it.each([
    ["max", 1],
    ["min", 3],
  ] as const)("is watched with mode %s, as the error says", async (mode, best) => {
    const stopping = earlyStopping({ monitor: "margin", mode, patience: 9, restoreBestWeights: true });
    const { weight } = await run([10, 11, 12, 13], [adding([0.2, 0.9, 0.3, 0.1]), stopping]);
    expect(weight).toBe(10 + best);
  });

  it("is missed after the first epoch that does not have it", async () => {
    const ended: number[] = [];
    const callbacks = [
      { onEpochEnd: (epoch: number, _: Logs) => void ended.push(epoch) },
      earlyStopping({ monitor: "margn", mode: "max" }),
    ];
    await expect(run([1, 2, 3], callbacks)).rejects.toThrow(/nothing is called "margn"; there is loss, valLoss\.$/);
    expect(ended).toEqual([0]);
  });
});

it("a model in a worker is told the same", async () => {
  const metrics: Metric[] = [{ type: "recall", name: "sensitivity" }];
  const near = await oneWeight(metrics);
  const model = await Sequential.load(near.save(), { worker: true });
  const weights = [9, -2, 9, 2, 9, -1, 9, -0.5];
  const options = { epochs: weights.length, validationData: data, validationFreq: 2 };
  const stopping = earlyStopping({ monitor: "valSensitivity", patience: 2, restoreBestWeights: true });
  const callbacks = [weightsByEpoch(weights), stopping];
  const expected = await near.fit(data, { ...options, callbacks });
  expect(await model.fit(data, { ...options, callbacks })).toEqual(expected);
  expect(expected.epoch).toHaveLength(8);
  expect((await model.getWeights())[0].data[0]).toBe(2);
  const wrong = model.fit(data, { ...options, callbacks: [earlyStopping({ monitor: "val_loss" })] });
  await expect(wrong).rejects.toThrow('Did you mean "valLoss"?');
  await model.dispose();
});

it("checkpoints of every epoch need no monitor", async () => {
  const saved: number[] = [];
  const save = (_: unknown, { epoch }: { epoch: number }) => void saved.push(epoch);
  await run([1, 1], [modelCheckpoint({ save, monitor: "anything" })], { validationData: undefined } as never);
  expect(saved).toEqual([0, 1]);
});
