// Model files that are truncated, altered, foreign or made to deceive: always a FormatError, never anything else.
import { expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import {
  type BatchPosition,
  type Dataset,
  dense,
  earlyStopping,
  type FitOptions,
  FormatError,
  Sequential,
  SimdgradError,
} from "../../src/index.js";
import { MUTATION_SEED } from "../interop/mutate.js";
import { blobs, classifier } from "../model/models.js";
import { isQuick, itInFull } from "../support/inFull.js";
import { assemble, concatenate, headerOf, withHeader, withModel, withText } from "./craft.js";
import { checkRefusal, describeRefusals, type Refusal, refusalOf } from "./refusals.js";

const model = await Sequential.create({
  inputShape: [2],
  layers: [dense({ units: 3, activation: "tanh" }), dense({ units: 1 })],
});
model.compile({ optimizer: "adam", loss: "meanSquaredError" });
await model.fit({
  x: [
    [0, 1],
    [1, 0],
  ],
  y: [1, 2],
});
const file = model.save();
const text = (value: string) => new TextEncoder().encode(value);

const load = (what: string, bytes: unknown, ...says: string[]): Refusal => [
  what,
  "FormatError",
  ["load", ...says],
  () => Sequential.load(bytes as never),
];
const detached = new ArrayBuffer(64);
structuredClone(detached, { transfer: [detached] });

describeRefusals("load: not bytes, or not of a model", [
  load("nothing", undefined, "Uint8Array or ArrayBuffer"),
  load("null", null, "Uint8Array or ArrayBuffer"),
  load("a path", "model.safetensors", "Uint8Array or ArrayBuffer"),
  load("an array", [1, 2, 3], "Uint8Array or ArrayBuffer"),
  load("a Float32Array", new Float32Array(8), "Uint8Array or ArrayBuffer"),
  load("no bytes", new Uint8Array(), "0 bytes are too few"),
  load("a detached buffer", detached, "0 bytes are too few"),
  load("9 bytes", new Uint8Array(9), "9 bytes are too few"),
  load(
    "plain text",
    text("This is a plain text file, saved by mistake."),
    "not a model file",
    "Give the bytes that save()",
  ),
  load("JSON", text(JSON.stringify({ modelTopology: {}, weightsManifest: [] })), "not a model file"),
  load("a zip file", concatenate(Uint8Array.of(0x50, 0x4b, 3, 4), new Uint8Array(60)), "not a model file"),
  load(
    "an image",
    concatenate(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), new Uint8Array(60)),
    "not a model file",
  ),
  load("zeros", new Uint8Array(500), "not JSON", "Give the bytes that save()", "importModel of simdgrad/formats"),
  load("a header of 2⁶³ bytes", concatenate(new Uint8Array(8).fill(127), file.subarray(8)), "over 100 MB"),
  load(
    "a header beyond the end",
    concatenate(Uint8Array.of(255, 255, 0, 0, 0, 0, 0, 0), file.subarray(8)),
    "65543 bytes",
    "truncated",
  ),
  load(
    "a header length and no header",
    assemble("", new Uint8Array()).map((byte, i) => (i === 0 ? 4 : byte)),
    "too few",
  ),
  load(
    "bytes that are not UTF-8",
    concatenate(Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0), new Uint8Array(4).fill(255)),
    "not text",
  ),
  load("a list as header", assemble("[1, 2]", new Uint8Array()), "not an object"),
  load(
    "other safetensors",
    assemble('{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', new Uint8Array(4)),
    "not a model saved by simdgrad",
  ),
  load(
    "safetensors of PyTorch",
    assemble(
      '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      new Uint8Array(4),
    ),
    "not a model saved by simdgrad",
  ),
  load(
    "a later version",
    withHeader(file, (header) => Object.assign(header.__metadata__, { version: "3" })),
    'version "3"',
    'expected "1" or "2"',
  ),
  load(
    "a version that is an object",
    withHeader(file, (header) => Object.assign(header.__metadata__, { version: { toString: 1 } })),
    "version an object",
  ),
  load(
    "a description that is an object",
    withHeader(file, (header) => Object.assign(header.__metadata__, { model: { toString: 1 } })),
    "not an object",
  ),
  load(
    "nesting 100 000 deep",
    assemble(`{"__metadata__":${"[".repeat(1e5)}${"]".repeat(1e5)}}`, new Uint8Array()),
    "simdgrad",
  ),
  load(
    "nesting 100 000 deep in the right place",
    assemble(
      `{"__metadata__":{"format":"simdgrad","version":"1"},"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}`,
      new Uint8Array(),
    ),
    "not written by simdgrad",
  ),
]);

