/** `simdgrad/worker`: its models are those of `simdgrad` with `worker: true`, made without the library on this thread. */
import workerThreads from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import * as whole from "../../src/index.js";
import { BackendError, customLoss, dense, freeze, OptionError, type WorkerModel } from "../../src/index.js";
import * as entry from "../../src/worker.js";
import { sampleInQuick } from "../support/inFull.js";
import { blobs, bytesOfWeights, fnv1a } from "./models.js";

const data = blobs(60);
const layers = [dense({ units: 4, activation: "relu" }), dense({ units: 3, activation: "softmax" })];
const options = { inputShape: [2], layers, seed: 3, threads: 1 };

const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const model of open.splice(0)) model.dispose();
});

/** What became of a call: the bits and layers of a model, or the error. */
async function outcomeOf(opening: Promise<WorkerModel>): Promise<unknown> {
  try {
    const model = await opening;
    open.push(model);
    const weights = await model.getWeights();
    return { layers: model.layers, hash: fnv1a(bytesOfWeights(weights)), file: [...(await model.save())] };
  } catch (error) {
    return [(error as Error).constructor.name, (error as Error).message];
  }
}

/** The same arguments for `simdgrad`, whose models need `worker: true`. */
function inWorker([first, ...more]: unknown[]): unknown[] {
  if (typeof first !== "object" || first?.constructor !== Object) return [first, ...more];
  return [Object.defineProperties({ worker: true }, Object.getOwnPropertyDescriptors(first)), ...more];
}

class Inherited {
  readonly worker = true;
  get layers() {
    return layers;
  }
  get inputShape() {
    return [2];
  }
}

const circular: Record<string, unknown> = { type: "dense", units: 1 };
circular.name = circular;

describe("create: as in simdgrad with worker: true", () => {
  it.each(
    sampleInQuick<[string, unknown[]]>([
      ["a model", [options]],
      ["options of a class", [new Inherited()]],
      ["undefined options", [{ ...options, seed: undefined, threads: undefined }]],
      ["plain layers", [{ inputShape: [2], layers: [{ type: "dense", units: 2 }, { type: "layerNormalization" }] }]],
      ["frozen layers", [{ ...options, layers: [freeze(layers[0]), layers[1]] }]],
      ["nothing", []],
      ["null", [null]],
      ["a list", [[dense({ units: 1 })]]],
      ["a promise", [Promise.resolve(options)]],
      ["a map", [new Map()]],
      ["no layers", [{ inputShape: [2] }]],
      ["an empty list", [{ ...options, layers: [] }]],
      ["layers in a set", [{ ...options, layers: new Set(layers) }]],
      ["no shape", [{ layers }]],
      ["a shape of 0", [{ ...options, inputShape: [0] }]],
      ["a shape of NaN", [{ ...options, inputShape: [Number.NaN] }]],
      ["a number as shape", [{ ...options, inputShape: 2 }]],
      ["a typed array as shape", [{ ...options, inputShape: Int32Array.of(2) }]],
      ["an unknown option", [{ ...options, units: 3 }]],
      ["a surplus argument", [options, 3]],
      ["an unknown layer", [{ ...options, layers: [{ type: "dens", units: 2 }] }]],
      ["null as a layer", [{ ...options, layers: [null] }]],
      ["a function as a layer", [{ ...options, layers: [() => 1] }]],
      ["a date as a layer", [{ ...options, layers: [new Date(0)] }]],
      ["a layer in a circle", [{ ...options, layers: [circular] }]],
      [
        "a function as initializer",
        [{ ...options, layers: [{ type: "dense", units: 1, kernelInitializer: () => 3 }] }],
      ],
      ["a negative seed", [{ ...options, seed: -1 }]],
      ["a function as seed", [{ ...options, seed: () => 1 }]],
      ["a symbol as seed", [{ ...options, seed: Symbol("s") }]],
      ["a bigint as seed", [{ ...options, seed: 3n }]],
      ["no thread", [{ ...options, threads: 0 }]],
      ["an unknown backend", [{ ...options, backend: "gpu" }]],
      ["a number as deterministic", [{ ...options, deterministic: 1 }]],
      ["text as wasm", [{ ...options, wasm: "x" }]],
      ["only frozen layers", [{ ...options, layers: layers.map(freeze) }]],
      [
        "weights that are a number",
        [{ ...options, layers: [{ spec: layers[1], inputShape: [2], getWeights: () => 3 }] }],
      ],
    ]),
  )("%s", async (_, args) => {
    const create = entry.Sequential.create as (...args: unknown[]) => Promise<WorkerModel>;
    const wholes = whole.Sequential.create as (...args: unknown[]) => Promise<WorkerModel>;
    expect(await outcomeOf(create(...args))).toEqual(await outcomeOf(wholes(...inWorker(args))));
  });

  it("layers of models here and in workers", async () => {
    const here = await whole.Sequential.create(options);
    const there = await entry.Sequential.create({ ...options, seed: 8 });
    open.push(here, there);
    const makers = [
      () => [...here.layers],
      () => there.layers.map(freeze).with(1, dense({ units: 5 }) as never),
      () => [here] as never,
      () => [there] as never,
    ];
    for (const make of makers) {
      const more = make().length > 1 ? {} : { inputShape: [2] };
      const found = await outcomeOf(entry.Sequential.create({ layers: make(), ...more }));
      expect(found).toEqual(await outcomeOf(whole.Sequential.create({ layers: make(), ...more, worker: true })));
    }
    const wrong = await outcomeOf(entry.Sequential.create({ inputShape: [5], layers: here.layers }));
    expect(wrong).toEqual(["ShapeError", expect.stringContaining("its kernel is [5, 4], but the layer brings [2, 4]")]);
  });
});

