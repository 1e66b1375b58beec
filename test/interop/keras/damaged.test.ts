// Files of Keras that someone has damaged, or made to do damage.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/base/errors.js";
import { readHdf5 } from "../../../src/formats/hdf5Read.js";
import { type Hdf5Group, lookup3, writeHdf5 } from "../../../src/formats/hdf5Write.js";
import { readZip, writeZip } from "../../../src/formats/zip.js";
import { importKeras, readKeras } from "../../../src/interop/keras/index.js";
import { MUTATIONS, readDamaged } from "../mutate.js";

const FOLDER = new URL("../../../fixtures/interop/keras/", import.meta.url);
const { models } = JSON.parse(readFileSync(new URL("models-torch.json", FOLDER), "utf8")) as {
  models: { name: string; keras: string; h5?: string }[];
};
const unpack = (text = "") => new Uint8Array(gunzipSync(Buffer.from(text, "base64")));
const fileOf = (name: string, kind: "keras" | "h5" = "keras") =>
  unpack(models.find((one) => one.name === name)?.[kind]);

/** Mutations of each kind of file. */
const count = Math.ceil(MUTATIONS / 5);

const text = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** A `.keras` file with one of its JSON texts changed. */
async function edited(name: string, change: (config: string) => string): Promise<Uint8Array> {
  const files = new Map(await readZip("test", fileOf(name), () => true));
  files.set("config.json", text(change(new TextDecoder().decode(files.get("config.json")))));
  return writeZip(files);
}

