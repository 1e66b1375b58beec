/** Batches written while other threads still update: the bits, the errors and the rows of one thread. */
import nodeOs from "node:os";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Random } from "../src/base/random.js";
import {
  adam,
  batchNormalization,
  type CompileOptions,
  Dataset,
  dense,
  dropout,
  type FitOptions,
  gaussianNoise,
  type Layer,
  NonFiniteError,
  normalization,
  Sequential,
  sgd,
  sparseCategoricalCrossentropy,
} from "../src/index.js";
import { insideOf } from "../src/model/insideOf.js";
import type { TrainingTensors } from "../src/program/types.js";
import { Ahead } from "../src/runtime/ahead.js";
import { ThreadChoice } from "../src/runtime/threadChoice.js";
import { Breather } from "../src/runtime/yield.js";

const INPUTS = 100;
const ROWS = 307;
const BATCH = 50;
const STEPS = Math.ceil(ROWS / BATCH);

function numbers(count: number, seed: number): Float32Array {
  const random = Random.fromSeed(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

function labels(classes: number): Float32Array {
  const random = Random.fromSeed(5);
  return Float32Array.from({ length: ROWS }, () => random.integerBelow(classes));
}

const x = numbers(ROWS * INPUTS, 7);
const floats = Dataset.from({ x, y: labels(13) }, { inputShape: [INPUTS] });
const bytes = Dataset.from(
  { x: Uint8Array.from(x, (value) => Math.min(Math.max(0, 64 + 32 * value), 255)), y: labels(13) },
  { inputShape: [INPUTS], scale: 1 / 32 },
);
const hidden = [dense({ units: 130, activation: "relu" }), dense({ units: 67, activation: "leakyRelu" })];
const classes = dense({ units: 13, activation: "softmax" });
const usual: CompileOptions = { optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] };

async function network(threads: "auto" | number, compile = usual, layers: Layer[] = [...hidden, classes]) {
  const model = await Sequential.create({ inputShape: [INPUTS], layers, seed: 3, threads });
  model.compile(compile);
  return model;
}

function bits(model: Sequential): number[] {
  return model.getWeights().flatMap(({ data }) => [...new Int32Array(data.slice().buffer)]);
}

/** The rows that lie in the memory of a model. */
function rowsOf(model: Sequential, rows: number): number[][] {
  const { session, program } = insideOf("test", model).state;
  const { targets, sampleWeights } = program.training as TrainingTensors;
  const words = (values: Float32Array) => [...new Int32Array(values.buffer)];
  const tensors = [program.x, targets, sampleWeights];
  return tensors.map((tensor) => words(session?.read(tensor, rows) as Float32Array));
}

function errorOf(fitted: Promise<unknown>): Promise<Error | null> {
  return fitted.then(
    () => null,
    (error: Error) => error,
  );
}

/** Counts the steps in which a batch may be written early. It is not if the other threads are first. */
function early() {
  return vi.spyOn(Ahead.prototype, "adapt");
}

/** The caller leaves the update to others, so that it nearly always writes the next batch before they end. */
function leaveToOthers() {
  const partsOf = Ahead.prototype.partsOf;
  vi.spyOn(Ahead.prototype, "partsOf").mockImplementation(function (this: Ahead, begin, end) {
    return partsOf.call(this, begin, end) && 1;
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the bits of one thread, with batches written early", () => {
  const layersOf = (...more: Layer[]) => [...more, ...hidden, classes];
  const kinds: [name: string, data: Dataset, compile: CompileOptions, layers: Layer[], FitOptions][] = [
    ["floats", floats, usual, layersOf(), {}],
    ["bytes", bytes, usual, layersOf(), {}],
    ["one order", bytes, usual, layersOf(), { shuffle: false }],
    ["sgd", floats, { ...usual, optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) }, layersOf(), {}],
    ["weights", floats, usual, layersOf(), { classWeight: { 0: 2, 5: 0.25 } }],
    [
      "labels that are ignored",
      floats,
      { ...usual, loss: sparseCategoricalCrossentropy({ ignoreClass: 4 }) },
      layersOf(),
      {},
    ],
    ["noise", floats, usual, layersOf(gaussianNoise(0.1), dropout(0.3)), {}],
    ["normalized", bytes, usual, layersOf(normalization({ mean: 1, variance: 2 }), batchNormalization()), {}],
    ["validated", floats, usual, layersOf(), { validationSplit: 0.25, stepsPerEpoch: 4 }],
    ["clipped", floats, { ...usual, optimizer: adam({ clipNorm: 0.1, weightDecay: 0.01 }) }, layersOf(), {}],
  ];

  it.each(kinds)("%s", async (_, data, compile, layers, options) => {
    const all = { epochs: 3, batchSize: BATCH, ...options };
    const one = await network(1, compile, layers);
    const expected = await one.fit(data, all);
    for (const threads of [2, 3]) {
      const written = early();
      const many = await network(threads, compile, layers);
      expect(await many.fit(data, all)).toEqual(expected);
      expect(bits(many)).toEqual(bits(one));
      // After the last step of each pass there is none; the validated fit ends in the middle of its third pass.
      expect(written).toHaveBeenCalledTimes(options.stepsPerEpoch ? 12 - 2 : 3 * (STEPS - 1));
      written.mockRestore();
    }
  });

  it("any shares, which may change at every step", { timeout: 60_000 }, async () => {
    const random = Random.fromSeed(3);
    const one = await network(1);
    const partsOf = Ahead.prototype.partsOf;
    vi.spyOn(Ahead.prototype, "partsOf").mockImplementation(function (this: Ahead, begin, end) {
      return partsOf.call(this, begin, end) && random.integerBelow(20);
    });
    const expected = await one.fit(bytes, { epochs: 8, batchSize: BATCH });
    for (const threads of [2, 5]) {
      const many = await network(threads);
      expect(await many.fit(bytes, { epochs: 8, batchSize: BATCH })).toEqual(expected);
      expect(bits(many)).toEqual(bits(one));
    }
  });

  const gradual = { ...usual, optimizer: adam({ gradientAccumulationSteps: 2 }) };
  const averaged = { ...usual, optimizer: adam({ useEma: true }) };
  const watcher = { callbacks: [{ onBatchEnd: () => {} }] };
  const rest: [name: string, compile: CompileOptions, FitOptions][] = [
    ["a callback may look at each step", usual, watcher],
    ["a metric reads the targets after a step", { ...usual, metrics: ["auc"] }, {}],
    ["the update is not the last record", averaged, {}],
    ["one batch is all", usual, { batchSize: ROWS }],
  ];
  it.each(rest)("none is written early if %s", async (_, compile, options) => {
    const written = early();
    const [one, two] = [await network(1, compile), await network(2, compile)];
    const all = { epochs: 2, batchSize: BATCH, ...options };
    expect(await two.fit(floats, all)).toEqual(await one.fit(floats, all));
    expect(bits(two)).toEqual(bits(one));
    expect(written).not.toHaveBeenCalled();
  });

  it("only with an update that ends the step, if gradients of several batches are summed", async () => {
    const written = early();
    const [one, two] = [await network(1, gradual), await network(2, gradual)];
    const all = { epochs: 2, batchSize: BATCH };
    expect(await two.fit(floats, all)).toEqual(await one.fit(floats, all));
    expect(bits(two)).toEqual(bits(one));
    expect(written).toHaveBeenCalledTimes(2 * Math.floor((STEPS - 1) / 2));
  });

  it("streams, whose next batch is never there", async () => {
    const written = early();
    const targets = labels(13);
    const stream = function* () {
      for (let row = 0; row < ROWS; row += BATCH) {
        yield { x: x.slice(row * INPUTS, (row + BATCH) * INPUTS), y: targets.slice(row, row + BATCH) };
      }
    };
    const [one, two] = [await network(1), await network(2)];
    expect(await two.fit(stream, { epochs: 2 })).toEqual(await one.fit(stream, { epochs: 2 }));
    expect(bits(two)).toEqual(bits(one));
    expect(written).not.toHaveBeenCalled();
  });
});

describe("a step whose update is refused", () => {
  const regression: CompileOptions = { optimizer: adam(), loss: "meanSquaredError" };
  const layers = [...hidden, dense({ units: 2 })];

  /** Data with gradients whose squares are infinite in every row of one batch. */
  function badIn(step: number, isBytes = false) {
    const wild = isBytes ? Uint8Array.from(x, (value) => 64 + 32 * Math.max(-2, Math.min(value, 5))) : x.slice();
    const y = numbers(ROWS * 2, 9);
    for (let row = step * BATCH; row < Math.min(ROWS, (step + 1) * BATCH); row++) {
      y.fill(8e18, row * 2, row * 2 + 2);
      wild.fill(9, row * INPUTS, row * INPUTS + 60);
    }
    const sampleWeight = Float32Array.from({ length: ROWS }, (_, row) => 1 + (row % 7) / 8);
    return { x: wild, y, sampleWeight };
  }

  const both = async (
    threads: "auto" | number,
    data: { x: Float32Array | Uint8Array; y: Float32Array; sampleWeight: Float32Array },
    options: FitOptions,
  ) => {
    const model = await network(threads, regression, layers);
    const { x, y, sampleWeight } = data;
    const held = Dataset.from({ x, y, sampleWeight }, { inputShape: [INPUTS], targetShape: [2] });
    const error = await errorOf(model.fit(held, { epochs: 2, batchSize: BATCH, ...options }));
    return { model, error, seen: { weights: bits(model), step: insideOf("test", model).progress.step } };
  };

  for (const isBytes of [false, true]) {
    it.each([0, 3, STEPS - 2, STEPS - 1])(`${isBytes ? "bytes" : "floats"}: bad in batch %s`, async (step) => {
      leaveToOthers();
      const options = { shuffle: false };
      const one = await both(1, badIn(step, isBytes), options);
      expect(one.error).toBeInstanceOf(NonFiniteError);
      expect(one.error?.message).toContain(`epoch 0, step ${step}: an update is not finite`);
      const rows = Math.min(BATCH, ROWS - step * BATCH);
      for (const threads of [2, 3]) {
        const written = early();
        const many = await both(threads, badIn(step, isBytes), options);
        expect(written).toHaveBeenCalledTimes(Math.min(step + 1, STEPS - 1));
        written.mockRestore();
        expect(many.error).toEqual(one.error);
        expect(many.error).toMatchObject({ details: (one.error as NonFiniteError).details });
        expect(many.seen).toEqual(one.seen);
        expect(rowsOf(many.model, rows)).toEqual(rowsOf(one.model, rows));
        // Both train on.
        const next = { x, y: numbers(ROWS * 2, 9) };
        const after = Dataset.from(next, { inputShape: [INPUTS], targetShape: [2] });
        expect(await many.model.fit(after, { batchSize: BATCH })).toEqual(
          await (await both(1, badIn(step, isBytes), options)).model.fit(after, { batchSize: BATCH }),
        );
      }
    });
  }

  it("with a number of threads that changes at every step", async () => {
    const random = Random.fromSeed(11);
    vi.spyOn(nodeOs, "availableParallelism").mockReturnValue(4);
    vi.spyOn(ThreadChoice.prototype, "threads", "get").mockImplementation(() => 1 + random.integerBelow(4));
    leaveToOthers();
    for (let step = 0; step < 2 * STEPS; step++) {
      const data = badIn(step >> 1, step % 2 === 0);
      const [one, many] = [await both(1, data, { shuffle: false }), await both("auto", data, { shuffle: false })];
      expect(one.error?.message).toContain(`step ${step >> 1}: an update is not finite`);
      expect(many.error).toEqual(one.error);
      expect(many.seen).toEqual(one.seen);
      expect(rowsOf(many.model, 7)).toEqual(rowsOf(one.model, 7));
    }
  });
});

describe("between two steps", () => {
  /** Makes pauses after some steps, the same in every fit, in which `others` do something. */
  function pauses(others: (pause: number) => unknown) {
    const random = Random.fromSeed(21);
    let pause = 0;
    vi.spyOn(Breather.prototype, "isDue").mockImplementation(() => random.integerBelow(3) === 0);
    vi.spyOn(Breather.prototype, "rest").mockImplementation(async () => {
      await null;
      others(pause++);
    });
  }

  it("others change the data and use the memory", async () => {
    const trained = async (threads: number) => {
      const own = x.slice();
      const model = await network(threads);
      pauses((pause) => {
        for (let i = pause % 5; i < own.length; i += 5) own[i] *= 0.9;
        if (pause % 2 === 0) model.predict(numbers(8 * INPUTS, pause));
      });
      const data = Dataset.from({ x: own, y: labels(13) }, { inputShape: [INPUTS] });
      const history = await model.fit(data, { epochs: 4, batchSize: BATCH });
      vi.restoreAllMocks();
      return { history, weights: bits(model) };
    };
    expect(await trained(2)).toEqual(await trained(1));
  });

  it("fit is stopped at each step, saved, and resumed elsewhere", async () => {
    const whole = await network(1);
    const options = { epochs: 2, batchSize: BATCH };
    const expected = await whole.fit(bytes, options);
    for (let step = 1; step < 2 * STEPS; step++) {
      const stop = new AbortController();
      let taken = 0;
      vi.spyOn(Breather.prototype, "isDue").mockImplementation(() => ++taken === step);
      vi.spyOn(Breather.prototype, "rest").mockImplementation(async () => stop.abort());
      const first = await network(2);
      await first.fit(bytes, { ...options, signal: stop.signal });
      vi.restoreAllMocks();
      expect(insideOf("test", first).progress.step).toBe(step);
      const second = await Sequential.load(first.save(), { threads: step % 2 ? 2 : 1 });
      const rest = await second.fit(bytes, { ...options, resume: true });
      expect(rest.loss.at(-1)).toBe(expected.loss[1]);
      expect(bits(second)).toEqual(bits(whole));
    }
  });

  it("the model is disposed of in a pause", async () => {
    for (let at = 0; at < 5; at++) {
      const model = await network(2);
      pauses((pause) => pause === at && model.dispose());
      await expect(model.fit(floats, { epochs: 4, batchSize: BATCH })).rejects.toThrow("disposed");
      vi.restoreAllMocks();
    }
    const [one, two] = [await network(1), await network(2)];
    expect(await two.fit(floats, { batchSize: BATCH })).toEqual(await one.fit(floats, { batchSize: BATCH }));
  });

  it("the data go away", async () => {
    leaveToOthers();
    const failed = async (threads: number) => {
      const own = x.slice();
      const learningRate = (step: number) => {
        if (step === 3) structuredClone(own, { transfer: [own.buffer] });
        return 0.001;
      };
      const model = await network(threads, { ...usual, optimizer: adam({ learningRate }) });
      const data = Dataset.from({ x: own, y: labels(13) }, { inputShape: [INPUTS] });
      const error = await errorOf(model.fit(data, { batchSize: BATCH }));
      return { error: String(error), weights: bits(model), step: insideOf("test", model).progress.step };
    };
    const expected = await failed(1);
    expect(expected).toMatchObject({ error: expect.stringContaining("detached"), step: 4 });
    expect(await failed(2)).toEqual(expected);
  });
});

const records = [{ op: null, params: 0, grads: 0 }];
const session = { plan: { records, sections: { train: [0, 1] } }, writes: 0 } as never;

it("a refused step gets its rows back, also if the next batch could not be written to its end", () => {
  const written: number[] = [];
  const source = {
    nextRows: 2,
    begin: 4,
    write: () => {
      written.push(source.begin);
      if (source.begin === 6) throw new Error("data that are gone");
      source.begin += 2;
    },
  };
  const ahead = new Ahead();
  ahead.writeNext(source, session);
  ahead.write();
  ahead.undo();
  expect(written).toEqual([4, 6, 4]);
  expect(source.begin).toBe(6);
});

it("the first thread takes as much as leaves it no time to wait", () => {
  const source = { nextRows: 1, begin: 0, write: () => {} };
  const ahead = new Ahead();
  ahead.writeNext(source, session);
  const after = (steps: number, othersWereFirst: boolean) => {
    for (let step = 0; step < steps; step++) ahead.adapt(othersWereFirst);
    return ahead.partsOf(0, 1);
  };
  const begin = after(0, true);
  expect(after(7, true)).toBe(begin);
  expect(after(1, true)).toBeLessThan(begin);
  expect(after(100, true)).toBe(1);
  expect(after(400, false)).toBe(64);
  expect(after(100, false)).toBe(64);
  ahead.adapt(true);
  expect(after(1, false)).toBe(64);
  expect(ahead.partsOf(1, 2)).toBe(0);
  source.nextRows = 0;
  expect(ahead.partsOf(0, 1)).toBe(0);
});