it("trains, saves and goes on from its file to the bits of a model here", async () => {
  const compiled = { optimizer: "adam", loss: "sparseCategoricalCrossentropy" } as const;
  const here = await whole.Sequential.create(options);
  const there = await entry.Sequential.create({ ...options, worker: true });
  open.push(here, there);
  here.compile(compiled);
  await there.compile(compiled);
  expect(await there.fit(data, { epochs: 2 })).toEqual(await here.fit(data, { epochs: 2 }));
  const file = await there.save();
  expect(file).toEqual(here.save());
  const loaded = await entry.Sequential.load(file, { threads: 1 });
  open.push(loaded);
  expect(loaded).toBeInstanceOf(entry.Sequential);
  file.fill(0); // the caller's own
  await loaded.fit(data, { epochs: 3 });
  await here.fit(data, { epochs: 3 });
  expect(await loaded.save()).toEqual(here.save());
});

describe("load: as in simdgrad with worker: true", () => {
  const made = whole.Sequential.create(options).then((model) => {
    model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    return model.save();
  });
  const loss = customLoss({ name: "mine", compute: () => ({ losses: [], gradients: [] }) as never });
  it.each(
    sampleInQuick<[string, (file: Uint8Array) => unknown[]]>([
      ["a file", (file) => [file]],
      ["its buffer", (file) => [file.slice().buffer]],
      ["nothing", () => []],
      ["text", () => ["model"]],
      ["floats", () => [new Float32Array(9)]],
      ["no bytes", () => [new Uint8Array()]],
      ["half a file", (file) => [file.subarray(0, file.length / 2)]],
      ["another byte", (file) => [file.with(file.length - 3, file[file.length - 3] ^ 1)]],
      ["an unknown option", (file) => [file, { seed: 3 }]],
      ["a surplus argument", (file) => [file, {}, 3]],
      ["null as options", (file) => [file, null]],
      ["a loss that it has not", (file) => [file, { loss: { ...loss, module: "data:text/javascript," } }]],
      ["a loss without a module", (file) => [file, { loss }]],
      ["a metric that is a function", (file) => [file, { metrics: [() => 1] }]],
      ["no thread", (file) => [file, { threads: 0 }]],
    ]),
  )("%s", async (_, make) => {
    const load = entry.Sequential.load as (...args: unknown[]) => Promise<WorkerModel>;
    const wholes = whole.Sequential.load as (...args: unknown[]) => Promise<WorkerModel>;
    const [bytes, ...more] = make(await made);
    const [own = {}, ...rest] = more;
    expect(await outcomeOf(load(...make(await made)))).toEqual(
      await outcomeOf(wholes(bytes, ...inWorker([own]), ...rest)),
    );
  });
});

it("makes no other models", async () => {
  const make = entry.Sequential.create as (options: object) => Promise<unknown>;
  for (const worker of [false, 1, null]) {
    await expect(make({ ...options, worker })).rejects.toThrow(
      `Sequential.create: worker: expected true, got ${worker}. Models of simdgrad/worker are always in workers: for others ` +
        'import Sequential from "simdgrad".',
    );
  }
  expect(() => new (entry.Sequential as never as new () => unknown)()).toThrow(OptionError);
});

it("is refused by what looks into models of this thread, and the advice works", async () => {
  const there = await entry.Sequential.create(options);
  open.push(there);
  expect(() => whole.describeTape(there as never)).toThrow('await Sequential.load(await model.save()), of "simdgrad".');
  const here = await whole.Sequential.load(await there.save());
  open.push(here);
  expect(whole.describeTape(here)).toBeTruthy();
});

it("refuses where no worker starts, and the advice works", async () => {
  const { Worker } = workerThreads;
  workerThreads.Worker = class {
    constructor() {
      throw new Error("none here");
    }
  } as never;
  try {
    const refused = entry.Sequential.create(options);
    await expect(refused).rejects.toBeInstanceOf(BackendError);
    await expect(refused).rejects.toThrow(
      /^The worker of a model could not start: none here\. Import Sequential from "simdgrad"/,
    );
    const model = await whole.Sequential.create({ ...options, worker: true });
    open.push(model);
    expect(await model.info()).toMatchObject({ worker: false });
  } finally {
    workerThreads.Worker = Worker;
  }
});

it("shows the names of simdgrad, but for what looks into models of this thread", () => {
  const missing = Object.keys(whole).filter((name) => !(name in entry));
  expect(missing.sort()).toEqual(["checkGradients", "describeTape", "findLearningRate", "profile", "watch"]);
  expect(Object.keys(entry).filter((name) => !(name in whole))).toEqual([]);
  const others = Object.entries(entry).filter(([name]) => name !== "Sequential");
  expect(Object.entries(whole)).toEqual(expect.arrayContaining(others));
});
