// Requests of callbacks to a trainer, with the model here or in a worker: the same answers, bits and files.
import { describe, expect, it } from "vitest";
import {
  type Callback,
  earlyStopping,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  Sequential,
  type Trainer,
  terminateOnNaN,
  trainingControl,
  type WorkerModel,
  watch,
} from "../../src/index.js";
import { sampleInQuick } from "../support/inFull.js";
import { blobs } from "./models.js";
import { createTwin, type Model, outcomeOf, quiet, type Scenario } from "./twins.js";

const data = blobs(60);
const huge = { x: new Float32Array(64).fill(3e38), y: Float32Array.from({ length: 32 }, (_, row) => row % 3) };
const batches = { ...quiet, batchSize: 20 };

/** A callback whose hooks are given the trainer. */
function withTrainer(hooks: (trainer: () => Trainer) => Callback): Callback {
  let trainer: Trainer;
  const { onTrainBegin, ...others } = hooks(() => trainer);
  return {
    ...others,
    onTrainBegin(given) {
      trainer = given;
      return onTrainBegin?.(given);
    },
  };
}

async function attempt(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return String(error);
  }
}

const scenarios: Record<string, Scenario> = {
  "a rate that is set, then saved in the same hook": async (m) => {
    const files: Uint8Array[] = [];
    const callback = withTrainer((trainer) => ({
      onBatchEnd({ step }) {
        if (step === 1) trainer().learningRate /= 2;
        files.push(trainer().save());
      },
    }));
    await m.fit(data, { ...batches, epochs: 2, callbacks: [callback] });
    return files;
  },
  "weights that are restored, then saved and read in the same hook": async (m) => {
    const seen: unknown[] = [];
    let first: Float32Array;
    const callback = withTrainer((trainer) => ({
      onTrainBegin(given) {
        first = given.snapshot();
      },
      onEpochEnd() {
        trainer().restore(first);
        seen.push(trainer().snapshot(), trainer().save());
      },
    }));
    await m.fit(data, { ...batches, epochs: 2, callbacks: [callback] });
    return seen;
  },
  "a stop within an epoch, then saved in the same hook": async (m) => {
    let file = new Uint8Array();
    const callback = withTrainer((trainer) => ({
      onBatchEnd({ epoch, step }) {
        if (epoch !== 1 || step !== 0) return;
        trainer().stopTraining = true;
        file = trainer().save();
      },
    }));
    const history = await m.fit(data, { ...batches, epochs: 9, callbacks: [callback] });
    const resumed = await Sequential.load(file);
    return [history, file, await resumed.fit(data, { ...batches, epochs: 9, resume: true })];
  },
  "a checkpoint of every other step remembers itself": async (m) => {
    const files: Uint8Array[] = [];
    const checkpoint = () =>
      modelCheckpoint({ saveFreq: 2, monitor: "loss", saveBestOnly: true, save: (bytes) => void files.push(bytes) });
    await m.fit(data, { ...batches, epochs: 3, callbacks: [checkpoint(), earlyStopping({ monitor: "loss" })] });
    const resumed = await Sequential.load(files[0]);
    await resumed
      .fit(data, { ...batches, epochs: 3, resume: true, callbacks: [checkpoint(), earlyStopping()] })
      .catch(() => {});
    return files;
  },
  "another callback's trainer": async (m) => {
    let shared: Trainer;
    const seen: unknown[] = [];
    const callbacks: Callback[] = [
      {
        onTrainBegin: (trainer) => {
          shared = trainer;
        },
      },
      {
        onEpochEnd(epoch) {
          seen.push(shared.learningRate, shared.snapshot());
          if (epoch === 0) shared.learningRate = 0.5;
          if (epoch === 2) shared.stopTraining = true;
        },
      },
    ];
    return [await m.fit(data, { ...batches, epochs: 9, callbacks }), seen];
  },
  "a trainer after the end": async (m) => {
    let trainer: Trainer | undefined;
    await m.fit(data, {
      ...batches,
      callbacks: [
        {
          onTrainBegin: (given) => {
            trainer = given;
          },
        },
      ],
    });
    const { epochs, learningRate, stopTraining, isInterrupted, metrics } = trainer as Trainer;
    return [Object.keys(trainer as Trainer).sort(), epochs, learningRate, stopTraining, isInterrupted, metrics];
  },
  "refused by the trainer, caught in the hook": async (m) => {
    const said: unknown[] = [];
    const callback = withTrainer((trainer) => ({
      async onTrainBegin(given) {
        said.push(
          await attempt(() => {
            given.learningRate = -1;
          }),
        );
        said.push(await attempt(() => given.restore(new Float32Array(3))));
        said.push(await attempt(() => given.restore([1] as never)));
      },
      async onEpochEnd() {
        said.push(await attempt(() => trainer().resumeFrom(new Uint8Array(9))));
      },
    }));
    return [await m.fit(data, { ...batches, callbacks: [callback] }), said];
  },
  "a file of rubbish to resume from": (m) =>
    m.fit(data, { ...batches, callbacks: [{ onTrainBegin: (trainer) => trainer.resumeFrom(new Uint8Array(9)) }] }),
  "an earlier file to resume from": async (m) => {
    const files: Uint8Array[] = [];
    const keep = withTrainer((trainer) => ({ onBatchEnd: () => files.push(trainer().save()) }));
    await m.fit(data, { ...batches, epochs: 2, callbacks: [keep] });
    const back: Callback = { onTrainBegin: async (trainer) => await trainer.resumeFrom(files[4]) };
    return m.fit(data, { ...batches, epochs: 3, callbacks: [back] });
  },
  "logs from which a callback deletes, and to which it adds keys of any name": (m) => {
    const seen: unknown[] = [];
    const mine: Callback = {
      onEpochEnd(_, logs: Record<string, unknown>) {
        const { loss } = logs;
        delete logs.loss;
        delete logs.accuracy;
        for (const [key, value] of [
          ["__proto__", 1],
          ["toString", 2],
          ["loss", loss],
        ] as const) {
          Object.defineProperty(logs, key, { value, enumerable: true, configurable: true, writable: true });
        }
      },
    };
    const after: Callback = { onEpochEnd: (_, logs) => void seen.push(Object.entries(logs)) };
    return Promise.resolve(m.fit(data, { epochs: 2, callbacks: [mine, after], ...quiet })).then((history) => [
      history,
      seen,
    ]);
  },
  "logs that a callback adds to": (m) => {
    const mine: Callback = { onEpochEnd: (epoch, logs) => Object.assign(logs, { mine: Math.abs(epoch - 2) }) };
    const stop = earlyStopping({ monitor: "mine", mode: "min", patience: 1 });
    return m.fit(data, { ...batches, epochs: 9, callbacks: [mine, stop] });
  },
  "interrupted, as soon as the signal is aborted": async (m) => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    const callback = withTrainer((trainer) => ({
      onEpochEnd(epoch) {
        seen.push(trainer().isInterrupted);
        if (epoch === 1) stop.abort();
        seen.push(trainer().isInterrupted, trainer().signal?.aborted);
      },
    }));
    return [await m.fit(data, { ...batches, epochs: 9, signal: stop.signal, callbacks: [callback] }), seen];
  },
  "memories of every kind, changed between hooks": async (m) => {
    const memory = { list: [1, Number.NaN, -0], weights: new Float32Array(2), text: "" };
    const remembering = (): Callback => ({
      name: "memory",
      getState: () => memory,
      setState: async (state) => {
        await 0;
        memory.text = `resumed with ${JSON.stringify(state)}`;
      },
      onEpochBegin: () => {},
    });
    const stop = new AbortController();
    const callbacks = [
      remembering(),
      {
        onEpochEnd(epoch: number) {
          memory.list.push(epoch);
          memory.weights[0] += 0.5;
          if (epoch === 2) stop.abort();
        },
      },
    ];
    await m.fit(data, { ...batches, epochs: 9, signal: stop.signal, callbacks });
    await m.fit(data, { ...batches, epochs: 9, resume: true, callbacks: [remembering()] });
    return memory.text;
  },
  "files of the model itself, from a hook": async (m) => {
    const files: Uint8Array[] = [];
    const saving: Callback = {
      onEpochEnd: async () => {
        files.push(await m.save());
      },
    };
    const stopping = () => earlyStopping({ monitor: "loss", patience: 5 });
    await m.fit(data, { ...batches, epochs: 3, callbacks: [stopping(), saving, stopping()] });
    return files;
  },
  "an error of numbers is the same for the hook and for fit": async (m) => {
    let heard: unknown;
    const callback: Callback = {
      onNonFinite: (error) => {
        heard = error;
        return undefined;
      },
    };
    const thrown = await m.fit(huge, { ...quiet, callbacks: [callback] }).catch((error: unknown) => error);
    return [thrown === heard, String(heard)];
  },
  "several that hear of an error of numbers": async (m) => {
    const said: string[] = [];
    const slow: Callback = {
      onNonFinite: async (error) => {
        await 0;
        said.push(error.name);
        return false;
      },
    };
    const stop = terminateOnNaN({ onStop: (error) => said.push(error.message) });
    return [await m.fit(huge, { ...quiet, callbacks: [slow, stop, slow] }), said];
  },
  "those of the library together": (m) =>
    m.fit(data, {
      ...{ ...batches, epochs: 12, validationSplit: 0.2 },
      callbacks: [
        reduceLROnPlateau({ patience: 1, minDelta: 0.05 }),
        learningRateScheduler((epoch, rate) => (epoch < 3 ? rate : rate * 0.9)),
        watch({ every: 2 }),
        trainingControl(),
        earlyStopping({ patience: 2, minDelta: 0.02, restoreBestWeights: true }),
      ],
    }),
};