const entry = (what: string, change: object | null): Refusal =>
  load(
    `a tensor ${what}`,
    withHeader(file, (header) => {
      header["dense_1/bias"] = change && { ...(header["dense_1/bias"] as object), ...change };
    }),
    '"dense_1/bias"',
    "float32 values that follow",
  );
const spec = (what: string, change: object, ...says: string[]): Refusal =>
  load(
    what,
    withModel(file, (description) => Object.assign(description, change)),
    ...says,
  );

describeRefusals("load: made to deceive, with the right checksum", [
  load(
    "a wrong checksum",
    withText(file, (header) => header).map((byte, i) => (i === file.length - 1 ? byte ^ 1 : byte)),
    "checksum",
    "truncated or altered",
  ),
  load("a byte order mark", assemble(`\ufeff${headerOf(file).text}`, headerOf(file).data), "not JSON"),
  load(
    "a key twice",
    withText(file, (header) => header.replace('"dense_1/bias"', '"x":1,"x":1,"dense_1/bias"')),
    "not written by simdgrad",
  ),
  load(
    "a number beyond double",
    withText(file, (header) => header.replace("[3]", "[1e400]")),
    "not written by simdgrad",
  ),
  load(
    "a number with a tail",
    withText(file, (header) => header.replace("[3]", "[3.0]")),
    "not written by simdgrad",
  ),
  load(
    "metadata of the wrong kind",
    withText(file, () => '{"__metadata__":"simdgrad"}'),
    "not a model saved",
  ),
  load(
    "metadata null",
    withText(file, () => '{"__metadata__":null}'),
    "not a model saved",
  ),
  load(
    "__proto__ as a tensor",
    withText(file, (header) => header.replace("{", '{"__proto__":{"polluted":1},')),
    "__proto__",
  ),
  load(
    "constructor as a tensor",
    withHeader(file, (header) => Object.assign(header, { constructor: 1 })),
    "constructor",
  ),
  entry("null", null),
  entry("of another type", { dtype: "F64" }),
  entry("without shape", { shape: undefined }),
  entry("of negative size", { shape: [-3] }),
  entry("of size 0", { shape: [0, 3] }),
  entry("of fractional size", { shape: [1.5, 2] }),
  entry("whose size overflows", { shape: [65536, 65536, 65536, 65536] }),
  entry("of unsafe size", { shape: [2 ** 53 + 2] }),
  entry("larger than its bytes", { shape: [4] }),
  entry("without offsets", { data_offsets: null }),
  entry("over another", { data_offsets: [0, 12] }),
  entry("that begins too early", { data_offsets: [20, 36] }),
  entry("after a gap", { data_offsets: [28, 40] }),
  entry("that ends before it begins", { data_offsets: [24, 12] }),
  entry("beyond the end", { data_offsets: [24, 2 ** 40], shape: [2 ** 38] }),
  load(
    "a tensor more",
    assemble(headerOf(file).text, concatenate(headerOf(file).data, new Uint8Array(4))),
    "bytes of weights",
  ),
  load(
    "a description that is not JSON",
    withHeader(file, (header) => Object.assign(header.__metadata__, { model: "{" })),
    "description is not JSON",
  ),
  load(
    "no description",
    withHeader(file, (header) => Object.assign(header.__metadata__, { model: null })),
    "description is not an object",
  ),
  load(
    "an empty description",
    withHeader(file, (header) => Object.assign(header.__metadata__, { model: "{}" })),
    "Sequential.load: this does not describe a model: ",
    "inputShape",
  ),
  load(
    "a key of the description twice",
    withHeader(file, ({ __metadata__: metadata }) => {
      metadata.model = metadata.model.replace('"seed":', '"seed":1,"seed":');
    }),
    "description was not written by simdgrad",
  ),
  load(
    "nesting 100 000 deep in the description",
    withHeader(file, ({ __metadata__: metadata }) => {
      metadata.model = metadata.model.replace('"seed":', `"deep":${"[".repeat(1e5)}${"]".repeat(1e5)},"seed":`);
    }),
    "description was not written by simdgrad",
  ),
  spec("an unknown key", { code: "process.exit()" }, 'unknown option "code"'),
  load(
    "__proto__ in the description",
    withHeader(file, ({ __metadata__: metadata }) => {
      metadata.model = metadata.model.replace('"seed":', '"__proto__":{"polluted":1},"seed":');
    }),
    'unknown option "__proto__"',
  ),
  spec("an optimizer's memory that is and is not there", { optimizer: false, averaged: true }, "got its memory"),
  spec("an optimizer that is not a boolean", { optimizer: "adam" }, "optimizer", '"adam"'),
  spec("metadata that are not an object", { metadata: [1] }, "metadata", "a plain object"),
  spec(
    "a layer's name that is an object",
    { layers: [{ type: "dense", units: 1, name: { toString: 1 } }] },
    "an object",
  ),
  spec(
    "a schedule of endless periods",
    {
      compiled: {
        optimizer: {
          type: "sgd",
          learningRate: { type: "cosineDecayRestarts", initialLearningRate: 1, firstDecaySteps: 0.5 },
        },
        loss: "meanSquaredError",
      },
    },
    "firstDecaySteps",
  ),
  spec("no layers", { layers: [] }, "layers"),
  spec("a layer of another kind", { layers: [{ type: "lambda", code: "process.exit()" }] }, '"lambda"'),
  spec("an unknown option", { layers: [{ type: "dense", units: 1, code: "x" }] }, '"code"'),
  spec("other layers than weights", { layers: [{ type: "dense", units: 3 }] }, "expected 6 tensors, got 12"),
  spec(
    "a layer too many",
    { layers: [...model.layers.map((layer) => layer.spec), { type: "dense", units: 1 }] },
    "dense_3/kernel",
    "nothing",
  ),
  spec(
    "layers that would take 4 GiB",
    { inputShape: [2 ** 20], layers: [{ type: "dense", units: 2 ** 10 }] },
    "dense_1/kernel",
    "[2, 3]",
  ),
  spec("another input", { inputShape: [3] }, "dense_1/kernel: expected [3, 3]", "got [2, 3]"),
  spec("a negative seed", { seed: -1 }, "seed", "got -1"),
  spec("an unknown optimizer", { compiled: { optimizer: "lionel", loss: "meanSquaredError" } }, '"lion"'),
  spec("another optimizer", { compiled: { optimizer: "sgd", loss: "meanSquaredError" } }, "expected 4 tensors, got 12"),
  spec("no loss", { compiled: { optimizer: "adam" } }, "loss", "undefined"),
  spec("compiled as text", { compiled: "adam" }, "compile", '"adam"'),
  spec("no progress", { progress: undefined }, "step", "got undefined"),
  spec("a negative step", { progress: { step: -1, epoch: 0 } }, "step", "got -1"),
  spec("an epoch as text", { progress: { step: 0, epoch: "1" } }, "epoch", 'got "1"'),
  load(
    "weights NaN",
    assemble(
      headerOf(file).text,
      headerOf(file).data.map((byte, i) => (i < 4 ? 255 : byte)),
    ),
    "dense_1/kernel[0]",
    "finite",
  ),
]);

