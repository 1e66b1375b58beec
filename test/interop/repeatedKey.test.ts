// A key that is twice in an object of a file: JSON.parse keeps the last, so the file may mean something else than it shows.
import { describe, expect, it } from "vitest";
import { repeatedKey } from "../../src/formats/repeatedKey.js";
import { encodeText } from "../../src/formats/safetensors.js";
import { readZip, writeZip } from "../../src/formats/zip.js";
import { dense, FormatError, Sequential } from "../../src/index.js";
import { importModel } from "../../src/interop/any/index.js";
import { exportBrain } from "../../src/interop/brain/index.js";
import { exportKeras } from "../../src/interop/keras/index.js";
import { exportSklearn } from "../../src/interop/sklearn/index.js";
import { exportTfjs } from "../../src/interop/tfjs/index.js";
import { exportTorch } from "../../src/interop/torch/index.js";

describe("repeatedKey", () => {
  it.each([
    ['{"a":1,"a":1}', "a"],
    ['{"b":{"a":1 , "c":[{"a":1}], "a":2}}', "a"],
    ['[{"a":1},{"a":1,"":2,"":3}]', ""],
    ['{"\\u0061":1,"a":2}', "a"],
    ['{"\\"":1,"\\\\":2,"\\"":3}', '"'],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ])("finds it in %s", (text, key) => {
    JSON.parse(text);
    expect(repeatedKey(text)).toBe(key);
  });

  it.each([
    '{"a":"a","b":"a"}',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":1}},"b":{"a":1}}',
    '["a","a","a"]',
    '{"a":["a",{"a":"}"},"a"],"b":"\\"a\\":1,"}',
    '{"a":"\\\\","b":"{"}',
    '"a"',
    "1",
    "[]",
    '{"a":{},"b":[]}',
  ])("finds none in %s", (text) => {
    JSON.parse(text);
    expect(repeatedKey(text)).toBeNull();
  });
});

const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], seed: 1 });
const quiet = { onWarning: () => {} };
const twice = (text: string, key: string) => text.replace(`"${key}"`, `"${key}":null,"${key}"`);

const files: Readonly<Record<string, [key: string, file: () => Promise<Parameters<typeof importModel>[0]>]>> = {
  "of Keras": [
    "layers",
    async () => {
      const all = new Map(await readZip("test", await exportKeras(model), () => true));
      all.set("config.json", encodeText(twice(new TextDecoder().decode(all.get("config.json")), "layers")));
      return writeZip(all);
    },
  ],
  "of TensorFlow.js": [
    "modelTopology",
    async () => {
      const { "model.json": json, ...weights } = await exportTfjs(model, quiet);
      return { "model.json": encodeText(twice(String(json), "modelTopology")), ...weights } as never;
    },
  ],
  "of scikit-learn": ["coefs_", async () => encodeText(twice(await exportSklearn(model, quiet), "coefs_"))],
  "of brain.js": [
    "biases",
    async () => {
      const layers = [1, 2].map((units) => dense({ units, activation: "sigmoid" }));
      const json = await exportBrain(await Sequential.create({ inputShape: [2], layers }), quiet);
      return encodeText(twice(JSON.stringify(json), "biases"));
    },
  ],
  "of PyTorch": [
    "0.weight",
    async () => {
      const file = (await exportTorch(model))["model.safetensors"];
      const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
      const header = encodeText(twice(new TextDecoder().decode(file.subarray(8, 8 + length)), "0.weight"));
      const changed = new Uint8Array([...new Uint8Array(8), ...header, ...file.subarray(8 + length)]);
      new DataView(changed.buffer).setBigUint64(0, BigInt(header.length), true);
      return changed;
    },
  ],
};

it.each(Object.entries(files))("a file %s with a key twice is refused", async (_, [key, file]) => {
  const read = importModel(await file(), { threads: 1 });
  await expect(read).rejects.toThrow(FormatError);
  await expect(read).rejects.toThrow(`the key "${key}" is twice in one object`);
});