describe.each([
  ["shares memory", undefined],
  ["is not cross-origin isolated", false],
])("here and in a worker the same, where a page %s:", (_, isIsolated) => {
  const cases = sampleInQuick(Object.entries(scenarios));
  // Such a page cannot read back a value that a hook has changed.
  const asked = [
    "weights that are restored, then saved and read in the same hook",
    "refused by the trainer, caught in the hook",
    "interrupted, as soon as the signal is aborted",
  ];

  it.each(cases.filter(([name]) => isIsolated === undefined || !asked.includes(name)))(
    "%s",
    async (_name, scenario) => {
      const here = await outcomeOf(scenario, false);
      if (isIsolated !== undefined)
        Object.defineProperty(globalThis, "crossOriginIsolated", { value: isIsolated, configurable: true });
      try {
        expect(await outcomeOf(scenario, true)).toEqual(here);
      } finally {
        if (isIsolated !== undefined) Reflect.deleteProperty(globalThis, "crossOriginIsolated");
      }
    },
  );
});

it("training stops by a trainer from outside of any hook", async () => {
  const epochs = async (m: Model) => {
    let trainer: Trainer;
    const slow: Callback = {
      onTrainBegin: (given) => {
        trainer = given;
      },
      async onEpochEnd(epoch) {
        if (epoch === 1)
          setTimeout(() => {
            trainer.stopTraining = true;
          }, 0);
        await new Promise((resolve) => setTimeout(resolve, epoch === 1 ? 20 : 0));
      },
    };
    return (await m.fit(data, { ...batches, epochs: 1000, callbacks: [slow] })).epoch.length;
  };
  expect(await epochs((await createTwin(true)) as WorkerModel)).toBe(await epochs(await createTwin(false)));
});

