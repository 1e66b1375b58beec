// Callers' data, given to a model here and to one in a worker: the same results and errors, and nothing is taken.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  BackendError,
  Dataset,
  NonFiniteError,
  OptionError,
  pipeline,
  Sequential,
  type Trainer,
  type WorkerModel,
} from "../../src/index.js";
import { fromPlainError, toPlainError } from "../../src/remote/protocol.js";
import { pack, unpack } from "../../src/remote/values.js";
import { sampleInQuick } from "../support/inFull.js";
import { blobs } from "./models.js";
import { createTwin, type Model, outcomeOf, outcomeOn, quiet, type Scenario } from "./twins.js";

const data = blobs(60);
const { x, y } = data;
const four = [0.5, -1, 2, 0.25];

class Tagged extends Float32Array {
  override get [Symbol.toStringTag](): never {
    return "Tagged" as never;
  }
}

function memoryOf(length: number): Float32Array {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return new Float32Array(memory.buffer, 0, length);
}

function detached(): Float32Array {
  const array = Float32Array.from(four);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

function circle(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

/** Holders that only Node, Bun and Deno have. */
const ofNode: Record<string, () => unknown> = {
  "part of a pool of Node": () => Buffer.from([1, 2, 3, 4]),
  "a Buffer of its own": () => Buffer.alloc(4, 1),
  "rows of Buffers": () => [Buffer.from([1, 2]), Buffer.from([3, 4])],
};

/** Holders of the numbers of two rows, or of things that are not data, each made anew. */
const holders: Record<string, () => unknown> = {
  ...(typeof Buffer === "function" && ofNode),
  "a Float32Array": () => Float32Array.from(four),
  "a Float64Array": () => Float64Array.from(four),
  "part of an array": () => Float32Array.from([9, ...four, 9]).subarray(1, 5),
  "shared memory": () => {
    const shared = new Float32Array(new SharedArrayBuffer(16));
    shared.set(four);
    return shared;
  },
  "memory of WebAssembly": () => {
    const array = memoryOf(4);
    array.set(four);
    return array;
  },
  "a resizable buffer": () => {
    const array = new Float32Array(Reflect.construct(ArrayBuffer, [16, { maxByteLength: 64 }]));
    array.set(four);
    return array;
  },
  "a subclass that calls itself otherwise": () => Tagged.from(four),
  "rows of typed arrays": () => [Float32Array.of(1, 2), Float32Array.of(3, 4)],
  "the same row twice": () => {
    const row = Float32Array.of(1, 2);
    return [row, row];
  },
  "frozen lists": () => Object.freeze([Object.freeze([1, 2]), Object.freeze([3, 4])]),
  "a Proxy of a list": () => new Proxy([...four], {}),
  "a long list": () => Array.from({ length: 64 }, (_, i) => i / 8),
  "a list with a hole": () => Object.assign([1, 2, 3, 4], { length: 6 }),
  "a long list with text": () => [...four, ...four, "5", 6],
  "an array that was given away": detached,
  "an empty list": () => [],
  "an empty array": () => new Float32Array(),
  bigints: () => BigInt64Array.of(1n, 2n),
  "a DataView": () => new DataView(new ArrayBuffer(16)),
  "an ArrayBuffer": () => new ArrayBuffer(16),
  text: () => "1 2",
  "a function": () => () => four,
  "a symbol": () => Symbol("rows"),
  "a Promise": () => Promise.resolve(four),
  "a Map": () => new Map([[0, four]]),
  "a circle": circle,
};

function lengthOf(held: unknown): unknown {
  if (Array.isArray(held)) return held.map((inner) => (inner === held ? "itself" : lengthOf(inner)));
  return ArrayBuffer.isView(held) ? [held.byteLength, held.buffer.byteLength > 0] : null;
}

const scenarios: Record<string, Scenario> = {
  "rows changed after the call": async (m) => {
    const rows = Float32Array.from(four);
    const list = [...four];
    const predictions = [m.predict(rows), m.predict(list)];
    rows.fill(0);
    list.fill(0);
    return Promise.all(predictions);
  },
  "weights changed after the call": async (m) => {
    const weights = (await m.getWeights()).map(({ name, shape, data: values }) => ({
      ...{ name, shape },
      data: values.map((value) => value / 2),
    }));
    const set = m.setWeights(weights);
    for (const weight of weights) weight.data.fill(9);
    await set;
  },
  "an instance with a method": (m) => m.fit(new (class extends Given {})() as never, quiet),
  "an instance with a function in a field": (m) => m.fit(Object.assign(new Given(), { f: () => 1 }) as never, quiet),
  "inherited rows": (m) => m.fit(Object.create({ x: [...x], y: [...y] }), quiet),
  "rows of getters": (m) =>
    m.fit(
      Object.create({
        get x() {
          return x;
        },
        get y() {
          return y;
        },
      }),
      quiet,
    ),
  "a Proxy of the data": (m) => m.fit(new Proxy({ x, y }, {}), quiet),
  "a getter that throws": (m) =>
    m.fit(
      {
        get x(): never {
          throw new RangeError("of the caller's own");
        },
        y,
      },
      quiet,
    ),
  "inherited options": (m) => m.fit(data, Object.assign(Object.create({ epochs: 3 }), quiet)),
  "no data": (m) => (m.fit as () => Promise<unknown>)(),
  "no options for compile": async (m) => (m.compile as () => unknown)(),
  "a function for a number": (m) => m.fit(data, { ...quiet, batchSize: (() => 1) as never }),
  "a function for a loss": async (m) => m.compile({ optimizer: "sgd", loss: (() => 1) as never }),
  "a Map for classWeight": (m) => m.fit(data, { ...quiet, classWeight: new Map([[0, 2]]) as never }),
  "a key called __proto__": (m) => m.fit(data, { ...quiet, classWeight: JSON.parse('{"__proto__": 3}') }),
  "a Dataset with names": (m) =>
    m.check(Dataset.from({ x: [...rowsOf(x)], y }, { featureNames: ["age", "size"], classNames: ["a", "b", "c"] })),
  "part of a Dataset": (m) => m.fit(data.slice(7, 31), { ...quiet, validationData: data.slice(40, 60) }),
  "no row of a Dataset": (m) => m.fit(data.slice(0, 0), quiet),
  "times in milliseconds": async (m) => {
    const warnings: string[] = [];
    const times = Array.from({ length: 60 }, (_, row) => [1.7e12 + row, row]);
    const set = Dataset.from({ x: times, y });
    await Promise.resolve(m.fit(set, { onWarning: (text) => warnings.push(text) })).catch((error) =>
      warnings.push(String(error)),
    );
    return warnings;
  },
  "rows from a pipeline, batched by batchSize": (m) =>
    m.fit(pipeline(data).shuffle(50), { ...quiet, epochs: 2, batchSize: 7 }),
  "rows from a pipeline to validate": (m) => m.fit(data, { ...quiet, validationData: pipeline(data), batchSize: 7 }),
  "rows from a pipeline to evaluate": (m) => m.evaluate(pipeline(data), { batchSize: 7 }),
  "a stream that gives a function": (m) => m.fit(batchesOf({ x: () => 1, y: [1] }), quiet),
  "a stream whose batches are changed afterwards": (m) => m.fit(reused, { ...quiet, epochs: 2 }),
  "a function that returns no stream": (m) => m.fit((() => 5) as never, quiet),
  "the same to validate": (m) => m.fit(data, { ...quiet, validationData: (() => 5) as never }),
  "a generator that was used": async (m) => {
    const generator = batchesOf(data)();
    await m.fit(generator, quiet);
    return m.fit(generator, quiet);
  },
  "a stream that throws null": async (m) => {
    const stream = function* () {
      yield data;
      throw null;
    };
    return m.fit(stream, quiet).then(
      () => "no error",
      (error: unknown) => ["thrown", error],
    );
  },
  "two trainings at once": async (m) => {
    const first = m.fit(data, quiet);
    const second = await m.fit(data, quiet).catch(String);
    const compiled = await attempt(() => m.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" }));
    return [await first, second, compiled];
  },
  "a model that was disposed": async () => "",
  "buffers as options": async (m) => {
    const gone = new ArrayBuffer(8);
    structuredClone(gone, { transfer: [gone] });
    // Newer engines give an ArrayBuffer a method "transfer".
    const named = Object.defineProperty(new ArrayBuffer(8), "transfer", { value: () => {} });
    const buffers = [new ArrayBuffer(8), new SharedArrayBuffer(8), gone, named] as never[];
    const seen: unknown[] = [];
    for (const buffer of buffers) {
      seen.push(await attempt(() => m.fit(data, buffer)), await attempt(() => m.evaluate(data, buffer)));
      seen.push(await attempt(() => m.check(data, buffer)), await attempt(() => m.trace(data, buffer)));
      seen.push(await attempt(() => m.predictClasses([[1, 2]], buffer)));
    }
    return seen;
  },
  "a file whose error has a cause": async (m) => {
    const file = await m.save();
    file[9] = 33; // no JSON
    const told: unknown[] = [];
    let resumed: unknown;
    const onTrainBegin = async (trainer: Trainer) => {
      resumed = await attempt(async () => trainer.resumeFrom(file));
      await Promise.resolve(trainer.resumeFrom(file)).catch((error: unknown) => told.push(causesOf(error)));
    };
    const failed = await Promise.resolve(m.fit(data, { ...quiet, callbacks: [{ onTrainBegin }] })).catch(causesOf);
    return [resumed, told, failed];
  },
};

/** An error and its causes, as far as a caller sees them. */
function causesOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return [error.constructor.name, error.name, error.message, Object.keys(error), causesOf(error.cause)];
}

class Given {
  x = [...x];
  y = [...y];
  rows() {
    return this.y.length;
  }
}

function* rowsOf(values: Float32Array): Generator<Float32Array> {
  for (let at = 0; at < values.length; at += 2) yield values.subarray(at, at + 2);
}

function batchesOf(batch: unknown): () => Generator<never> {
  return function* () {
    yield batch as never;
    yield batch as never;
  };
}

/** Gives the same arrays again and again, with other numbers. */
function* reused() {
  const rows = new Float32Array(6);
  for (let step = 0; step < 5; step++) {
    rows.fill(step);
    yield { x: rows, y: [0, 1, 2] };
  }
}

async function attempt(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return String(error);
  }
}

describe("given to predict, here and in a worker:", () => {
  // Predictions change no model: these two serve all holders, as a worker takes as long as what a test asks of it.
  const twins: Model[] = [];
  beforeAll(async () => {
    twins.push(await createTwin(true), await createTwin(false));
  });
  afterAll(() => {
    for (const twin of twins) twin.dispose();
  });

  it.each(sampleInQuick(Object.entries(holders)))("%s", async (_, make) => {
    const scenario = async (m: Model) => {
      const held = make();
      const before = lengthOf(held);
      const first = await attempt(() => m.predict(held as number[]));
      return [first, await attempt(() => m.predict(held as number[])), lengthOf(held), before];
    };
    const [there, here] = [await outcomeOn(twins[0], scenario), await outcomeOn(twins[1], scenario)];
    expect(there).toEqual(here);
    const { seen } = there as { seen: unknown[] };
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[3]);
  });
});

