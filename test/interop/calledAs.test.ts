// Errors begin with the function that was called, also where another public function does the work.
import { describe, expect, it } from "vitest";
import { SimdgradError } from "../../src/base/errors.js";
import { dense, Sequential } from "../../src/index.js";
import { importModel } from "../../src/interop/any/index.js";
import { exportBrain, importBrain, readBrain } from "../../src/interop/brain/index.js";
import { exportC, exportModule, exportPage } from "../../src/interop/code/index.js";
import { compact } from "../../src/interop/compact/index.js";
import { exportKeras, exportKerasTraining, importKeras, readKeras } from "../../src/interop/keras/index.js";
import { exportOnnx, importOnnx, portableOf, readOnnx } from "../../src/interop/onnx/index.js";
import { loadQuantized, quantize } from "../../src/interop/quantized/index.js";
import { exportSklearn, importSklearn, readSklearn } from "../../src/interop/sklearn/index.js";
import { exportTfjs, importTfjs, readTfjs } from "../../src/interop/tfjs/index.js";
import { exportTorch, exportTorchTraining, importTorch, readTorch } from "../../src/interop/torch/index.js";

const quiet = { onWarning: () => {} };
const layers = [dense({ units: 2, activation: "tanh" }), dense({ units: 1, activation: "tanh" })];
const model = await Sequential.create({ inputShape: [2], layers, seed: 1 });
const odd = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1, activation: "tanh" })], seed: 1 });
const linear = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], seed: 1 });
const nothing = new Uint8Array(3);
const bad = { threads: -1 };
const unknown = { speed: 1 } as object;

type Attempt = [name: string, attempt: () => unknown];
const writers: Record<string, (model: Uint8Array, ...rest: object[]) => unknown> = {
  exportBrain,
  exportC,
  exportKeras,
  exportKerasTraining,
  exportModule,
  exportOnnx,
  exportPage,
  exportSklearn,
  exportTfjs,
  exportTorch,
  exportTorchTraining,
};

const failing: Attempt[] = [
  ["importBrain", () => importBrain("{}")],
  ["importKeras", () => importKeras(nothing)],
  ["importOnnx", () => importOnnx(nothing)],
  ["importSklearn", () => importSklearn("{}")],
  ["importTfjs", () => importTfjs({} as never)],
  ["importTorch", () => importTorch(nothing)],
  ["importModel", () => importModel(nothing)],
  ["importModel", () => importModel(new TextEncoder().encode('{"modelTopology": 1, "weightsManifest": []}'))],
  ["importModel", async () => importModel((await exportKeras(model, quiet)).fill(0, 100, 200))],
  ["importBrain", async () => importBrain(await exportBrain(model, quiet), bad)],
  ["importKeras", async () => importKeras(await exportKeras(model, quiet), bad)],
  ["importOnnx", async () => importOnnx(await exportOnnx(model, quiet), bad)],
  ["importSklearn", async () => importSklearn(await exportSklearn(linear, quiet), bad)],
  ["importTfjs", async () => importTfjs(await exportTfjs(model, quiet), bad)],
  ["importTorch", async () => importTorch((await exportTorch(model, quiet))["model.safetensors"], bad)],
  ["importModel", async () => importModel(await exportKeras(model, quiet), bad)],
  ["importModel", () => importModel(model.save(), bad)],
  ["importModel", () => importModel(model.save().slice(0, 40))],
  ["exportBrain", () => exportBrain(model, unknown)],
  ["exportKeras", () => exportKeras(model, unknown)],
  ["exportKerasTraining", () => exportKerasTraining(model, unknown)],
  ["exportOnnx", () => exportOnnx(model, unknown)],
  ["exportSklearn", () => exportSklearn(model, unknown)],
  ["exportTfjs", () => exportTfjs(model, unknown)],
  ["exportTorch", () => exportTorch(model, unknown)],
  ["exportTorchTraining", () => exportTorchTraining(model, unknown)],
  ["exportSklearn", () => exportSklearn(odd)],
  ["exportTorchTraining", () => exportTorchTraining(model)],
  ["exportKerasTraining", () => exportKerasTraining(model)],
  ...Object.entries(writers).map(([name, write]): Attempt => [name, () => write(nothing, {})]),
  ["compact", () => compact(nothing, { weights: "int8" })],
  ["quantize", () => quantize(nothing, { calibration: [[1, 2]] })],
  ["loadQuantized", () => loadQuantized(nothing)],
  ["portableOf", () => portableOf(nothing)],
  ["readBrain", () => readBrain("{}")],
  ["readKeras", () => readKeras(nothing)],
  ["readOnnx", () => readOnnx(nothing)],
  ["readSklearn", () => readSklearn("{}")],
  ["readTfjs", () => readTfjs({} as never)],
  ["readTorch", () => readTorch(nothing)],
];

describe("errors are named by the function that was called", () => {
  async function check(name: string, attempt: () => unknown) {
    const error = (await Promise.resolve()
      .then(attempt)
      .catch((reason) => reason)) as Error;
    expect(error).toBeInstanceOf(SimdgradError);
    expect(error.message.slice(0, name.length + 2)).toBe(`${name}: `);
  }

  it.each(failing)("%s", check);

  it.each<[string, () => unknown]>([
    ["importBrain", () => importBrain("{}", null as never)],
    ["importKeras", async () => importKeras(await exportKeras(model, quiet), null as never)],
    ["importOnnx", async () => importOnnx(await exportOnnx(model, quiet), null as never)],
    ["importSklearn", async () => importSklearn(await exportSklearn(linear, quiet), null as never)],
    ["importTfjs", async () => importTfjs(await exportTfjs(model, quiet), null as never)],
    ["importTorch", async () => importTorch((await exportTorch(model, quiet))["model.safetensors"], null as never)],
    ["importModel", () => importModel(model.save(), null as never)],
    ["exportKeras", () => exportKeras(model, null as never)],
    ["exportTorch", () => exportTorch(model, null as never)],
  ])("%s, with null for options", check);
});

describe("imports list their options, before they read", () => {
  const imports: readonly [name: string, call: (options: never) => unknown, first: string][] = [
    ["importBrain", (options) => importBrain("{}", options), "backend"],
    ["importKeras", (options) => importKeras(nothing, options), "backend"],
    ["importModel", (options) => importModel(nothing, options), "layers, backend"],
    ["importOnnx", (options) => importOnnx(nothing, options), "externalData, output, backend"],
    ["importSklearn", (options) => importSklearn("{}", options), "batchSize, backend"],
    ["importTfjs", (options) => importTfjs({} as never, options), "backend"],
    ["importTorch", (options) => importTorch(nothing, options), "layers, inputShape, modules, backend"],
  ];
  it.each(imports)("%s", async (name, call, first) => {
    const refused = async (options: unknown) => Promise.resolve(call(options as never)).catch((error) => error.message);
    expect(await refused(null)).toContain(`${name}: expected an options object, got null. Known: ${first}`);
    expect(await refused({ thread: 2 })).toContain(
      `${name}: unknown option "thread". Did you mean "threads"? Known: ${first}`,
    );
  });
});
