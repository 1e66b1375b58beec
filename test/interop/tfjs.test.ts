// TensorFlow.js, both ways, with the library itself; and files as its converter writes them, from Keras 2 and 3.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/base/errors.js";
import {
  activation,
  batchNormalization,
  dense,
  dropout,
  elu,
  leakyRelu,
  normalization,
  relu,
  rescaling,
  Sequential,
} from "../../src/index.js";
import { exportTfjs, importTfjs, readTfjs, type TfjsFiles } from "../../src/interop/tfjs/index.js";
import { activationNames } from "../../src/specs/activations.js";
import { layerTypes } from "../../src/specs/layers/all.js";
import { loadPeer } from "../peers/load.js";
import { judge } from "./exact.js";
import { readDamaged } from "./mutate.js";
import { plainLayers } from "./plainLayers.js";
import { NETS, randomNet, rowsFor, worstDifference } from "./randomNets.js";

interface Tensor {
  dataSync(): Float32Array;
}
interface Artifacts {
  modelTopology: object;
  weightSpecs: object[];
  weightData: ArrayBuffer;
  format?: string;
}
interface LayersModel {
  predict(x: Tensor): Tensor;
  save(handler: unknown): Promise<unknown>;
  compile(options: object): void;
}
interface Core {
  setBackend(name: string): Promise<boolean>;
  tensor(values: Float32Array, shape: number[]): Tensor;
  io: {
    fromMemory(artifacts: object): unknown;
    withSaveHandler(save: (artifacts: Artifacts) => Promise<object>): unknown;
  };
}
interface Layers {
  loadLayersModel(handler: unknown): Promise<LayersModel>;
  sequential(options: { layers: unknown[] }): LayersModel;
  layers: Readonly<Record<string, (options: object) => unknown>>;
}

const core = loadPeer<Core>("@tensorflow/tfjs-core");
const { loadLayersModel, sequential, layers: theirs } = loadPeer<Layers>("@tensorflow/tfjs-layers");
loadPeer("@tensorflow/tfjs-backend-cpu");
beforeAll(async () => {
  await core.setBackend("cpu");
});

const quiet = { onWarning: () => {} };

/** TensorFlow.js's model of our files. */
async function loadThere(files: { "model.json": string; "group1-shard1of1.bin": Uint8Array }): Promise<LayersModel> {
  const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(files["model.json"]);
  const { buffer, byteOffset, byteLength } = files["group1-shard1of1.bin"];
  const weightData = buffer.slice(byteOffset, byteOffset + byteLength);
  const weightSpecs = weightsManifest[0].weights;
  return loadLayersModel(core.io.fromMemory({ modelTopology, weightSpecs, weightData, userDefinedMetadata }));
}

function predictThere(model: LayersModel, x: Float32Array, inputShape: readonly number[]): Float32Array {
  const rows = x.length / inputShape.reduce((a, b) => a * b);
  return model.predict(core.tensor(x, [rows, ...inputShape])).dataSync();
}