describe("here and in a worker the same:", () => {
  it.each(sampleInQuick(Object.entries(scenarios)))("%s", async (_, scenario) => {
    expect(await outcomeOf(scenario, true)).toEqual(await outcomeOf(scenario, false));
  });

  it("options that create and load reject", async () => {
    const file = await (await createTwin(false)).save();
    const refused = (worker: boolean) => [
      attempt(() => Sequential.create({ inputShape: [2], layers: [(() => 1) as never], worker })),
      attempt(() => Sequential.create({ inputShape: [2], layers: [], worker })),
      attempt(() => Sequential.load(file, { backend: "gpu" as never, worker })),
      attempt(() => Sequential.load(file.slice(0, 99), { worker })),
      ...[undefined, null, {}, Promise.resolve(file)].map((bytes) =>
        attempt(() => Sequential.load(bytes as never, { worker })),
      ),
    ];
    expect(await Promise.all(refused(true))).toEqual(await Promise.all(refused(false)));
  });
});

describe("transfer: true", () => {
  it("gives whole arrays away, and nothing else", async () => {
    const [here, there] = [await createTwin(false), (await createTwin(true)) as WorkerModel];
    const given = { x: x.slice(), y: y.slice(), sampleWeight: new Float32Array(60).fill(0.5) };
    const kept = { x: x.slice(), y: y.slice(), sampleWeight: new Float32Array(60).fill(0.5) };
    const part = new Float32Array(8).subarray(2, 6);
    expect(await there.fit(given, { ...quiet, transfer: true })).toEqual(await here.fit(kept, quiet));
    expect(Object.values(given).map(({ length }) => length)).toEqual([0, 0, 0]);
    expect(await there.evaluate({ ...kept, x: x.slice() }, { transfer: false })).toEqual(await here.evaluate(kept));
    expect(await there.predict(part, { transfer: true })).toEqual(await here.predict(part));
    expect([kept.x.length, part.length]).toEqual([120, 4]);
    there.dispose();
  });

  it("copies memory that cannot be given away", async () => {
    const there = (await createTwin(true)) as WorkerModel;
    const { buffer } = new WebAssembly.Memory({ initial: 1 });
    const whole = new Float32Array(buffer);
    const predictions = await there.predict(whole, { transfer: true });
    expect(predictions).toEqual(await there.predict(whole));
    expect(predictions).toHaveLength((65536 / 4 / 2) * 3);
    there.dispose();
  });

  it("is an option of a model in a worker alone, and of its methods that take data", async () => {
    const there = (await createTwin(true)) as WorkerModel;
    await expect(there.predict(four, { transfer: 1 as never })).rejects.toThrow("predict: transfer: expected true or");
    await expect(there.predict(four, { transfr: true } as never)).rejects.toThrow(
      /"transfr"\. Did you mean "transfer"/,
    );
    there.dispose();
    const here = await createTwin(false);
    await expect(here.fit(data, { transfer: true } as never)).rejects.toThrow('unknown option "transfer"');
  });
});