/** A file of a run that was aborted within its second epoch, with a metric that collects. */
async function interruptedFile(
  options: FitOptions = {},
  last = 1,
  stream?: () => Dataset[],
): Promise<Uint8Array<ArrayBuffer>> {
  const interrupted = await classifier({ metrics: ["f1"] });
  const stopper = new AbortController();
  const onBatchEnd = ({ epoch, step }: BatchPosition) => {
    if (epoch === 1 && step === last) stopper.abort();
  };
  const callbacks = [earlyStopping({ monitor: "loss", restoreBestWeights: true }), { onBatchEnd }];
  const all = { epochs: 3, callbacks, signal: stopper.signal, ...options };
  await (stream ? interrupted.fit(stream, all) : interrupted.fit(blobs(12), { batchSize: 5, ...all }));
  return interrupted.save();
}

const runFile = await interruptedFile();

const run = (what: string, change: (run: Record<string, never>) => unknown, ...says: string[]): Refusal =>
  load(
    what,
    withModel(runFile, (description) => change(description.run)),
    ...says,
  );

describeRefusals("load: an invalid run", [
  load(
    "a number",
    withModel(runFile, (description) => Object.assign(description, { run: 5 })),
    "run",
    "an object",
    "5",
  ),
  load(
    "null",
    withModel(runFile, (description) => Object.assign(description, { run: null })),
    "run",
    "null",
  ),
  run("no epoch", (given) => delete given.epoch, "run: epoch", "undefined"),
  run("a negative step", (given) => Object.assign(given, { step: -1 }), "run: step", "got -1"),
  run("half a row", (given) => Object.assign(given, { rows: 0.5 }), "run: rows", "got 0.5"),
  run("a batch as text", (given) => Object.assign(given, { batch: "1" }), "run: batch", '"1"'),
  run("an invalid pass", (given) => Object.assign(given, { pass: null }), "run: pass", "null"),
  run("no conditions", (given) => delete given.conditions, "run: conditions", "undefined"),
  run("isStopping as a number", (given) => Object.assign(given, { isStopping: 1 }), "isStopping", "got 1"),
  run("too few sums", (given) => Object.assign(given, { sums: [1] }), "run: sums", "9 numbers", "[1]"),
  run("sums as text", (given) => Object.assign(given, { sums: new Array(9).fill("1") }), "run: sums", "an array of 9"),
  run("an invalid epoch end", (given) => Object.assign(given, { epochEnd: 3 }), "epochEnd", "got 3"),
  run("an end without logs", (given) => Object.assign(given, { epochEnd: { epoch: 1, next: 0 } }), "logs", "undefined"),
  run(
    "logs as text",
    (given) => Object.assign(given, { epochEnd: { epoch: 1, next: 0, logs: { loss: "1" } } }),
    "epochEnd: loss",
    '"1"',
  ),
  run("callbacks that are not a list", (given) => Object.assign(given, { callbacks: {} }), "callbacks", "a list"),
  run("no state", (given) => Object.assign(given, { callbacks: [{ name: "a" }] }), "run: callbacks", "states"),
  run("no callback", (given) => Object.assign(given, { callbacks: [null] }), "run: callbacks", "null"),
  run(
    "a callback's name that is an object",
    (given) => Object.assign(given, { callbacks: [{ name: { toString: 1 }, state: {} }] }),
    "run: callbacks",
  ),
  run("a step beyond the epoch", (given) => Object.assign(given, { step: 1000 }), "run: step", "got 1000"),
  run("a batch beyond the pass", (given) => Object.assign(given, { batch: 1000 }), "run: batch", "got 1000"),
  run(
    "more rows than the steps have",
    (given) => Object.assign(given, { rows: 1e15 }),
    "run: rows",
    "got 1000000000000000",
  ),
  run("fewer rows than steps", (given) => Object.assign(given, { rows: 0 }), "run: rows", "expected 10, got 0"),
  run(
    "no batch size",
    (given) => Object.assign(given, { conditions: { ...(given.conditions as object), batchSize: 0 } }),
    "batchSize",
  ),
  run(
    "a state without its tensor",
    (given) => Object.assign(given, { callbacks: [{ name: "a", state: { best: { tensor: "fit/9" } } }] }),
    '"fit/9" is missing',
  ),
  run(
    "a state twice",
    (given) =>
      Object.assign(given, { callbacks: [(given.callbacks as object[])[0], (given.callbacks as object[])[0]] }),
    "is missing",
  ),
  run(
    "weights as a state",
    (given) => Object.assign(given, { callbacks: [{ name: "a", state: { best: { tensor: "dense_1/kernel" } } }] }),
    '"dense_1/kernel" is missing',
  ),
  ...[{ number: "1" }, { number: {} }, { tensor: {} }, { object: 1 }, {}, { tensor: null, object: {} }].map((value) =>
    run(
      `${JSON.stringify(value)} in a state`,
      (given) => Object.assign(given, { callbacks: [{ name: "a", state: { best: value } }] }),
      "load:",
    ),
  ),
  run(
    "a state nested 3000 deep",
    (given) => {
      const list = JSON.parse("[".repeat(3000) + "]".repeat(3000));
      return Object.assign(given, { callbacks: [{ name: "a", state: { list } }] });
    },
    "deep",
  ),
  run("an unknown key", (given) => Object.assign(given, { code: 1 }), "run: unknown option"),
  run("less collected than rows", (given) => Object.assign(given, { collected: null }), "collected", "rows"),
  run(
    "something collected that is not",
    (given) => Object.assign(given, { collected: { targets: { tensor: null }, predictions: { tensor: null } } }),
    "collected",
    "10 rows",
  ),
  run(
    "an end within an epoch",
    (given) => Object.assign(given, { epochEnd: { epoch: 0, logs: {}, next: 0 } }),
    "run: step",
  ),
  run("no callback that is untold", (given) => Object.assign(given, { untold: 0 }), "run: untold", "got 0"),
  run("nothing collected", (given) => Object.assign(given, { collected: {} }), "collected", "predictions"),
]);

