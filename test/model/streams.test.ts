// fit and evaluate on streams: the same numbers as on rows in memory, and errors that say which batch.
import { describe, expect, it } from "vitest";
import { type Batch, DataError, Dataset, OptionError, pipeline, ShapeError, type Stream } from "../../src/index.js";
import { blobs, classifier, stateOf } from "./models.js";
import { runtimes } from "./runtimes.js";

const data = blobs(50);
const fitOptions = { epochs: 3, batchSize: 8, shuffle: false };

function* slices(size = 8): Generator<Dataset> {
  for (let begin = 0; begin < data.length; begin += size) yield data.slice(begin, Math.min(begin + size, data.length));
}

const plain = ({ x, y }: Dataset): Batch => ({
  x: Array.from({ length: y.length }, (_, i) => [x[2 * i], x[2 * i + 1]]),
  y,
});

/** The same batches in every form that is taken. */
const streams: [string, () => Stream][] = [
  ["a pipeline of rows", () => pipeline(data)],
  ["a pipeline of batches", () => pipeline(data).batch(8)],
  ["a generator function", () => () => slices()],
  [
    "an async generator function",
    () =>
      async function* () {
        for (const batch of slices()) yield batch;
      },
  ],
  ["plain arrays", () => () => [...slices()].map(plain)],
  ["a set of batches", () => new Set([...slices()])],
];

describe.each(runtimes)("%s", (_, runtime) => {
  it.each(streams)("%s trains as rows do", async (name, stream) => {
    const [model, rows] = [await classifier(runtime), await classifier(runtime)];
    const expected = await rows.fit(data, { ...fitOptions, validationSplit: 0 });
    const isRows = name === "a pipeline of rows";
    const history = await model.fit(stream(), { epochs: 3, ...(isRows && { batchSize: 8 }) });
    expect(history).toEqual(expected);
    expect(stateOf(model)).toBe(stateOf(rows));
  });

  it.each(streams)("%s is evaluated as rows are", async (_, stream) => {
    const model = await classifier(runtime);
    await model.fit(data);
    expect(await model.evaluate(stream())).toEqual(await model.evaluate(data));
  });

  it("batches of any size, the largest last", async () => {
    const model = await classifier(runtime);
    const stepwise = await classifier(runtime);
    const parts = [data.slice(0, 3), data.slice(3, 4), data.slice(4, 20), data.slice(20, 50)];
    const { loss } = await model.fit(() => parts, { epochs: 2, validationData: data });
    const sums = [0, 0];
    for (const epoch of [0, 1]) {
      for (const part of parts) sums[epoch] += (await stepwise.trainOnBatch(part)).loss * part.length;
    }
    expect(loss).toBeAllClose(
      sums.map((sum) => sum / 50),
      { rtol: 1e-12, atol: 0 },
    );
    expect(model.getWeights()).toEqual(stepwise.getWeights());
  });

  it("validationData may be a stream", async () => {
    const [streamed, rows] = [await classifier(runtime), await classifier(runtime)];
    const [train, held] = data.split({ fraction: 0.3 });
    const expected = await rows.fit(train, { epochs: 3, validationData: held });
    expect(await streamed.fit(train, { epochs: 3, validationData: pipeline(held) })).toEqual(expected);
    const batches = pipeline(held).batch(4);
    expect(await (await classifier(runtime)).fit(train, { epochs: 3, validationData: batches })).toEqual(expected);
  });

  it("weights of rows and of classes count", async () => {
    const weighted = Dataset.from(
      { x: data.x, y: data.y, sampleWeight: data.y.map((label) => 1 + label) },
      { inputShape: [2], targetShape: [] },
    );
    const [streamed, rows] = [await classifier(runtime), await classifier(runtime)];
    const classWeight = { 1: 3 };
    const expected = await rows.fit(weighted, { ...fitOptions, classWeight });
    expect(await streamed.fit(pipeline(weighted).batch(8), { epochs: 3, classWeight })).toEqual(expected);
  });
});