describe("a damaged file of Keras", () => {
  it("is read or refused, and nothing else: archives", async () => {
    const files = ["compiled", "functional", "names"].map((name) => fileOf(name));
    await readDamaged(files, readKeras, { count });
  });

  it("is read or refused, and nothing else: weights and .h5", async () => {
    const small = await readZip("test", fileOf("names"), (name) => name.endsWith(".h5"));
    const weights = [...small.values()][0];
    const rest = await readZip("test", fileOf("names"), (name) => name.endsWith(".json"));
    const read = async (bytes: Uint8Array) =>
      readKeras(await writeZip(new Map([...rest, ["model.weights.h5", bytes]])));
    await readDamaged([weights], read, { count });
    await readDamaged([fileOf("names", "h5"), fileOf("compiled", "h5")], readKeras, { count, seed: 2 });
  });

  it("is refused for one bit in a weight, by its checksum", async () => {
    const file = (await writeZip(new Map([["model.weights.h5", new Uint8Array(400).fill(7)]]))).slice();
    expect((await readZip("test", file, () => true)).get("model.weights.h5")?.length).toBe(400);
    file[200] ^= 4;
    await expect(readZip("test", file, () => true)).rejects.toThrow(
      "test: model.weights.h5 is not what was put into the archive. Save or download it again.",
    );
  });

  it("is read or refused, and nothing else: configurations", async () => {
    const files = await readZip("test", fileOf("compiled"), () => true);
    const config = files.get("config.json") as Uint8Array;
    const read = async (bytes: Uint8Array) => importKeras(await writeZip(new Map([...files, ["config.json", bytes]])));
    await readDamaged([config], read, { count, seed: 3 });
  });

  it.each<[string, string, (config: string) => string, string]>([
    [
      "another kind of model",
      "names",
      (c) => c.replace('"Sequential"', '"MyModel"'),
      'expected a Sequential or Functional model, got "MyModel"',
    ],
    [
      "no layers",
      "names",
      (c) => c.replace(/"layers": \[.*\], "build/, '"layers": [], "build'),
      "expected a list of layers",
    ],
    [
      "a size that is not a number",
      "names",
      (c) => c.replace('"units": 5', '"units": "5"'),
      "my_dense: dense: units: expected an integer >= 1",
    ],
    [
      "another size",
      "names",
      (c) => c.replace('"units": 5', '"units": 6'),
      "my_dense/kernel: expected [4, 6], got [4, 5].",
    ],
    ["a huge size", "names", (c) => c.replace('"units": 5', '"units": 4000000000'), "my_dense: dense: units"],
    [
      "no input shape",
      "names",
      (c) => c.replace(/\[null, 4\]/g, "[null, null]"),
      "expected the shape of an input, such as [null, 4], got [null,null]",
    ],
    [
      "an unknown setting",
      "names",
      (c) => c.replace('"units": 5', '"units": 5, "factor": 3'),
      'my_dense: unknown setting "factor": 3.',
    ],
    [
      "an activation of a program",
      "names",
      (c) => c.replace('"activation": "linear"', '"activation": {"class_name": "function", "config": "mine"}'),
      'my_dense: the activation "mine" does not exist here.',
    ],
    [
      "an activation without a class",
      "names",
      (c) => c.replace('"activation": "linear"', '"activation": 3'),
      "my_dense: the activation 3 does not exist here.",
    ],
    [
      "an axis",
      "batch normalization",
      (c) => c.replace('"axis": -1', '"axis": 0'),
      "batch_normalization: axis: 0 does not exist here.",
    ],
    ["an own layer", "names", (c) => c.replace('"Dense"', '"MyDense"'), "my_dense: there is no MyDense layer here."],
    [
      "an own layer with the name of one of Keras",
      "names",
      (c) => c.replaceAll('"registered_name": null', '"registered_name": "my>Dense"'),
      '"my>Dense" is a layer of your own, which may compute anything.',
    ],
    ...['{"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}}', '"int8_from_float32"'].map(
      (policy): [string, string, (c: string) => string, string] => [
        `weights that are quantized: ${policy}`,
        "names",
        (c) => c.replace(/("class_name": "Dense".*?"dtype": )(?:"float32"|\{[^{}]*\{[^{}]*\}[^{}]*\})/s, `$1${policy}`),
        "my_dense: its weights are quantized. Save the model as it is before quantize().",
      ],
    ),
    [
      "a layer without its weights",
      "names",
      (c) => c.replace('"Dense"', '"Dropout"').replace('"units": 5', '"rate": 0.5'),
      "my_dense: unknown setting",
    ],
    [
      "a name that is not text",
      "names",
      (c) => c.replace('"name": "my_dense"', '"name": 3'),
      "layer 1: expected a name, got 3.",
    ],
    [
      "a layer that is not an object",
      "names",
      (c) => c.replace('"layers": [', '"layers": [3, '),
      "layer 0: expected { class_name, config }, got 3.",
    ],
    ["JSON that ends early", "names", (c) => c.slice(0, 100), "config.json: this is not JSON."],
    ["a list", "names", () => "[]", "config.json: expected a JSON object, got []."],
    ["JSON without end", "names", () => `${'{"a":'.repeat(500)}1${"}".repeat(500)}`, "nested more than 32 deep"],
    [
      "a circle",
      "functional",
      (c) => c.replace('"keras_history": ["rows", 0, 0]', '"keras_history": ["last", 0, 0]'),
      "the layers are not one chain",
    ],
    [
      "a stranger as input",
      "functional",
      (c) => c.replace('"keras_history": ["rows", 0, 0]', '"keras_history": ["stranger", 0, 0]'),
      'first: its input "stranger" is not in the model',
    ],
    [
      "another output",
      "functional",
      (c) => c.replace('"output_layers": ["last"', '"output_layers": ["first"'),
      "expected one output, that of last",
    ],
  ])("says what is wrong: %s", async (_, name, change, message) => {
    const error = await readKeras(await edited(name, change)).then(
      () => null,
      (thrown: unknown) => thrown as Error,
    );
    expect(error?.message).toContain(message);
    expect(error).toBeInstanceOf(FormatError);
  });

  it.each<[string, string, (config: string) => string, RegExp]>([
    [
      "an optimizer",
      "compiled",
      (c) => c.replace('"class_name": "Adam"', '"class_name": "MyAdam"'),
      /not compiled: optimizer: there is no MyAdam here/,
    ],
    [
      "a loss",
      "compiled",
      (c) => c.replace('"loss": "mse"', '"loss": "mine"'),
      /not compiled: loss: there is no mine here/,
    ],
    [
      "a loss over the batch",
      "compiled",
      (c) => c.replace('"loss": "mse"', '"loss": "dice"'),
      /not compiled: loss: dice takes one sum over a batch in Keras/,
    ],
    [
      "weights of losses",
      "compiled",
      (c) => c.replace('"loss_weights": null', '"loss_weights": [2]'),
      /not compiled: loss_weights/,
    ],
    ["a metric", "compiled", (c) => c.replace('"mae"', '"mine"'), /metric "mine" is left out: there is no mine here/],
    [
      "steps that are added up",
      "compiled",
      (c) => c.replace('"gradient_accumulation_steps": null', '"gradient_accumulation_steps": 4'),
      /gradient_accumulation_steps: 4/,
    ],
    [
      "a policy",
      "names",
      (c) => c.replace(/("my_dense".*?)"float32"/, '$1"mixed_float16"'),
      /computes with mixed_float16 in Keras; here it computes with float32/,
    ],
    [
      "a regularizer",
      "regularized",
      (c) => c.replace('"class_name": "L2"', '"class_name": "Mine"'),
      /kernel_regularizer is left out, as there is none like it here. Training goes on without it/,
    ],
    [
      "an initializer",
      "names",
      (c) => c.replace('"class_name": "GlorotUniform"', '"class_name": "Mine"'),
      /kernel_initializer is left out.*The weights themselves are kept/,
    ],
    [
      "a penalty of outputs",
      "names",
      (c) => c.replace('"units": 5', '"units": 5, "activity_regularizer": {"class_name": "L2", "config": {"l2": 0.1}}'),
      /my_dense: activity_regularizer is left out/,
    ],
    ["a name", "names", (c) => c.replaceAll('"my_dense"', '"my dense"'), /The layer "my dense" has another name here/],
    [
      "a seed",
      "dropouts",
      (c) => c.replace('"seed": null, "noise_shape"', '"seed": 7, "noise_shape"'),
      /dropout: the seed is left out/,
    ],
    [
      "a bias that no layer has",
      "names",
      (c) => c.replace('"use_bias": true', '"use_bias": false'),
      /no place for these weights of the file, which are left out: "layers\/dense\/vars\/1"\.$/,
    ],
    [
      "layers that are not in the configuration",
      "names",
      (c) => {
        const config = JSON.parse(c);
        config.config.layers.splice(2);
        return JSON.stringify(config);
      },
      /"layers\/dense_1\/vars\/0", "layers\/dense_1\/vars\/1", "layers\/dense_2\/vars\/0"\.$/,
    ],
  ])("notes what is left out: %s", async (_, name, change, note) => {
    const { notes } = await readKeras(await edited(name, change));
    expect(notes.length).toBe(1);
    expect(notes[0]).toMatch(note);
  });

  it("notes weights without a place in an .h5 file, too", async () => {
    const content = Buffer.from(fileOf("names", "h5")).toString("latin1");
    const changed = Buffer.from(content.replace('"use_bias": true', '"use_bias":false'), "latin1"); // as long as before
    const { notes } = await readKeras(changed);
    expect(notes).toEqual([expect.stringMatching(/are left out: "model_weights\/my_dense\/[\w/]*\/bias"\.$/)]);
  });

  it("reads the hard sigmoid of Keras 2 as what it was", async () => {
    const files = new Map(await readZip("test", fileOf("names"), () => true));
    const config = new TextDecoder().decode(files.get("config.json"));
    files.set("config.json", text(config.replace('"activation": "linear"', '"activation": "hard_sigmoid"')));
    files.set("metadata.json", text({ keras_version: "2.15.0" }));
    const { layers } = await readKeras(await writeZip(files));
    expect(layers.map(({ spec }) => spec.type)).toEqual(["dense", "rescaling", "activation", "dense", "dense"]);
    expect(layers[1].spec).toMatchObject({ scale: 0.2, offset: 0.5 });
    expect(layers[2].spec).toMatchObject({ activation: { type: "relu", maxValue: 1 } });
  });
});

describe("zip archives", () => {
  it("refuses sizes that the bytes cannot hold, before it unpacks", async () => {
    const bomb = zipSync({ "config.json": new Uint8Array(5_000_000) });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(readZip("test", bomb, () => true)).rejects.toThrow(
      "test: config.json claims 5000000 bytes, more than",
    );
    const file = await writeZip(new Map([["a", text("abc")]]));
    const view = new DataView(file.buffer, file.byteOffset);
    const central = Buffer.from(file).indexOf(Uint8Array.of(0x50, 0x4b, 1, 2));
    view.setUint32(central + 24, 0x7fff_ffff, true);
    await expect(readZip("test", file, () => true)).rejects.toThrow("test: a claims 2147483647 bytes");
  });

  it("gives back what was put in, always with the same bytes", async () => {
    const files = new Map([
      ["a/b", text("abc")],
      ["empty", new Uint8Array()],
    ]);
    const archive = await writeZip(files);
    expect(await writeZip(files)).toEqual(archive);
    expect(await readZip("test", archive, () => true)).toEqual(files);
    expect(await readZip("test", archive, (name) => name === "empty")).toEqual(new Map([["empty", new Uint8Array()]]));
    await expect(readZip("test", text("no archive"), () => true)).rejects.toThrow("test: this is not a zip archive.");
  });
});

describe("HDF5 files", () => {
  const file: Hdf5Group = {
    attributes: { title: "größer", empty: "" },
    children: new Map<string, Hdf5Group | { shape: number[]; data: Float32Array | Int32Array }>([
      ["matrix", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 0.1) }],
      ["step", { shape: [], data: Int32Array.of(-7) }],
      [
        "group",
        {
          children: new Map(Array.from({ length: 300 }, (_, i) => [`v${i}`, { shape: [1], data: Float32Array.of(i) }])),
        },
      ],
    ]),
  };

  it("give back groups, arrays and attributes", async () => {
    const bytes = writeHdf5(file);
    const read = await readHdf5("test", bytes);
    expect(read.names("")).toEqual(["matrix", "step", "group"]);
    expect(read.attributes("").title).toBe("größer");
    expect(read.tensor("matrix")).toEqual({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 0.1), type: "<f4" });
    expect(read.tensor("step")).toEqual({ shape: [], data: Float32Array.of(-7), type: "<i4" });
    expect(read.names("group").length).toBe(300);
    expect(read.tensor("group/v299")?.data[0]).toBe(299);
    for (const path of ["group", "none", "matrix/inner", "group/none", "a/".repeat(40)])
      expect(read.tensor(path)).toBeNull();
    expect(writeHdf5(file)).toEqual(bytes);
  });

  it("have the checksums of HDF5: lookup3 by Jenkins", () => {
    expect(lookup3(text(""))).toBe(0xdeadbeef);
    expect(lookup3(text("Four score and seven years ago"))).toBe(0x17770551);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["text", text("x".repeat(100))],
  ])("refuses %s", async (_, bytes) => {
    await expect(readHdf5("test", bytes)).rejects.toThrow("test: this is not an HDF5 file.");
    await expect(readKeras(bytes)).rejects.toThrow("this is neither a .keras nor an .h5 file");
  });

  it("print nothing when a type of an attribute is damaged", async () => {
    const bytes = fileOf("names", "h5").slice();
    const name = "model_config\0\0\0\0"; // filled up to 8 bytes; then comes the type
    const at = Buffer.from(bytes).indexOf(name);
    expect(bytes[at + name.length]).toBe(0x19); // text of any length
    bytes[at + name.length] = 0x1f;
    const printed: unknown[] = [];
    const { warn } = console;
    console.warn = (...words: unknown[]) => printed.push(...words);
    try {
      await expect(readKeras(bytes)).rejects.toThrow(FormatError);
      console.warn("of others");
    } finally {
      console.warn = warn;
    }
    expect(printed).toEqual(["of others"]);
  });

  it("refuses a file of weights alone", async () => {
    await expect(readKeras(writeHdf5({ children: new Map() }))).rejects.toThrow("the file holds weights alone");
  });
});