/** A run in the second epoch of 4 steps, whose batches of 5 of 12 rows cross passes: at step 3 and batch 1. */
const crossing = await interruptedFile({ stepsPerEpoch: 4 }, 2);
/** As a stream of batches of 5, 5 and 2 rows. */
const streamed = await interruptedFile({ stepsPerEpoch: 4 }, 2, () =>
  [0, 5, 10].map((begin) => blobs(12).slice(begin, begin + 5)),
);

const place = (what: string, bytes: Uint8Array, change: object, ...says: string[]): Refusal =>
  load(
    what,
    withModel(bytes, (description) => Object.assign(description.run, change)),
    ...says,
  );

describeRefusals("load: a place that no run comes to", [
  place("rows of whole batches", crossing, { rows: 15 }, "run: rows", "expected 12, got 15"),
  place("rows of another epoch", crossing, { rows: 7 }, "run: rows", "expected 12, got 7"),
  place("a step beyond the epoch", crossing, { step: 5 }, "run: step", "at most 4, got 5"),
  place("a batch beyond the pass", crossing, { batch: 4 }, "run: batch", "at most 3, got 4"),
  place("a fractional batch", crossing, { batch: 0.5 }, "run: batch", "got 0.5"),
  place("a step that is NaN", crossing, { step: null }, "run: step", "got null"),
  place("a pass below 0", crossing, { pass: -1 }, "run: pass", "got -1"),
  place("an epoch of 1e300", crossing, { epoch: 1e300 }, "run: epoch", "1e+300"),
  place(
    "an epoch after another than ended",
    crossing,
    {
      ...{ step: 0, rows: 0, sums: [], collected: null },
      epochEnd: { epoch: 5, logs: {}, next: 0 },
    },
    "run: epoch: expected 6, got 1",
  ),
  place(
    "callbacks to be told before a step",
    crossing,
    { step: 0, rows: 0, sums: [], collected: null, untold: 1 },
    "run: untold",
    "before a step",
  ),
  place("rows without steps", crossing, { step: 0, collected: null }, "run: rows", "expected 0, got 12"),
  place(
    "half of the conditions",
    crossing,
    {
      conditions: { batchSize: 5, rows: null, shuffle: true, stepsPerEpoch: 4 },
    },
    "conditions",
    "or none of them",
  ),
  place(
    "invalid conditions",
    crossing,
    {
      conditions: { batchSize: 5, rows: 12, shuffle: 1, stepsPerEpoch: 4 },
    },
    "shuffle",
    "got 1",
  ),
  place(
    "an unknown condition",
    crossing,
    {
      conditions: { batchSize: 5, rows: 12, shuffle: true, stepsPerEpoch: 4, more: 1 },
    },
    "unknown option",
  ),
  place(
    "more steps than were taken",
    crossing,
    {
      ...{ step: 1000, rows: 3998, batch: 3 },
      conditions: { batchSize: 5, rows: 12, shuffle: true, stepsPerEpoch: 1e6 },
    },
    "at most the 7 steps",
    "got 1000",
  ),
  place("a stream with fewer rows than steps", streamed, { rows: 2 }, "run: rows", "at least 3, got 2"),
  place("a stream's step beyond the epoch", streamed, { step: 5 }, "run: step", "at most 4, got 5"),
  place("a stream's batch that was never read", streamed, { batch: 1e15 }, "at most the 7 steps"),
]);

