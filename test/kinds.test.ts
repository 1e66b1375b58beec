// Bytes, typed arrays and the like of another realm, as under Jest and Vitest with jsdom or from an iframe, at every
// door.

import vm from "node:vm";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../src/base/bytes.js";
import { isNumericArray, kindOf } from "../src/base/kinds.js";
import { parseCsv } from "../src/csv/index.js";
import {
  adam,
  argMax,
  confusionMatrix,
  type DataArrays,
  Dataset,
  dense,
  fromImageData,
  labelEncoder,
  logLossScore,
  oneHot,
  parseIdx,
  Sequential,
  standardScaler,
  trainTestSplit,
} from "../src/index.js";

const realm = vm.createContext({});
const foreign = <T>(code: string): T => vm.runInContext(code, realm) as T;
const foreignBytes = (bytes: Uint8Array, as = "Uint8Array.from(bytes)"): Uint8Array =>
  vm.runInNewContext(as, { bytes: Array.from(bytes) }) as Uint8Array;

const idx = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 5, 7);
const csv = new TextEncoder().encode("a,b\n1,2\n3,4\n");

async function made(): Promise<Sequential> {
  const model = await Sequential.create({
    inputShape: [2],
    layers: [dense({ units: 1, activation: "sigmoid" })],
    seed: 1,
  });
  model.compile({ optimizer: adam(), loss: "binaryCrossentropy" });
  return model;
}

describe("kinds", () => {
  it.each([
    ["new Uint8Array(2)", "Uint8Array", true, 2],
    ["new ArrayBuffer(3)", "ArrayBuffer", false, 3],
    ["new Float64Array(2)", "Float64Array", true, null],
    ["new BigInt64Array(1)", "BigInt64Array", false, null],
    ["new DataView(new ArrayBuffer(4))", "DataView", false, null],
    ["new Map()", "Map", false, null],
    ["[1, 2]", "Array", false, null],
    ["({})", "Object", false, null],
    ['({ [Symbol.toStringTag]: "Float32Array" })', "Float32Array", false, null],
    ["null", "Null", false, null],
  ])("%s of another realm is told", (code, kind, isNumeric, bytes) => {
    const value = foreign(code);
    expect(kindOf(value)).toBe(kind);
    expect(isNumericArray(value)).toBe(isNumeric);
    expect(bytesOf(value)?.length ?? null).toBe(bytes);
  });

  it("a detached buffer has no bytes", () => {
    const buffer = new ArrayBuffer(4);
    structuredClone(buffer, { transfer: [buffer] });
    expect(bytesOf(buffer)).toEqual(new Uint8Array());
  });

  it("a view shares its memory, at its offset", () => {
    const whole = Uint8Array.of(1, 2, 3, 4);
    const bytes = bytesOf(whole.subarray(1, 3)) as Uint8Array;
    bytes[0] = 9;
    expect(Array.from(bytes)).toEqual([9, 3]);
    expect(whole[1]).toBe(9);
  });
});