describe("errors on their way", () => {
  class Mine extends RangeError {
    override name = "Mine";
  }
  const chain = (length: number): Error => new Error(`${length}`, length > 0 ? { cause: chain(length - 1) } : {});
  const circular = new Error("mine");
  circular.cause = circular;
  const details = { epoch: 1, step: 2, tensor: "x", cause: "y" };
  const thrown: Record<string, unknown> = {
    "of the library": new OptionError("units: wrong"),
    "with details": new NonFiniteError("not finite", details),
    "of an engine": new TypeError("no function"),
    "with a cause": new BackendError("outer", {
      cause: new SyntaxError("inner", { cause: new RangeError("innermost") }),
    }),
    "with a cause that is no error": new OptionError("outer", { cause: { code: 7, at: [1, 2, 3] } }),
    "with a cause that is a list of numbers": new OptionError("outer", { cause: [1, 2, 3, 4, 5, 6, 7, 8, 9] }),
    "with a cause of a class that can be cloned": new OptionError("outer", { cause: new Map([[1, new Date(7)]]) }),
    "with own fields": Object.assign(new OptionError("outer"), {
      ...{ code: "E", at: new Date(7), nested: new RangeError("inner"), list: [1, null, 3] },
    }),
    "that are several": new AggregateError([new OptionError("a"), new AggregateError(["b", null], "c")], "outer", {
      cause: new TypeError("why"),
    }),
    "that are a date": new Date(7),
    "with null as cause": new OptionError("outer", { cause: null }),
    "without a name": Object.assign(new Error("nameless"), { name: "" }),
    "that are text": "text",
    "that are null": null,
    "that are undefined": undefined,
  };
  const travelled = (error: unknown) => fromPlainError(structuredClone(toPlainError(error))) as Error;

  it.each(Object.entries(thrown))("%s arrive as they are", (_, error) => {
    expect(causesOf(travelled(error))).toEqual(causesOf(error));
    expect(travelled(error)).toEqual(error);
  });

  it("of other classes are errors of the same name; causes without end have one", () => {
    expect(travelled(new Mine("own"))).toMatchObject({ name: "Mine", message: "own" });
    expect(travelled(new Error("outer", { cause: () => 1 })).cause).toBeInstanceOf(Function);
    for (const endless of [circular, chain(99)]) {
      let links = 0;
      for (let link: unknown = travelled(endless); link instanceof Error; link = link.cause) links++;
      expect(links).toBe(10);
    }
  });

  it("may lead back to themselves by any field", () => {
    const many = new AggregateError([], "many");
    many.errors.push(...new Array(99).fill(many));
    const arrived = travelled(Object.assign(many, { one: many, other: () => many })) as typeof many & { one: Error };
    expect([arrived.errors.length, (arrived.errors[98] as Error).message, arrived.one.message]).toEqual([
      99,
      "many",
      "many",
    ]);
    expect(arrived).toHaveProperty("other", expect.any(Function));
  });
});