describe("passes", () => {
  it("each epoch is another pass of the same stream, as the epochs of the model count", async () => {
    const passes: number[] = [];
    const stream = (epoch: number) => {
      passes.push(epoch);
      return slices();
    };
    const model = await classifier();
    await model.fit(stream, { epochs: 2 });
    await model.fit(stream, { epochs: 1 });
    expect(passes).toEqual([0, 1, 2]);
  });

  it("stepsPerEpoch walks through the data without regard to epochs", async () => {
    const seen: (number | null)[][] = [];
    const model = await classifier();
    const onBatchEnd = ({ epoch, step, rows, stepsPerEpoch }: Record<string, number | null>) =>
      seen.push([epoch, step, rows, stepsPerEpoch]);
    const callbacks = [{ onBatchEnd: onBatchEnd as never }];
    await model.fit(pipeline(data).batch(20), { epochs: 2, stepsPerEpoch: 2, callbacks });
    expect(seen).toEqual([
      [0, 0, 20, 2],
      [0, 1, 40, 2],
      [1, 0, 10, 2],
      [1, 1, 30, 2],
    ]);
    const [streamed, rows] = [await classifier(), await classifier()];
    const steps = { epochs: 4, stepsPerEpoch: 5 };
    const expected = await rows.fit(data, { ...steps, batchSize: 20, shuffle: false });
    expect(await streamed.fit(pipeline(data).batch(20), steps)).toEqual(expected);
    expect(await (await classifier()).fit(pipeline(data).repeat().batch(20).take(20), steps)).not.toEqual(expected);
  });

  it("a stream without end is trained on in steps", async () => {
    let given = 0;
    const endless = function* () {
      for (;;) {
        given++;
        yield data.slice(0, 8);
      }
    };
    const { epoch } = await (await classifier()).fit(endless(), { epochs: 3, stepsPerEpoch: 4 });
    expect(epoch).toEqual([0, 1, 2]);
    expect(given).toBe(12);
  });

  it("says that a generator gives only one pass", async () => {
    const model = await classifier();
    const attempt = model.fit(slices(), { epochs: 2 });
    await expect(attempt).rejects.toThrow(/walked through only once.*Give the generator function/);
    await expect(attempt).rejects.toBeInstanceOf(DataError);
  });

  it("ends the source when training is aborted, even while it waits for data", async () => {
    let isClosed = false;
    const stopper = new AbortController();
    const stalled = async function* () {
      try {
        yield data.slice(0, 8);
        stopper.abort();
        await new Promise((resolve) => setTimeout(resolve, 20));
        yield data.slice(0, 8);
      } finally {
        isClosed = true;
      }
    };
    const model = await classifier();
    const began = performance.now();
    expect((await model.fit(stalled, { epochs: 2, signal: stopper.signal })).epoch).toEqual([]);
    expect(isClosed).toBe(false); // it was not waited for
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(isClosed).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(20);
  });

  it("lets timers run while it reads", async () => {
    const model = await classifier();
    const stopper = new AbortController();
    setTimeout(() => stopper.abort(), 60);
    const endless = pipeline(data).repeat().batch(8);
    await model.fit(endless, { signal: stopper.signal });
    expect(stopper.signal.aborted).toBe(true);
  });
});