async function artifactsOf(model: LayersModel): Promise<Artifacts> {
  let kept: Artifacts | null = null;
  await model.save(
    core.io.withSaveHandler(async (artifacts) => {
      kept = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  return kept as unknown as Artifacts;
}

describe("a model from here answers the same there, and comes back with the same bits", () => {
  const has = [
    "linear",
    "relu",
    "relu6",
    "elu",
    "selu",
    "sigmoid",
    "tanh",
    "softplus",
    "softsign",
    "silu",
    "gelu",
    "mish",
    "softmax",
    "logSoftmax",
  ];
  const cases: [string, Parameters<typeof Sequential.create>[0]["layers"], number[]?][] = [
    ...has.map((name): [string, ReturnType<typeof dense>[]] => [
      name,
      [dense({ units: 5, activation: name as "relu" }), dense({ units: 2 })],
    ]),
    ["relu with options", [dense({ units: 5 }), activation(relu({ maxValue: 2 }))]],
    ["leakyRelu", [dense({ units: 5, activation: leakyRelu({ negativeSlope: 0.3 }) }), dense({ units: 2 })]],
    ["leakyRelu of 0.2", [dense({ units: 5 }), activation(leakyRelu())]],
    [
      "layers",
      [
        { type: "reshape", shape: [2, 2] },
        { type: "flatten" },
        dense({ units: 6, useBias: false }),
        batchNormalization(),
        dropout(0.3),
        { type: "layerNormalization" },
        dense({ units: 3 }),
        { type: "softmax" },
      ],
    ],
    [
      "no scale",
      [
        dense({ units: 6 }),
        batchNormalization({ scale: false, epsilon: 0.01 }),
        { type: "layerNormalization", center: false },
      ],
    ],
    ["prelu", [dense({ units: 6 }), { type: "prelu" }, dense({ units: 1 })]],
    ["rescaling", [rescaling({ scale: 0.5, offset: -1 }), dense({ units: 1 })]],
    ["normalization", [normalization({ mean: [1, 2, 3, 0.1], variance: [4, 0.25, 0, 2] }), dense({ units: 2 })]],
  ];
  it.each(cases)("%s", async (_, layers, inputShape = [4]) => {
    const model = await Sequential.create({ inputShape, layers, seed: 5, threads: 1 });
    model.metadata = { own: 3, features: ["a", "b", "c", "d"] };
    const x = rowsFor(model, 6).map((value) => value + 1);
    const files = await exportTfjs(model, quiet);
    const there = predictThere(await loadThere(files), x, inputShape);
    const here = (await model.predict(x)) as Float32Array;
    expect(worstDifference(here, there)).toBeLessThan(2e-6);
    const { model: copy, notes } = await importTfjs(files, { threads: 1 });
    expect(notes).toEqual([]);
    expect(copy.save({ optimizer: false })).toEqual(model.save({ optimizer: false }));
  });

  it("random nets", async () => {
    const activations = [{ type: "relu" }, { type: "tanh" }, { type: "selu" }, { type: "softplus" }] as const;
    let worst = 0;
    for (let seed = 0; seed < NETS; seed++) {
      const between = [() => batchNormalization()];
      const model = await randomNet(seed, { activations, between, first: [() => normalization()] });
      const x = rowsFor(model, 5);
      const there = predictThere(await loadThere(await exportTfjs(model, quiet)), x, model.layers[0].inputShape);
      worst = Math.max(worst, worstDifference((await model.predict(x)) as Float32Array, there));
      await judge(`net ${seed}`, model, x, there);
      model.dispose();
    }
    expect(worst).toBeLessThan(2e-6);
  });
});

describe("a model from there answers the same here", () => {
  const first = { inputShape: [4] };
  const cases: [string, () => unknown[]][] = [
    [
      "dense and dropout",
      () => [
        theirs.dense({ units: 5, activation: "relu", ...first }),
        theirs.dropout({ rate: 0.2 }),
        theirs.dense({ units: 3, activation: "softmax" }),
      ],
    ],
    [
      "activations as layers",
      () => [
        theirs.dense({ units: 5, ...first }),
        theirs.leakyReLU({ alpha: 0.1 }),
        theirs.dense({ units: 4 }),
        theirs.elu({ alpha: 1 }),
        theirs.dense({ units: 4 }),
        theirs.reLU({ maxValue: 1 }),
        theirs.dense({ units: 2, activation: "swish" }),
      ],
    ],
    [
      "hard sigmoid, which is another function there",
      () => [theirs.dense({ units: 5, activation: "hardSigmoid", ...first }), theirs.dense({ units: 2 })],
    ],
    [
      "normalizations",
      () => [
        theirs.dense({ units: 5, ...first }),
        theirs.batchNormalization({ epsilon: 0.01 }),
        theirs.layerNormalization({}),
        theirs.dense({ units: 2 }),
      ],
    ],
    [
      "prelu and noise",
      () => [
        theirs.gaussianNoise({ stddev: 0.1, ...first }),
        theirs.dense({ units: 5 }),
        theirs.prelu({}),
        theirs.dense({ units: 2 }),
      ],
    ],
    [
      "flatten",
      () => [
        theirs.flatten({ inputShape: [2, 2] }),
        theirs.dense({ units: 3 }),
        theirs.reshape({ targetShape: [3, 1] }),
        theirs.flatten({}),
        theirs.dense({ units: 2 }),
      ],
    ],
  ];
  it.each(cases)("%s", async (_, layers) => {
    const there = sequential({ layers: layers() });
    const artifacts = await artifactsOf(there);
    const { model } = await importTfjs(artifacts, { threads: 1 });
    const x = rowsFor(model, 6);
    expect(
      worstDifference((await model.predict(x)) as Float32Array, predictThere(there, x, model.layers[0].inputShape)),
    ).toBeLessThan(2e-6);
  });
});

interface Converted {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly x: readonly number[];
  readonly predictions: readonly number[];
}
const path = new URL("../../fixtures/interop/tfjs/converted.json", import.meta.url);
const converted = JSON.parse(readFileSync(path, "utf8")) as Converted[];
const filesOf = ({ files }: Converted) =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, Uint8Array.from(Buffer.from(text, "base64"))]),
  ) as unknown as TfjsFiles;