describe("doors take objects of another realm", () => {
  it.each(["Uint8Array.from(bytes)", "Uint8Array.from(bytes).buffer"])("load of %s", async (as) => {
    const model = await made();
    const loaded = await Sequential.load(foreignBytes(model.save(), as));
    expect(loaded.predict([[1, 2]])).toEqual(model.predict([[1, 2]]));
  });

  it.each([
    ["plain", idx],
    ["gzipped", gzipSync(idx)],
  ])("parseIdx, %s", async (_, bytes) => {
    expect(Array.from((await parseIdx(foreignBytes(bytes))).data)).toEqual([5, 7]);
    expect((await parseIdx(foreignBytes(bytes, "Uint8Array.from(bytes).buffer"))).shape).toEqual([2]);
  });

  it("parseCsv", async () => {
    expect((await parseCsv(foreignBytes(csv))).rows).toBe(2);
    expect((await parseCsv(foreignBytes(csv, "Uint8Array.from(bytes).buffer"))).rows).toBe(2);
  });

  it("fromImageData", () => {
    const pixels = foreign<ImageData>("({ data: new Uint8ClampedArray(16).fill(255), width: 2, height: 2 })");
    expect(Array.from(fromImageData(pixels))).toEqual([1, 1, 1, 1].map((one) => expect.closeTo(one, 6)));
  });

  it.each([
    ["rows", "({ x: [[0, 1], [1, 0], [1, 1]], y: [0, 1, 1], sampleWeight: [1, 2, 1] })"],
    ["flat typed arrays", "({ x: Float32Array.of(0, 1, 1, 0, 1, 1), y: Uint8Array.of(0, 1, 1) })"],
    [
      "rows of typed arrays",
      "({ x: [Float64Array.of(0, 1), Int8Array.of(1, 0), Uint8Array.of(1, 1)], y: Float32Array.of(0, 1, 1) })",
    ],
  ])("%s in Dataset, fit, evaluate, predict and splits", async (_, code) => {
    const data = foreign<DataArrays>(code);
    const model = await made();
    const same = await made();
    const own = {
      x: [
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      y: [0, 1, 1],
      ...(data.sampleWeight && { sampleWeight: [1, 2, 1] }),
    };
    expect(await model.fit(data, { epochs: 2 })).toEqual(await same.fit(own, { epochs: 2 }));
    expect(await model.evaluate(data)).toEqual(await same.evaluate(own));
    expect(model.predict(data.x)).toEqual(same.predict(own.x));
    expect(Array.from(Dataset.from(data, { inputShape: [2] }).x)).toEqual([0, 1, 1, 0, 1, 1]);
  });

  it("scalers, encoders, metrics, splits by labels", () => {
    expect(standardScaler().fitTransform(foreign<number[][]>("[[1], [3]]"))).toEqual([[-1], [1]]);
    const typed = foreign<Float64Array>("Float64Array.of(1, 3)");
    expect(Array.from(standardScaler().fitTransform(typed, { features: 1 }))).toEqual([-1, 1]);
    expect(Array.from(labelEncoder().fitTransform(foreign<string[]>('["b", "a"]')))).toEqual([1, 0]);
    expect(Array.from(oneHot(foreign<Int32Array>("Int32Array.of(1)"), 2))).toEqual([0, 1]);
    expect(Array.from(argMax(foreign<Float32Array>("Float32Array.of(1, 2)"), 2))).toEqual([1]);
    expect(confusionMatrix(foreign<Int32Array>("Int32Array.of(0, 1)"), [0, 1]).counts).toEqual(
      Int32Array.of(1, 0, 0, 1),
    );
    const certain = "Float32Array.of(1, 0)";
    expect(logLossScore([1, 0], foreign<Float32Array>(certain))).toBe(logLossScore([1, 0], Float32Array.of(1, 0)));
    const { train } = trainTestSplit({ x: [[1], [2], [3], [4]], y: foreign<string[]>('["a", "b", "a", "b"]') });
    expect(train.classNames).toEqual(["a", "b"]);
  });

  it("classWeight; a Map of weights is refused from any realm", async () => {
    const model = await made();
    const data = {
      x: [
        [0, 1],
        [1, 0],
      ],
      y: [0, 1],
    };
    await model.fit(data, { classWeight: foreign<Record<number, number>>("({ 1: 2 })") });
    const map = foreign<Record<number, number>>("new Map([[1, 2]])");
    await expect(model.fit(data, { classWeight: map })).rejects.toThrow("classWeight: expected { class: weight");
  });

  it("a signal", async () => {
    const { signal } = new AbortController();
    const model = await made();
    await model.fit({ x: [[0, 1]], y: [0] }, { signal, verbose: 0 });
    await expect(model.fit({ x: [[0, 1]], y: [0] }, { signal: { aborted: false } as AbortSignal })).rejects.toThrow(
      "expected an AbortSignal",
    );
  });
});