describe("values on their way", () => {
  it("are copied once, and share few buffers", () => {
    const rows = Array.from({ length: 1000 }, (_, row) => Float32Array.of(row, -row));
    const large = new Float32Array(1 << 20);
    const { value, buffers } = pack({ rows, large, again: large });
    expect(buffers.length).toBeLessThan(20);
    expect(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(4 * (1 << 20) + 64_000);
    const unpacked = unpack(structuredClone(value, { transfer: buffers })) as Record<string, Float32Array[]>;
    expect(unpacked.rows).toEqual(rows);
    expect(unpacked.again).toBe(unpacked.large);
    expect([large.length, rows[0].length]).toEqual([1 << 20, 2]);
  });

  it("may be circles, have any keys, and no end of depth", () => {
    const given: Record<string, unknown> = JSON.parse('{"__proto__": [1], "dataset": {"numbers": 2}}');
    given.self = given;
    const unpacked = unpack(structuredClone(pack(given).value)) as typeof given;
    expect(Object.keys(unpacked)).toEqual(["__proto__", "dataset", "self"]);
    expect(unpacked.self).toBe(unpacked);
    let deep: unknown = 1;
    for (let i = 0; i < 1e5; i++) deep = [deep];
    expect(() => pack(deep)).toThrow("nested more than 1000 deep");
  });
});