describe("is refused", () => {
  const good = data.slice(0, 4);
  const bad = (batch: unknown) => () => () => [good, good, batch] as never;

  it.each<[string, () => Stream, object, RegExp, typeof DataError | typeof ShapeError | typeof OptionError]>([
    ["a number as a batch", bad(5), {}, /fit: batch 2: .*expected \{ x, y \} or a Dataset, got 5/, DataError],
    ["a row as a batch", bad({ x: [1, 2], y: 0 }), {}, /fit: batch 2/, DataError],
    [
      "NaN",
      bad({
        x: [
          [1, 2],
          [Number.NaN, 0],
        ],
        y: [0, 1],
      }),
      {},
      /batch 2: x: row 1, column 0: .*NaN/,
      DataError,
    ],
    ["a wide row", bad({ x: [[1, 2, 3]], y: [0] }), {}, /batch 2: x: row 0: expected \[2\], got 3/, ShapeError],
    ["a wide Dataset", bad(blobs(4, { features: 3 })), {}, /batch 2: x: expected \[\*, 2\], got \[4, 3\]/, ShapeError],
    ["a label out of range", bad({ x: [[1, 2]], y: [3] }), {}, /batch 2: y: row 0: .*from 0 to 2, got 3/, DataError],
    ["no rows", bad({ x: [], y: [] }), {}, /batch 2: x: expected at least one row/, DataError],
    ["an unknown key", bad({ x: [[1, 2]], labels: [0] }), {}, /batch 2: .*"labels"/, OptionError],
    [
      "a promise of text",
      () =>
        async function* () {
          yield "text";
        } as never,
      {},
      /batch 0: .*got "text"/,
      DataError,
    ],
    [
      "a function that returns nothing",
      () => (() => undefined) as never,
      {},
      /the function returned undefined/,
      OptionError,
    ],
    ["an empty stream", () => () => [], {}, /epoch 0: the data gave no batches/, DataError],
    ["an empty pipeline", () => pipeline([]), { stepsPerEpoch: 3 }, /gave no batches/, DataError],
    [
      "a bad row of a pipeline",
      () =>
        pipeline([
          { x: [1, 2], y: 0 },
          { x: [1], y: 0 },
        ]),
      {},
      /batch 0, .*x: row 1/,
      ShapeError,
    ],
    [
      "validationSplit",
      streams[0][1],
      { validationSplit: 0.2 },
      /validationSplit: a stream .*validationData/,
      OptionError,
    ],
    ["classWeight balanced", streams[0][1], { classWeight: "balanced" }, /classWeight: a stream/, OptionError],
    ["shuffle", streams[0][1], { shuffle: true }, /shuffle: a stream.*shuffle\(bufferSize\)/, OptionError],
    ["batchSize for batches", streams[1][1], { batchSize: 4 }, /batchSize: these are batches already/, OptionError],
    ["batchSize for raw batches", streams[2][1], { batchSize: 4 }, /batchSize: these are batches already/, OptionError],
    [
      "bad validation batches",
      streams[0][1],
      { validationData: bad({ x: [[1]], y: [0] })() },
      /validationData: batch 2: x/,
      ShapeError,
    ],
    [
      "rows instead of batches",
      () => () => [{ x: [1, 2], y: 1 } as never],
      {},
      /batch 0: expected a batch, .*got a row, whose y is 1\. For rows: pipeline\(source\)\.batch\(32\)/,
      DataError,
    ],
    ["no validation batches", streams[0][1], { validationData: () => [] }, /gave no batches/, DataError],
  ])("%s", async (_, stream, options, message, error) => {
    const model = await classifier();
    const attempt = model.fit(stream(), options);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(error);
    await model.fit(data);
  });

  it.each<[string, () => Stream, RegExp]>([
    ["no batches", () => () => [], /evaluate: the data gave no batches/],
    ["a bad batch", bad({ x: [[1]], y: [0] }), /evaluate: batch 2: x/],
    [
      "a row",
      bad({ x: [1, 2], y: 0 } as never),
      /evaluate: batch 2: expected a batch, .*pipeline\(source\)\.batch\(32\)/,
    ],
  ])("%s, by evaluate", async (_, stream, message) => {
    await expect((await classifier()).evaluate(stream())).rejects.toThrow(message);
  });

  it("and the steps before a bad batch stay taken", async () => {
    const [model, expected] = [await classifier(), await classifier()];
    await expect(model.fit(bad(5)())).rejects.toThrow(/batch 2/);
    for (const part of [good, good]) await expected.trainOnBatch(part);
    expect(model.getWeights()).toEqual(expected.getWeights());
  });
});
