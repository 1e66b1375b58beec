// Every function that reads the file of a model names itself in errors, and not those that it calls.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chunksOf } from "../../src/csv/chunks.js";
import { loadEstimator, MLPClassifier, MLPRegressor } from "../../src/estimators/index.js";
import { dense, FormatError, Sequential } from "../../src/index.js";
import { importModel } from "../../src/interop/any/index.js";
import { exportC, exportModule } from "../../src/interop/code/index.js";
import { compact } from "../../src/interop/compact/index.js";
import { exportKeras } from "../../src/interop/keras/index.js";
import { exportOnnx, portableOf } from "../../src/interop/onnx/index.js";
import { loadQuantized, quantize } from "../../src/interop/quantized/index.js";
import { loadModel } from "../../src/node/index.js";
import { TableModel } from "../../src/table/index.js";

const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], seed: 1 });
model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
const data = { x: [[0, 1]], y: [1] };
const cut = model.save().subarray(0, -4);
const path = join(mkdtempSync(join(tmpdir(), "simdgrad-doors-")), "cut $& file");
writeFileSync(path, cut);

const doors: readonly (readonly [where: string, call: () => unknown])[] = [
  ["Sequential.load", () => Sequential.load(cut)],
  ["Sequential.load", () => Sequential.load(cut, { worker: true })],
  [
    "fit: resumeFrom",
    () => model.fit(data, { epochs: 1, callbacks: [{ onTrainBegin: (trainer) => trainer.resumeFrom(cut) }] }),
  ],
  [`loadModel: ${path}`, () => loadModel(path)],
  ["MLPClassifier.load", () => MLPClassifier.load(cut)],
  ["MLPRegressor.load", () => MLPRegressor.load(cut)],
  ["loadEstimator", () => loadEstimator(cut)],
  ["TableModel.load", () => TableModel.load(cut)],
  ["portableOf", () => portableOf(cut)],
  ["importModel", () => importModel(cut)],
  ["exportKeras", () => exportKeras(cut)],
  ["exportOnnx", () => exportOnnx(cut)],
  ["exportModule", () => exportModule(cut)],
  ["exportC", () => exportC(cut)],
  ["compact", () => compact(cut, { weights: "int8" })],
  ["quantize", () => quantize(cut, { calibration: [[0, 1]] })],
  ["loadQuantized", () => loadQuantized(cut)],
];

it.each(doors)("%s", async (where, call) => {
  const error = await (async () => call())().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FormatError);
  expect((error as Error).message.slice(0, where.length + 12)).toBe(`${where}: checksum "`);
});

it("a name with a line in it stays as it is where lines are counted", async () => {
  const bytes = new TextEncoder().encode(`a,b\n${"1,2\n".repeat(40_000)}3\n`);
  const rows = async () => {
    for await (const _ of chunksOf("line 1.csv", pieces(bytes)));
  };
  await expect(rows()).rejects.toThrow("line 1.csv: line 40002: expected 2 cells, got 1.");
});

async function* pieces(bytes: Uint8Array) {
  for (let i = 0; i < bytes.length; i += 2 ** 16) yield bytes.subarray(i, i + 2 ** 16);
}
