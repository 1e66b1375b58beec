/** x of 1 or 2 bytes a number: held as given, and the same bits as float32 everywhere. */
import { describe, expect, it } from "vitest";
import { heldRows } from "../../src/data/rows.js";
import { MLPClassifier } from "../../src/estimators/index.js";
import { Dataset, dense, type Sequential as Model, pipeline, Sequential, standardScaler } from "../../src/index.js";

const ROWS = 40;
const COLUMNS = 9;
const bytes = Uint8Array.from({ length: ROWS * COLUMNS }, (_, i) => (i * i * 7 + i * 31) % 256);
const y = Uint8Array.from({ length: ROWS }, (_, i) => (bytes[i * COLUMNS] > 127 ? 1 : 0));
const shapes = { inputShape: [COLUMNS], targetShape: [] };
/** The numbers as float32, made without the library. */
const floats = Float32Array.from(bytes, (byte) => byte / 255);
const plain = () => Dataset.from({ x: floats.slice(), y }, shapes);
const small = () => Dataset.from({ x: bytes, y }, { ...shapes, scale: 1 / 255 });

async function modelOf(options: object = {}): Promise<Model> {
  const layers = [dense({ units: 8, activation: "relu" }), dense({ units: 2, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [COLUMNS], layers, seed: 3, threads: 1, ...options });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model as Model;
}

const weightsOf = async (model: Model) => (await model.getWeights()).map(({ data }) => [...data]);

it.each([
  ["Uint8Array", bytes, undefined],
  ["Uint8ClampedArray", Uint8ClampedArray.from(bytes), 1 / 255],
  ["Int8Array", Int8Array.from(bytes), 0.1],
  ["Int16Array", Int16Array.from(bytes, (byte) => byte * 120 - 9000), 2 ** -15],
  ["Uint16Array", Uint16Array.from(bytes, (byte) => byte * 257), 1 / 65535],
])("holds a %s as given, and makes float32 of it when x is read", (_, x, scale) => {
  const dataset = Dataset.from({ x, y }, { ...shapes, ...(scale && { scale }) });
  expect(heldRows(dataset).x).toBe(x);
  expect(dataset.slice(3, 5).x).toEqual(Float32Array.from(x.slice(27, 45), (value) => value * (scale ?? 1)));
  const picked = dataset.select([7, 0]);
  expect(heldRows(picked).x).toEqual(
    (x.constructor as Uint8ArrayConstructor).from([...x.slice(63, 72), ...x.slice(0, 9)]),
  );
  expect(heldRows(dataset).x).toBe(x);
  const made = dataset.x;
  expect(made).toEqual(Float32Array.from(x, (value) => value * (scale ?? 1)));
  expect([dataset.x, heldRows(dataset).x]).toEqual([made, made]);
  expect(dataset.x).toBe(made);
});

it("1 / 255 gives the bits of x / 255 for all bytes", () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const { x } = Dataset.from({ x: all, y: all }, { inputShape: [1], targetShape: [], scale: 1 / 255 });
  expect(x).toEqual(Float32Array.from(all, (byte) => byte / 255));
});

const Float16 = (globalThis as { Float16Array?: { from(values: Iterable<number>): Uint16Array } }).Float16Array;
it.skipIf(!Float16)("holds a Float16Array, and refuses NaN in it", () => {
  const halves = [0.5, -1.25, 65504, 2 ** -24];
  const x = Float16?.from(halves) as Uint16Array;
  const dataset = Dataset.from({ x, y: [1, 0] }, { inputShape: [2] });
  expect(heldRows(dataset).x).toBe(x);
  expect([...dataset.x]).toEqual(halves);
  const bad = Float16?.from([1, Number.NaN]) as Uint16Array;
  expect(() => Dataset.from({ x: bad, y: [1] }, { inputShape: [2] })).toThrow("x: row 0, column 1: expected a finite");
});

describe.each([
  ["here", {}],
  ["on the reference", { backend: "reference" }],
  ["in a worker", { worker: true }],
])("trains, evaluates and predicts %s with the bits of float32", (_, options) => {
  it("fit in batches, held back, weighted, evaluate, trainOnBatch, predict", async () => {
    const run = async (data: Dataset) => {
      const model = await modelOf(options);
      const { loss } = await model.fit(data, { epochs: 2, batchSize: 7, validationSplit: 0.2, classWeight: [1, 2] });
      const evaluated = await model.evaluate(data);
      const stepped = await model.trainOnBatch(data.slice(0, 5));
      const weights = await weightsOf(model);
      model.dispose();
      return { loss, evaluated, stepped, weights };
    };
    const data = small();
    expect(await run(data)).toEqual(await run(plain()));
    expect(heldRows(data).x).toBe(bytes);
  });
});

it("streams, traces, estimators, scalers and predict get the same numbers", async () => {
  const [a, b] = [small(), plain()];
  const model = await modelOf();
  expect(model.trace(a)).toEqual(model.trace(b));
  expect(await model.evaluate(pipeline(small()).batch(7))).toEqual(await model.evaluate(pipeline(b).batch(7)));
  expect(model.predict(bytes)).toEqual(model.predict(Float32Array.from(bytes)));
  const options = { hiddenLayerSizes: [4], maxEpochs: 3, onWarning() {} };
  const [one, two] = [new MLPClassifier(options), new MLPClassifier(options)];
  const data = small();
  await one.fit(data);
  await two.fit(b);
  expect(heldRows(data).x).toBe(bytes);
  expect(one.predictProba(small())).toEqual(two.predictProba(b));
  expect(standardScaler().fitTransform(small())).toEqual(standardScaler().fitTransform(b));
});
