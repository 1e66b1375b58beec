// Models as ONNX files: onnxruntime computes the same numbers, and what ONNX lacks is refused by name.
import { mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/base/errors.js";
import { activation, dense, flatten, groupNormalization, Sequential, softmax } from "../../src/index.js";
import { portableOf } from "../../src/interop/fromModel.js";
import { exportOnnx, writeOnnx } from "../../src/interop/onnx/index.js";
import { type ActivationSpec, activationNames } from "../../src/specs/activations.js";
import { layerTypes } from "../../src/specs/layers/all.js";
import { judge } from "./exact.js";
import { livelyModel, parts, variants } from "./onnxNets.js";
import { runOnnx } from "./onnxRuntime.js";
import { plainLayers } from "./plainLayers.js";
import { NETS, randomNet, rowsFor, worstDifference } from "./randomNets.js";

const CLOSE = 2e-6;
const quiet = { onWarning: () => {} };

let kept = 0;

/** Keeps a file in the folder ONNX_FILES, if there is one, for fixtures/interop/onnx/check_written.py. */
function keep(file: Uint8Array): void {
  const folder = process.env.ONNX_FILES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${kept++}.onnx`, file);
}

/**
 * The largest difference between onnxruntime and the model on seven rows, relative to the largest output: sums of
 * numbers of both signs are added in another order there.
 */
async function differenceOf(model: Sequential, rows = rowsFor(model, 7)): Promise<number> {
  const file = await exportOnnx(model, quiet);
  keep(file);
  const { output } = await runOnnx(file, rows, [7, ...model.layers[0].inputShape]);
  const expected = model.predict(rows);
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const scaled = (values: Float32Array) => values.map((value) => value / size);
  return worstDifference(scaled(output.data as Float32Array), scaled(expected));
}

const withActivation = (one: ActivationSpec) =>
  livelyModel({ inputShape: [3], layers: [dense({ units: 6 }), activation(one)], seed: 5 });

describe("a model as an ONNX file", () => {
  it.each(activationNames.filter((name) => name !== "sparsemax").flatMap(variants))(
    "computes %j in onnxruntime",
    async (one) => {
      expect(await differenceOf(await withActivation(one))).toBeLessThan(CLOSE);
    },
  );

  it.each(layerTypes)("computes %s in onnxruntime", async (type) => {
    const model = await livelyModel(plainLayers(type));
    const rows = type === "categoryEncoding" ? Float32Array.of(0, 3, 2, 1, 0, 2, 3) : rowsFor(model, 7);
    expect(await differenceOf(model, rows)).toBeLessThan(CLOSE);
  });

  it("computes random nets in onnxruntime", async () => {
    for (let seed = 0; seed < NETS; seed++) {
      const model = await randomNet(seed, parts);
      const rows = rowsFor(model, 7);
      const { output } = await runOnnx(await exportOnnx(model, quiet), rows, [7, ...model.layers[0].inputShape]);
      await judge(`net ${seed}`, model, rows, output.data as Float32Array);
      expect(await differenceOf(model), `net ${seed}`).toBeLessThan(CLOSE);
    }
  });

  it.each([
    [
      "softmax along another axis",
      { inputShape: [2, 3], layers: [softmax({ axis: 0 }), flatten(), dense({ units: 2 })] },
    ],
    ["a mask", { inputShape: [3], layers: [dense({ units: 3 }), softmax({ mask: [true, false, true] })] }],
    [
      "category numbers, many",
      { inputShape: [3], layers: [{ type: "categoryEncoding", numTokens: 3 }, dense({ units: 1 })] },
    ],
    [
      "category numbers, each",
      {
        inputShape: [3],
        layers: [{ type: "categoryEncoding", numTokens: 3, outputMode: "oneHot" }, flatten(), dense({ units: 1 })],
      },
    ],
    ["no gamma", { inputShape: [3], layers: [{ type: "batchNormalization", scale: false }, dense({ units: 1 })] }],
    ["no beta", { inputShape: [3], layers: [{ type: "layerNormalization", center: false }, dense({ units: 1 })] }],
    ["instances", { inputShape: [4], layers: [groupNormalization({ groups: 2, scale: false })] }],
  ] as const)("computes %s", async (what, options) => {
    const model = await livelyModel({ ...options, seed: 3 } as never);
    const rows = what.startsWith("category") ? Float32Array.from({ length: 21 }, (_, i) => i % 3) : undefined;
    expect(await differenceOf(model, rows)).toBeLessThan(CLOSE);
  });

  it("gives labels and probabilities as tensors", async () => {
    const rows = Float32Array.of(1, 2, -3, 0.5, 2, 0, -1, -1);
    const three = await livelyModel({ inputShape: [2], layers: [dense({ units: 3, activation: "softmax" })] });
    three.metadata = { classes: ["a", "b", "c"], features: ["x", "y"] };
    const file = await exportOnnx(three, { withLabels: true });
    keep(file);
    const got = await runOnnx(file, rows, [4, 2]);
    expect(got.label.data).toEqual(await three.predictClasses(rows));
    expect(got.probabilities.data).toEqual(got.output.data);
    const one = await livelyModel({ inputShape: [2], layers: [dense({ units: 1, activation: "sigmoid" })] });
    one.metadata = { classes: [3, 7] };
    const second = await exportOnnx(one, { withLabels: true });
    keep(second);
    const both = await runOnnx(second, rows, [4, 2]);
    expect([...(both.label.data as BigInt64Array)].map(Number)).toEqual(await one.predictClasses(rows));
    expect(both.probabilities.dims).toEqual([4, 2]);
    const pairs = [...one.predict(rows)].flatMap((p) => [1 - p, p]);
    expect(worstDifference(both.probabilities.data as Float32Array, pairs)).toBeLessThan(CLOSE);
  });

  it("says what it leaves out", async () => {
    const model = await Sequential.create(plainLayers("dropout"));
    model.compile({ optimizer: "adam", loss: "mse" });
    const sentences: string[] = [];
    await exportOnnx(model, { onWarning: (sentence) => sentences.push(sentence) });
    expect(sentences).toEqual([
      "Only training needs dropout_1; left out.",
      "ONNX holds no optimizer, loss and metrics; compile the model anew to train it.",
    ]);
  });

  it.each([
    [
      { layers: [dense({ units: 2, activation: "sparsemax" })] },
      {},
      FormatError,
      "exportOnnx: dense_1: ONNX has no sparsemax. Export to simdgrad/code instead, or train with another, such as softmax.",
    ],
    [
      { inputShape: [2, 4], layers: [groupNormalization({ groups: 2 })] },
      {},
      FormatError,
      "exportOnnx: groupNormalization_1: ONNX puts channels first, and rows of [2, 4] have them last.",
    ],
    [{}, { withLabels: true }, OptionError, "exportOnnx: withLabels: the model has no names of classes."],
    [{}, { withLabel: true }, OptionError, 'exportOnnx: unknown option "withLabel". Did you mean "withLabels"?'],
    [{}, { withLabels: 1 }, OptionError, "exportOnnx: withLabels: expected true or false, got 1."],
    [{}, { onWarning: "no" }, OptionError, "onWarning"],
  ] as const)("refuses %j with %j", async (options, given, kind, text) => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 2 })], ...options } as never);
    const attempt = exportOnnx(model, given as never);
    await expect(attempt).rejects.toThrow(kind);
    await expect(attempt).rejects.toThrow(text);
  });

  it("refuses labels of a model that ends otherwise, and parts that are not models", async () => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 2 })] });
    model.metadata = { classes: ["a", "b"] };
    await expect(exportOnnx(model, { withLabels: true })).rejects.toThrow("expected softmax or one sigmoid unit");
    expect(() => writeOnnx({} as never)).toThrow("writeOnnx: expected what a reader or portableOf returns");
    const plain = await portableOf(model);
    const broken = { ...plain, layers: plain.layers.map((layer) => ({ ...layer, weights: new Map() })) };
    expect(() => writeOnnx(broken)).toThrow("writeOnnx: dense_1: the weight kernel is missing.");
  });
});