describe.each([false, true])("what a trainer would ignore is refused (worker: %s)", (worker) => {
  it.each<[string, (trainer: Trainer) => unknown, string]>([
    [
      "stop_training",
      (trainer) => Object.assign(trainer, { stop_training: true }),
      'trainer: stop_training cannot be set. Did you mean "stopTraining"? A callback may set stopTraining and learningRate.',
    ],
    [
      "lr",
      (trainer) => Object.assign(trainer, { lr: 0.1 }),
      "trainer: lr cannot be set. A callback may set stopTraining and learningRate.",
    ],
    [
      "epochs",
      (trainer) => Object.assign(trainer, { epochs: 9 }),
      "trainer: epochs cannot be set. A callback may set stopTraining and learningRate.",
    ],
    [
      "a number",
      (trainer) => Object.assign(trainer, { stopTraining: 1 }),
      "stopTraining: expected true or false, got 1.",
    ],
    [
      "a text",
      (trainer) => Object.assign(trainer, { learningRate: "0.1" }),
      'learningRate: expected a finite number >= 0, got "0.1".',
    ],
    [
      "no rows",
      (trainer) => trainer.inspect(undefined as never),
      "inspect: rows: expected Infinity or an integer >= 0,",
    ],
    ["half a row", (trainer) => trainer.inspect(1.5), "inspect: rows: expected Infinity or an integer >= 0, got 1.5."],
    [
      "options of save",
      (trainer) => (trainer.save as (options: object) => unknown)({ optimizer: false }),
      "save: expected 0 arguments, got 1: an object would be ignored.",
    ],
    [
      "rows of snapshot",
      (trainer) => (trainer.snapshot as (rows: number) => unknown)(2),
      "snapshot: expected 0 arguments, got 1: 2 would be ignored.",
    ],
  ])("%s", async (_, use, message) => {
    const model = await createTwin(worker);
    const errors: unknown[] = [];
    const callback = withTrainer((trainer) => ({
      onEpochEnd: async () => errors.push(await attempt(() => use(trainer()))),
    }));
    try {
      await model.fit(data, { ...batches, epochs: 1, callbacks: [callback] });
      expect(errors).toEqual([expect.stringContaining(`OptionError: ${message}`)]);
    } finally {
      model.dispose();
    }
  });
});
