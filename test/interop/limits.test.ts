// Small files that claim to be large: refused before anything is made of their size.
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/base/errors.js";
import { writeHdf5 } from "../../src/formats/hdf5Write.js";
import { encodeHeader, encodeText, joinFile } from "../../src/formats/safetensors.js";
import { writeZip } from "../../src/formats/zip.js";
import { readBrain } from "../../src/interop/brain/index.js";
import { readKeras } from "../../src/interop/keras/index.js";
import { readSklearn } from "../../src/interop/sklearn/index.js";
import { readTfjs } from "../../src/interop/tfjs/index.js";
import { readTorch } from "../../src/interop/torch/index.js";

const WIDE = 2 ** 24;
const layer = (className: string, config: object) => ({ class_name: className, config });
const sequential = (width: number) => ({
  class_name: "Sequential",
  config: {
    name: "wide",
    layers: [
      layer("InputLayer", { name: "input", batch_shape: [null, width] }),
      layer("Normalization", { name: "scale", axis: -1, mean: 0, variance: 1 }),
      layer("Dense", { name: "answer", units: 1 }),
    ],
  },
});
const tfjs = (width: number) => ({
  "model.json": JSON.stringify({
    modelTopology: { keras_version: "3.0", model_config: sequential(width) },
    weightsManifest: [],
  }),
});
const keras = async (width: number) =>
  writeZip(
    new Map([
      ["metadata.json", encodeText('{"keras_version":"3.15.1"}')],
      ["config.json", encodeText(JSON.stringify(sequential(width)))],
      ["model.weights.h5", writeHdf5({ children: new Map() })],
    ]),
  );
const torch = (description: object) =>
  joinFile(encodeHeader({ simdgrad: JSON.stringify(description) }, []) as Uint8Array, []);
const wideTorch = (width: number) =>
  torch({
    inputShape: [width],
    layers: [
      { type: "normalization", mean: 0, variance: 1 },
      { type: "dense", units: 1 },
    ],
  });

describe("a width that the bytes cannot hold", () => {
  const readers: [string, () => unknown][] = [
    ["readTfjs", () => readTfjs(tfjs(WIDE))],
    ["readKeras", async () => readKeras(await keras(WIDE))],
    ["readTorch", () => readTorch(wideTorch(WIDE))],
  ];
  it.each(readers)("is refused by %s", async (name, read) => {
    const before = process.memoryUsage().rss;
    await expect((async () => read())()).rejects.toThrow(
      new RegExp(`^${name}: rows of ${WIDE} values need more weights than the file's \\d+ bytes hold\\.$`),
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26);
  });
});

describe("widths and values within a model that the bytes cannot hold", () => {
  const tfjsOf = (layers: object[]) => ({
    "model.json": JSON.stringify({
      modelTopology: {
        keras_version: "3.0",
        model_config: {
          class_name: "Sequential",
          config: { name: "m", layers: [layer("InputLayer", { name: "input", batch_shape: [null, 1024] }), ...layers] },
        },
      },
      weightsManifest: [],
    }),
  });
  const scale = (i: number) => layer("Normalization", { name: `scale${i}`, axis: -1, mean: null, variance: null });
  const files: [string, object[], RegExp][] = [
    [
      "tokens",
      [layer("CategoryEncoding", { name: "c", num_tokens: WIDE, output_mode: "multi_hot" }), scale(0)],
      /rows of/,
    ],
    ["units", [layer("Dense", { name: "d", units: WIDE }), scale(0)], /rows of/],
    ["many layers", Array.from({ length: 500 }, (_, i) => scale(i)), /needs more values than the file has bytes/],
  ];
  it.each(files)("are refused: %s", (_, layers, message) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readTfjs(tfjsOf(layers))).toThrow(message);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });
});

describe("JSON that is nested too deep", () => {
  const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
  const readers: [string, () => unknown][] = [
    ["readSklearn", () => readSklearn(deep)],
    ["readBrain", () => readBrain(deep)],
    ["readTfjs", () => readTfjs({ "model.json": deep })],
    ["readTorch", () => readTorch(joinFile(encodeHeader({ simdgrad: deep }, []) as Uint8Array, []))],
  ];
  it.each(readers)("is refused by %s", (name, read) => {
    expect(read).toThrow(FormatError);
    expect(read).toThrow(new RegExp(`^${name}: .*nested more than 32 deep\\.$`));
  });
});