describe("files of the converter", () => {
  it.each(converted.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const { model, notes } = await importTfjs(filesOf(one), { threads: 1 });
    expect(notes.filter((note) => note.includes("no place"))).toEqual([]);
    expect(worstDifference((await model.predict(one.x as number[])) as Float32Array, one.predictions)).toBeLessThan(
      2e-6,
    );
  });
});

it("notes weights for which the layers have no place", async () => {
  const layers = [dense({ units: 2 }), dense({ units: 1 })];
  const files = await exportTfjs(await Sequential.create({ inputShape: [2], layers }), quiet);
  const changed = {
    ...files,
    "model.json": String(files["model.json"]).replace('"use_bias":true', '"use_bias":false'),
  };
  const { notes } = await importTfjs(changed);
  expect(notes).toContain(
    'The layers have no place for these weights of the file, which are left out: "/dense_1/bias".',
  );
});

describe("refuses", () => {
  const missing = activationNames.filter((name) =>
    /celu|hardSigmoid|logSigmoid|hardTanh|Shrink|exponential|hardSilu|sparse|squareplus|threshold/.test(name),
  );
  it.each(missing)("the activation %s by name", async (name) => {
    const model = await Sequential.create({ inputShape: [4], layers: [dense({ units: 5, activation: name })] });
    await expect(exportTfjs(model)).rejects.toThrow(FormatError);
    await expect(exportTfjs(model)).rejects.toThrow(new RegExp(`exportTfjs: dense_1.*${name}`));
  });

  it("options that TensorFlow.js forgets", async () => {
    const slope = await Sequential.create({
      inputShape: [4],
      layers: [dense({ units: 5, activation: relu({ maxValue: 2, negativeSlope: 0.1 }) })],
    });
    await expect(exportTfjs(slope)).rejects.toThrow(/dense_1.*relu\(\{ negativeSlope: 0.1, maxValue: 2 \}\)/);
    const model = await Sequential.create({
      inputShape: [4],
      layers: [dense({ units: 5, activation: elu({ alpha: 0.5 }) })],
    });
    await expect(exportTfjs(model)).rejects.toThrow(/dense_1.*elu/);
  });

  const lacks = [
    "glu",
    "activityRegularization",
    "groupNormalization",
    "rmsNormalization",
    "unitNormalization",
    "spectralNormalization",
    "categoryEncoding",
  ];
  it.each(layerTypes.filter((type) => lacks.includes(type)))("the layer %s by name", async (type) => {
    const model = await Sequential.create(plainLayers(type));
    await expect(exportTfjs(model)).rejects.toThrow(new RegExp(`TensorFlow.js has no ${type}`));
  });
  it.each(layerTypes.filter((type) => !lacks.includes(type)))("nothing of the layer %s", async (type) => {
    const model = await Sequential.create(plainLayers(type));
    const { model: copy } = await importTfjs(await exportTfjs(model, quiet));
    expect(copy.save({ optimizer: false })).toEqual(model.save({ optimizer: false }));
  });

  const [first] = converted;
  const changed = (change: (json: Record<string, never>) => object, more: object = {}) => {
    const json = JSON.parse(Buffer.from(first.files["model.json"], "base64").toString());
    return { ...filesOf(first), "model.json": JSON.stringify(change(json)), ...more };
  };
  const cases: [string, () => unknown, string][] = [
    ["graph models", () => ({ "model.json": '{"format":"graph-model"}' }), "this is a graph model"],
    [
      "files that are missing",
      () => ({ "model.json": filesOf(first)["model.json"] }),
      'give the bytes of the file "group1-shard1of1.bin"',
    ],
    [
      "a file twice",
      () =>
        changed((json) => ({
          ...json,
          weightsManifest: [{ paths: ["group1-shard1of1.bin", "group1-shard1of1.bin"], weights: [] }],
        })),
      "once, under this name",
    ],
    [
      "a path into the file system",
      () => changed((json) => ({ ...json, weightsManifest: [{ paths: ["../../etc/passwd"], weights: [] }] })),
      "give the bytes of the file",
    ],
    [
      "files that are too short",
      () => changed((json) => json, { "group1-shard1of1.bin": new Uint8Array(8) }),
      "got 8 bytes in all",
    ],
    ["no JSON", () => ({ "model.json": "model" }), "model.json: this is not JSON"],
    ["no layers", () => changed(() => ({ modelTopology: {}, weightsManifest: [] })), "expected { class_name, config }"],
    ["no weights", () => changed((json) => ({ ...json, weightsManifest: [] })), "is not in the file"],
    [
      "shapes with sizes below 0",
      () =>
        changed((json) => ({
          ...json,
          weightsManifest: [{ paths: [], weights: [{ name: "a", shape: [-1], dtype: "float32" }] }],
        })),
      "expected a name and a shape",
    ],
    [
      "unknown types",
      () =>
        changed((json) => ({
          ...json,
          weightsManifest: [{ paths: [], weights: [{ name: "a", shape: [1], dtype: "string" }] }],
        })),
      "expected a type such as float32",
    ],
    [
      "artifacts without weights",
      () => ({ modelTopology: {}, weightSpecs: [] }),
      "expected weightSpecs and weightData",
    ],
  ];
  it.each(cases)("%s", (_, source, message) => {
    expect(() => readTfjs(source() as never)).toThrow(FormatError);
    expect(() => readTfjs(source() as never)).toThrow(message);
  });

  it("anything but files", () => {
    for (const source of [null, 3, "model.json", new Uint8Array(4), []]) {
      expect(() => readTfjs(source as never)).toThrow(OptionError);
    }
  });

  it("damage", async () => {
    const files = filesOf(first);
    const json = files["model.json"] as Uint8Array;
    await readDamaged([json], (bytes) => readTfjs({ ...files, "model.json": bytes }));
  });

  it("nothing in silence", async () => {
    const warnings: string[] = [];
    const model = await Sequential.create({ inputShape: [2], layers: [normalization(), dense({ units: 1 })] });
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    await exportTfjs(model, { onWarning: (message) => warnings.push(message) });
    expect(warnings).toEqual([
      "Optimizer, loss and metrics are left out: compile the model in TensorFlow.js.",
      "In TensorFlow.js a BatchNormalization stands for normalization; train the model with it frozen.",
    ]);
  });
});