it("a run of other data, batches or order does not resume", async () => {
  for (const [data, options, name] of [
    [blobs(13), { batchSize: 5, stepsPerEpoch: 4 }, "rows 12, and now it is 13"],
    [blobs(12), { batchSize: 4, stepsPerEpoch: 4 }, "batchSize 5, and now it is 4"],
    [blobs(12), { batchSize: 5, stepsPerEpoch: 3 }, "stepsPerEpoch 4, and now it is 3"],
    [blobs(12), { batchSize: 5, stepsPerEpoch: 4, shuffle: false }, "shuffle true, and now it is false"],
  ] as const) {
    const loaded = await Sequential.load(crossing);
    await expect(loaded.fit(data, { ...options, epochs: 3, resume: true })).rejects.toThrow(name);
  }
});

it("leaves nothing on Object.prototype", () => {
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

it("truncated anywhere, the file is refused", async () => {
  for (let length = 0; length < file.length; length++) {
    checkRefusal(await refusalOf(() => Sequential.load(file.subarray(0, length))), "FormatError", ["load"]);
  }
});

itInFull("with any byte changed, the file is refused", async () => {
  const copy = file.slice();
  for (let i = 0; i < file.length; i++) {
    for (const flip of [1, 0x20, 0xff]) {
      copy[i] ^= flip;
      checkRefusal(await refusalOf(() => Sequential.load(copy)), "FormatError", ["load"]);
      copy[i] ^= flip;
    }
  }
  expect((await Sequential.load(copy)).getWeights()).toEqual(model.getWeights());
});

/** A few bytes changed, cut out, doubled or made up, somewhere. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let mutated = new Uint8Array(bytes);
  for (let times = 1 + random.integerBelow(4); times > 0; times--) {
    const at = random.integerBelow(mutated.length);
    const end = Math.min(mutated.length, at + 1 + random.integerBelow(12));
    const [head, part, tail] = [mutated.subarray(0, at), mutated.subarray(at, end), mutated.subarray(end)];
    const made = part.map(() => random.integerBelow(256));
    const digits = part.map(() => 0x30 + random.integerBelow(10));
    const middle = [[made], [digits], [], [part, part], [part.slice().reverse()], [made, part]][random.integerBelow(6)];
    mutated = concatenate(head, ...middle, tail);
  }
  return mutated;
}

const MUTATIONS = Number(process.env.MUTATIONS ?? (isQuick ? 400 : 2000));
/** Files with weights of all types, which are damaged in turns. */
const kinds = [file, model.save({ weights: "float16" }), model.save({ weights: "int8" })];

it(`${MUTATIONS} random mutations are refused`, async () => {
  const random = Random.fromSeed(2026, MUTATION_SEED);
  for (let i = 0; i < MUTATIONS; i++) {
    const whole = kinds[i % kinds.length];
    const mutated = mutate(whole, random);
    if (Buffer.compare(mutated, whole) === 0) continue;
    checkRefusal(await refusalOf(() => Sequential.load(mutated)), "FormatError", ["load"]);
  }
});

it(`${MUTATIONS} mutations of the header with the right checksum are refused, or are a model`, async () => {
  let slowest = 0;
  const random = Random.fromSeed(2027, MUTATION_SEED);
  const parts = kinds.map(headerOf);
  let accepted = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const { text: header, data } = parts[i % parts.length];
    const mutated = assemble(new TextDecoder().decode(mutate(text(header), random)), data);
    const began = process.cpuUsage();
    try {
      const loaded = await Sequential.load(mutated);
      expect(loaded.predict([[1, 2]]).every(Number.isFinite)).toBe(true);
      accepted++;
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
    }
    // Of the processor: other work on the machine does not count.
    slowest = Math.max(slowest, process.cpuUsage(began).user);
  }
  expect(slowest, "microseconds").toBeLessThan(500_000);
  if (process.env.MUTATIONS) console.log({ accepted, slowest });
  expect(accepted).toBeGreaterThan(0); // another seed or learning rate is a model, too
  expect(accepted).toBeLessThan(MUTATIONS / 4);
});

/** Every place within a value. */
function placesIn(value: unknown, place: readonly string[] = []): (readonly string[])[] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [place, ...inner.flatMap(([key, item]) => placesIn(item, [...place, key]))];
}

