// A run that is interrupted anywhere and resumed is the run that was never interrupted, bit for bit.
import { describe, expect, it } from "vitest";
import {
  adam,
  type BatchPosition,
  batchNormalization,
  type Callback,
  type CallbackState,
  type CompileOptions,
  dense,
  dropout,
  earlyStopping,
  type FitOptions,
  learningRateScheduler,
  modelCheckpoint,
  OptionError,
  pipeline,
  type RuntimeOptions,
  reduceLROnPlateau,
  Sequential,
  type SequentialOptions,
  type Stream,
  type Trainer,
} from "../../src/index.js";
import { sampleInQuick } from "../support/inFull.js";
import { blobs, classifier, stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";
import { createTwin } from "./twins.js";

const train = blobs(38);
const held = blobs(15, { seed: 8 });
const STEPS = 5;
const EPOCHS = 5;

/** Places in a run where something may happen: the hook, and which of its calls. */
type Place = [hook: "onTrainBegin" | "onEpochBegin" | "onBatchBegin" | "onBatchEnd" | "onEpochEnd", call: number];

const places: Place[] = [
  ["onEpochBegin", 0],
  ["onEpochBegin", 2],
  ["onBatchBegin", 0],
  ["onBatchBegin", 7],
  ...Array.from({ length: 2 * STEPS + 1 }, (_, call): Place => ["onBatchEnd", call]),
  ["onBatchEnd", 2 * STEPS + 3],
  ["onEpochEnd", 0],
  ["onEpochEnd", 1],
];

/** Runs an action at a place of the run. */
function at([hook, call]: Place, act: () => unknown): Callback {
  let calls = 0;
  return {
    [hook]: () => {
      if (calls++ === call) return act();
    },
  };
}

/** A callback that hears of steps, and remembers what it heard. */
function listener(): Callback & { heard: readonly string[] } {
  const own = {
    heard: [] as readonly string[],
    name: "listener",
    getState: () => ({ heard: own.heard }),
    setState({ heard }: CallbackState) {
      own.heard = heard as readonly string[];
    },
    onBatchEnd({ epoch, step, rows }: BatchPosition, logs: () => object) {
      own.heard = [...own.heard, JSON.stringify([epoch, step, rows, logs()])];
    },
  };
  return own;
}

/** Callbacks with a memory, each of which would show if it lost it. */
const withMemory = (): Callback[] => [
  learningRateScheduler((_, rate) => rate * 0.9),
  reduceLROnPlateau({ patience: 2, minDelta: 0.3, factor: 0.5 }),
  earlyStopping({ patience: 2, minDelta: 0.25, restoreBestWeights: true }),
];

/** Layers that draw and that keep statistics; an optimizer that collects and averages. */
const withState: Partial<CompileOptions & SequentialOptions> = {
  layers: [
    dense({ units: 8, activation: "relu" }),
    batchNormalization(),
    dropout(0.3),
    dense({ units: 3, activation: "softmax" }),
  ],
  optimizer: adam({ learningRate: 0.03, gradientAccumulationSteps: 3, useEma: true, amsgrad: true }),
};

interface Scene {
  readonly model?: Partial<CompileOptions & SequentialOptions>;
  readonly data: () => typeof train | Stream;
  readonly options: FitOptions;
  readonly metrics?: ("accuracy" | "f1" | "balancedAccuracy")[];
}

const options: FitOptions = { epochs: EPOCHS, validationData: held };
const scenes: [name: string, scene: Scene][] = [
  ["rows", { data: () => train, options: { ...options, batchSize: 8 } }],
  ["rows in their order", { data: () => train, options: { ...options, batchSize: 8, shuffle: false } }],
  ["steps that cross passes", { data: () => train, options: { ...options, batchSize: 12, stepsPerEpoch: STEPS } }],
  [
    "metrics of whole epochs",
    { data: () => train, options: { ...options, batchSize: 8 }, metrics: ["accuracy", "f1"] },
  ],
  ["a pipeline", { data: () => pipeline(train).shuffle(16, { seed: 3 }).batch(8).prefetch(2), options }],
  [
    "layers and an optimizer with state",
    { data: () => train, options: { ...options, batchSize: 8 }, model: withState },
  ],
  [
    "a pipeline, in steps that cross passes",
    { data: () => pipeline(train).shuffle(16).batch(12), options: { ...options, stepsPerEpoch: STEPS } },
  ],
];

async function start({ metrics = ["accuracy"], model }: Scene, runtime: RuntimeOptions = {}): Promise<Sequential> {
  return classifier({ optimizer: adam({ learningRate: 0.03 }), metrics, ...model, ...runtime });
}

/** Result of an undisturbed run, and the numbers of its epochs. */
async function uninterrupted(scene: Scene, runtime: RuntimeOptions = {}, callbacks = withMemory()) {
  const model = await start(scene, runtime);
  const history = await model.fit<string>(scene.data(), { ...scene.options, callbacks });
  return { state: stateOf(model), history };
}

describe.each(runtimes)("%s", (_, runtime) => {
  describe.each(scenes)("%s", (_, scene) => {
    const expected = uninterrupted(scene, runtime);

    it.each(sampleInQuick(places))("aborted in %s, call %i", async (...place) => {
      const model = await start(scene, runtime);
      const stopper = new AbortController();
      const { signal } = stopper;
      const interrupting = [...withMemory(), at(place, () => stopper.abort())];
      const first = await model.fit<string>(scene.data(), { ...scene.options, callbacks: interrupting, signal });
      expect(signal.aborted).toBe(true);
      const loaded = await Sequential.load(model.save(), runtime);
      for (const resumed of [model, loaded]) {
        const second = await resumed.fit<string>(scene.data(), {
          ...scene.options,
          callbacks: withMemory(),
          resume: true,
        });
        const { state, history } = await expected;
        expect([...first.loss, ...second.loss], "loss").toEqual(history.loss);
        for (const name in history)
          expect([...(first[name] ?? []), ...(second[name] ?? [])], name).toEqual(history[name]);
        expect(stateOf(resumed)).toBe(state);
      }
    });

    it("saved as it goes on within an epoch, before a callback fails", async () => {
      const before = await start(scene, runtime);
      const stopper = new AbortController();
      const own = { ...scene.options, signal: stopper.signal };
      const stop = at(["onBatchEnd", STEPS + 2], () => stopper.abort());
      await before.fit<string>(scene.data(), { ...own, callbacks: [...withMemory(), stop] });
      const model = await Sequential.load(before.save(), runtime);
      let saved: Uint8Array | undefined;
      const failing = at(["onEpochBegin", 0], () => {
        saved = model.save();
        throw new Error("gone");
      });
      const callbacks = [...withMemory(), failing];
      await expect(model.fit(scene.data(), { ...scene.options, callbacks, resume: true })).rejects.toThrow("gone");
      const { state, history } = await expected;
      for (const resumed of [model, await Sequential.load(saved as Uint8Array, runtime)]) {
        const { loss } = await resumed.fit<string>(scene.data(), {
          ...scene.options,
          callbacks: withMemory(),
          resume: true,
        });
        expect(loss).toEqual(history.loss.slice(1));
        expect(stateOf(resumed)).toBe(state);
      }
    });

    it.each(sampleInQuick([0, STEPS - 1, STEPS + 1]))(
      "a callback fails at step %i, and others hear of it",
      async (call) => {
        const [whole, model] = [await start(scene, runtime), await start(scene, runtime)];
        const [all, before, after] = [listener(), listener(), listener()];
        const options = { ...scene.options, epochs: 2 };
        await whole.fit(scene.data(), { ...options, callbacks: [all] });
        let saved: Uint8Array | undefined;
        const failing = at(["onBatchEnd", call], async () => {
          saved = model.save();
          throw new Error("gone");
        });
        const attempt = model.fit(scene.data(), { ...options, callbacks: [before, failing, after] });
        await expect(attempt).rejects.toThrow("gone");
        expect([before.heard.length, after.heard.length]).toEqual([call + 1, call]);
        for (const resumed of [
          model,
          await Sequential.load(model.save(), runtime),
          await Sequential.load(saved as Uint8Array, runtime),
        ]) {
          const callbacks = [listener(), { onEpochEnd() {} }, listener()] as const;
          await resumed.fit(scene.data(), { ...options, callbacks, resume: true });
          expect(callbacks[0].heard).toEqual(all.heard);
          expect(callbacks[2].heard).toEqual(all.heard);
          expect(stateOf(resumed)).toBe(stateOf(whole));
        }
      },
    );

    it.each(sampleInQuick(places))("saved in %s, call %i, between other callbacks", async (...place) => {
      const model = await start(scene, runtime);
      let saved: Uint8Array | undefined;
      const [first, ...others] = withMemory();
      const saving = at(place, () => {
        saved = model.save();
      });
      await model.fit(scene.data(), { ...scene.options, callbacks: [first, saving, ...others] });
      const { state } = await expected;
      expect(stateOf(model)).toBe(state);
      const resumed = await Sequential.load(saved as Uint8Array, runtime);
      const again = withMemory();
      await resumed.fit(scene.data(), {
        ...scene.options,
        callbacks: [again[0], { onEpochEnd() {} }, ...again.slice(1)],
        resume: true,
      });
      expect(stateOf(resumed)).toBe(state);
    });
  });
});

describe("the scene", () => {
  it("is one in which every callback has its say", async () => {
    const rates: number[] = [];
    let trainer: Trainer | undefined;
    const watch: Callback = {
      onTrainBegin(started) {
        trainer = started;
      },
      onEpochEnd() {
        rates.push(trainer?.learningRate ?? 0);
      },
    };
    const { history } = await uninterrupted(scenes[0][1], {}, [...withMemory(), watch]);
    expect(history.epoch.length).toBeGreaterThan(2);
    expect(rates[0]).toBeCloseTo(0.027, 12);
    expect(history.epoch.length).toBeLessThan(EPOCHS); // stopped early
    expect(rates[rates.length - 1]).toBeLessThan(0.6 * 0.03 * 0.9 ** rates.length); // and halved
  });
});

describe("resume", () => {
  const scene = scenes[0][1];

  it("interrupted again and again, after every step", async () => {
    const model = await start(scene);
    let runs = 0;
    for (let isOver = false; !isOver; runs++) {
      const stopper = new AbortController();
      let trainer: Trainer | undefined;
      const stopping: Callback = {
        onTrainBegin(started) {
          trainer = started;
        },
        onBatchEnd: () => stopper.abort(),
        onTrainEnd() {
          isOver = !trainer?.isInterrupted;
        },
      };
      const callbacks = [...withMemory(), stopping];
      await model.fit(scene.data(), { ...scene.options, callbacks, signal: stopper.signal, resume: true });
    }
    const { state, history } = await uninterrupted(scene);
    expect(stateOf(model)).toBe(state);
    expect(runs).toBe(history.epoch.length * STEPS);
  });

  it.each([
    ["a source that never answers", false],
    ["a source that never answers, of a model in a worker", true],
    ["a source that never ends", false],
  ])("aborted while validation reads %s, which it reads anew", async (what, worker) => {
    const halves = [held.slice(0, 8), held.slice(8)];
    const options = { epochs: 2, batchSize: 8 };
    const whole = await createTwin(false);
    const history = await whole.fit(train, { ...options, validationData: () => halves });
    const stopper = new AbortController();
    let passes = 0;
    async function* validationData() {
      if (++passes === 2) setTimeout(() => stopper.abort(), 50);
      yield* halves;
      while (passes === 2) {
        if (what !== "a source that never ends") await new Promise(() => {});
        yield halves[0];
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    const model = await createTwin(worker);
    const first = await model.fit(train, { ...options, validationData, signal: stopper.signal });
    expect(first.epoch).toEqual([0]);
    const second = await model.fit(train, { ...options, validationData, resume: true });
    expect(passes).toBe(3);
    expect([...first.valLoss, ...second.valLoss]).toEqual(history.valLoss);
    expect([...first.loss, ...second.loss]).toEqual(history.loss);
    expect(await model.getWeights()).toEqual(await whole.getWeights());
    model.dispose();
  });

  it("without an interruption continues after the finished epochs", async () => {
    const model = await start(scene);
    const whole = await start(scene);
    await whole.fit(train, { epochs: 5 });
    expect((await model.fit(train, { epochs: 2, resume: true })).epoch).toEqual([0, 1]);
    expect((await model.fit(train, { epochs: 5, resume: true })).epoch).toEqual([2, 3, 4]);
    expect((await model.fit(train, { epochs: 5, resume: true })).epoch).toEqual([]);
    expect(stateOf(model)).toBe(stateOf(whole));
  });

  it("a checkpoint of the last epoch ends with the best weights, too", async () => {
    const model = await start(scene);
    let last: Uint8Array | undefined;
    const saving = () =>
      modelCheckpoint({
        save: (bytes) => {
          last = bytes;
        },
      });
    await model.fit(train, { ...scene.options, callbacks: [saving(), ...withMemory()] });
    const loaded = await Sequential.load(last as Uint8Array);
    const { epoch } = await loaded.fit(train, {
      ...scene.options,
      callbacks: [saving(), ...withMemory()],
      resume: true,
    });
    expect(epoch).toEqual([]);
    expect(stateOf(loaded)).toBe(stateOf(model));
  });

  it("an error of a callback interrupts as well", async () => {
    const model = await start(scene);
    const failing = at(["onEpochEnd", 1], () => {
      throw new Error("mine");
    });
    const callbacks = () => [...withMemory(), failing];
    await expect(model.fit(train, { ...scene.options, callbacks: callbacks() })).rejects.toThrow("mine");
    await model.fit(train, { ...scene.options, callbacks: callbacks(), resume: true });
    expect(stateOf(model)).toBe((await uninterrupted(scene)).state);
  });

  it("a fit without it begins anew, and compile forgets", async () => {
    const interrupted = async () => {
      const model = await start(scene);
      const stopper = new AbortController();
      const callbacks = [at(["onBatchEnd", 6], () => stopper.abort())];
      await model.fit(train, { ...scene.options, callbacks, signal: stopper.signal });
      return model;
    };
    const anew = await interrupted();
    expect((await anew.fit(train, { epochs: 3 })).epoch).toEqual([0, 1, 2]);
    const compiled = await interrupted();
    compiled.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    expect((await compiled.fit(train, { epochs: 3, resume: true })).epoch).toEqual([1, 2]);
  });

  it.each<[what: string, changed: FitOptions, message: RegExp]>([
    ["another batch size", { batchSize: 4 }, /epoch 1 was interrupted at step 2 with batchSize 8, and now it is 4/],
    ["another order", { shuffle: false }, /with shuffle true, and now it is false/],
    ["other rows", { validationSplit: 0.5 }, /with rows 38, and now it is 19/],
    ["other steps", { stepsPerEpoch: 2 }, /with stepsPerEpoch null, and now it is 2/],
    [
      "fewer callbacks",
      { callbacks: withMemory().slice(0, 2), validationData: held },
      /had the callback "earlyStopping"/,
    ],
    ["initialEpoch", { initialEpoch: 1 }, /either resume or initialEpoch/],
  ])("rejects %s within an epoch", async (_, changed, message) => {
    const model = await start(scene);
    const stopper = new AbortController();
    const callbacks = [...withMemory(), at(["onBatchEnd", 6], () => stopper.abort())];
    const given = { epochs: 4, batchSize: 8 };
    await model.fit(train, { ...given, validationData: held, callbacks, signal: stopper.signal });
    const before = stateOf(model);
    const attempt = model.fit(train, { ...given, callbacks: withMemory(), ...changed, resume: true });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(OptionError);
    expect(stateOf(model)).toBe(before);
  });
});
