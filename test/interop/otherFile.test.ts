// Each reader says what the file of another library is, and which function reads it; the same for pages and other files.
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { writeNpz } from "../../src/formats/npy.js";
import { encodeText } from "../../src/formats/safetensors.js";
import { writeZip } from "../../src/formats/zip.js";
import { dense, FormatError, Sequential } from "../../src/index.js";
import { importModel } from "../../src/interop/any/index.js";
import { exportBrain, importBrain } from "../../src/interop/brain/index.js";
import { exportKeras, importKeras } from "../../src/interop/keras/index.js";
import { exportOnnx, importOnnx } from "../../src/interop/onnx/index.js";
import { exportSklearn, importSklearn } from "../../src/interop/sklearn/index.js";
import { exportTfjs, importTfjs } from "../../src/interop/tfjs/index.js";
import { exportTorch, importTorch } from "../../src/interop/torch/index.js";
import { refusalOf } from "../badInput/refusals.js";

const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], seed: 1 });

const readers: Readonly<Record<string, (file: Uint8Array) => unknown>> = {
  importBrain,
  importKeras,
  importOnnx,
  importSklearn,
  importTfjs: (file) => importTfjs({ "model.json": file }),
  importTorch,
};

/** Files of models, by their readers. */
const models: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
  "Sequential.load": () => model.save(),
  importBrain: async () => {
    const layers = [dense({ units: 1, activation: "sigmoid" }), dense({ units: 1, activation: "sigmoid" })];
    return encodeText(JSON.stringify(await exportBrain(await Sequential.create({ inputShape: [2], layers }))));
  },
  importKeras: () => exportKeras(model),
  importOnnx: () => exportOnnx(model),
  importSklearn: async () => encodeText(await exportSklearn(model)),
  importTfjs: async () => encodeText(String((await exportTfjs(model))["model.json"])),
  importTorch: async () => (await exportTorch(model))["model.safetensors"],
};

type Other = [file: () => Uint8Array | Promise<Uint8Array>, says: string];
/** Other files, and what is to be done with them. */
const others: Readonly<Record<string, Other>> = {
  "nothing at all": [() => new Uint8Array(), "empty"],
  "a page": [() => encodeText("\n<!DOCTYPE html><title>404</title>"), "a page of HTML or XML"],
  "a pointer of Git LFS": [() => encodeText("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"],
  "a compressed file": [() => gzipSync(model.save()), "gzip"],
  "a text document": [() => writeZip(new Map([["word/document.xml", encodeText("<x/>")]])), "unpack it"],
  "a file of torch.save": [() => writeZip(new Map([["m/data.pkl", encodeText("x")]])), "save_file(model.state_dict()"],
  ...Object.fromEntries(
    [
      // What Python writes for an estimator, a dict and a list of arrays, in the protocols 0 and 1.
      "ccopy_reg\n_reconstructor\np0\n(csklearn.neural_network._multilayer_perceptron\nMLPClassifier\n.",
      "ccollections\nOrderedDict\nq\0)Rq\u0001.",
      "(dp0\nVa\np1\nI1\ns.",
      "(lp0\ncnumpy._core.multiarray\n_reconstruct\np1\n.",
      "}q\0X\u0001\0\0\0aq\u0001K\u0001s.",
      "]q\0cnumpy._core.multiarray\n_reconstruct\nq\u0001.",
    ].map((text): [string, Other] => [
      `a pickle ${JSON.stringify(text.slice(0, 8))}`,
      [() => encodeText(text), "a pickle of Python"],
    ]),
  ),
  "a file of bzip2": [() => encodeText("BZh31AY&SY"), "bzip2"],
  "a file of xz": [() => Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4), "xz"],
  "a file of zstd": [() => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4, 0), "zstd"],
  "an array of NumPy": [() => Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0), "an array of NumPy"],
  "arrays of NumPy": [() => writeNpz({ a: { shape: [1], data: new Float32Array(1) } }), "NumPy's arrays"],
  "a file of joblib": [() => Uint8Array.of(0x80, 4, 0x95, 0x17, 0, 0, 0, 0, 0, 0), "sklearnCode"],
};

const files = new Map<string, Uint8Array>();
beforeAll(async () => {
  for (const [name, write] of Object.entries(models)) files.set(name, await write());
  for (const [name, [write]] of Object.entries(others)) files.set(name, await write());
});

/** The refusal of the reader begins with its name, and has these words. */
async function expectRefusal(reader: string, read: () => unknown, says: string): Promise<void> {
  const error = (await refusalOf(read)) as Error;
  expect(error).toBeInstanceOf(FormatError);
  expect(error.message.startsWith(`${reader}: `), error.message).toBe(true);
  expect(error.message).toContain(says);
}

describe.each(Object.entries(readers))("%s", (reader, read) => {
  it.each(Object.keys(models).filter((name) => name !== reader))("names %s for its files", async (name) => {
    await expectRefusal(reader, () => read(files.get(name) as Uint8Array), `which ${name} `);
  });

  it.each(Object.keys(others))("says what %s is", async (name) => {
    await expectRefusal(reader, () => read(files.get(name) as Uint8Array), others[name][1]);
  });

  it("does not name itself for a damaged file of its own", async () => {
    const own = (files.get(reader) as Uint8Array).slice(0, -20);
    const error = (await refusalOf(() => read(own))) as Error;
    expect(error.message).not.toContain("which import");
  });
});

it.each(Object.keys(others))("importModel says what %s is", async (name) => {
  await expectRefusal("importModel", () => importModel(files.get(name) as Uint8Array), others[name][1]);
});

/** JSON of no model, and what the readers of JSON say to it. */
const noModels: readonly [json: string, says: string][] = [
  ["{}", "got neither. Give "],
  ['{"a": 1}', "got neither. Give "],
  ['{"class_name": "Sequential", "config": {}}', "got neither. Give "],
  ["[]", "expected a JSON object, got []. Give "],
  ["3", "expected a JSON object, got 3. Give "],
];
it.each(noModels)("readers of JSON say what to give for %s", async (json, says) => {
  for (const reader of ["importBrain", "importSklearn", "importTfjs"]) {
    await expectRefusal(reader, () => readers[reader](encodeText(json)), says);
  }
});

describe("values that are not files", () => {
  const wrong: readonly [what: string, given: unknown, says: string][] = [
    ["a promise", Promise.resolve("{}"), "a promise, which needs await"],
    ["a response", new Response("{}"), "type Response"],
    ["a blob", new Blob(["{}"]), "type Blob"],
    ["a URL", new URL("file:///model.json"), "type URL"],
    ["a view of another kind", new DataView(new ArrayBuffer(8)), "a DataView"],
  ];
  it.each(wrong)("%s is named by importSklearn, importBrain and importTfjs", async (_, given, says) => {
    for (const read of [importSklearn, importBrain, importTfjs]) {
      await expect(Promise.resolve().then(() => read(given as never))).rejects.toThrow(says);
    }
  });

  it("a path is told to be one", async () => {
    for (const read of [importSklearn, importBrain]) await expect(read("./model.json")).rejects.toThrow("not its path");
  });
});