const HOSTILE = [
  null,
  -1,
  0,
  0.5,
  3,
  1e15,
  1e308,
  "",
  "__proto__",
  [],
  {},
  [[1]],
  true,
  { tensor: "dense_1/kernel" },
] as const;

/** A value or two of a description replaced, deleted or put elsewhere. */
function misstate(description: Record<string, never>, random: Random): void {
  for (let times = 1 + random.integerBelow(2); times > 0; times--) {
    const places = placesIn(description).slice(1);
    const [from, to] = [0, 0].map(() => places[random.integerBelow(places.length)]);
    const at = (place: readonly string[]) =>
      place.reduce<Record<string, never>>((value, key) => value[key], description);
    const owner: Record<string, unknown> = at(to.slice(0, -1));
    const key = to[to.length - 1];
    const made = [HOSTILE[random.integerBelow(HOSTILE.length)], structuredClone(at(from))];
    const how = random.integerBelow(4);
    if (how === 0) delete owner[key];
    else owner[how === 1 ? "constructor" : key] = made[random.integerBelow(2)];
  }
}

itInFull("1000 misstatements with the right checksum are refused, or are a model whose training ends", async () => {
  const random = Random.fromSeed(2028);
  const files = [runFile, crossing, streamed];
  let resumed = 0;
  for (let i = 0; i < 1000; i++) {
    const misstated = withModel(files[i % 3], (description) => misstate(description, random));
    let steps = 0;
    const onBatchEnd = () => {
      if (++steps > 100) throw new Error("this does not end");
    };
    try {
      const loaded = await Sequential.load(misstated);
      if (!loaded.compiled) continue;
      const callbacks = [earlyStopping({ monitor: "loss", restoreBestWeights: true }), { onBatchEnd }];
      const stepsPerEpoch = i % 3 === 0 ? {} : { stepsPerEpoch: 4 };
      await loaded.fit(blobs(12), { epochs: 3, batchSize: 5, ...stepsPerEpoch, callbacks, resume: true });
      resumed++;
    } catch (error) {
      expect(error).toBeInstanceOf(SimdgradError);
    }
  }
  expect(resumed).toBeGreaterThan(10);
  expect(resumed).toBeLessThan(250);
});
