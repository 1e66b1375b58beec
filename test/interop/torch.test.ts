// PyTorch's safetensors, both ways. PyTorch's own files and numbers are in fixtures/interop/torch.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { torchCases } from "../../fixtures/interop/torch/cases.js";
import { FormatError, OptionError } from "../../src/base/errors.js";
import { fromBfloat, fromHalf } from "../../src/base/half.js";
import { readSafetensors } from "../../src/formats/foreignSafetensors.js";
import { encodeHeader, encodeText, joinFile } from "../../src/formats/safetensors.js";
import { adam, batchNormalization, dense, prelu, rmsprop, Sequential, spectralNormalization } from "../../src/index.js";
import { exportTorch, importTorch, isTorch, readTorch, type TorchWeights } from "../../src/interop/torch/index.js";
import { layerTypes } from "../../src/specs/layers/all.js";
import { stateOf } from "../model/models.js";
import { readDamaged } from "./mutate.js";
import { plainLayers } from "./plainLayers.js";
import { worstDifference } from "./randomNets.js";

interface Witness {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly x?: readonly number[];
  readonly predictions: readonly number[];
  readonly later?: readonly number[];
}

const path = new URL("../../fixtures/interop/torch/witness.json", import.meta.url);
const witnesses = JSON.parse(readFileSync(path, "utf8")) as Witness[];
const own = witnesses.filter(({ x }) => !x);
const foreign = witnesses.filter(({ x }) => x);
const bytesOf = ({ files }: Witness) =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, Uint8Array.from(Buffer.from(text, "base64"))]),
  ) as unknown as TorchWeights;
const quiet = { onWarning: () => {} };
const cases = await torchCases();

describe.each(cases.map((one) => [one.name, one] as const))("%s", (name, { model, x, y }) => {
  const fit = { batchSize: y.length, shuffle: false };

  it("goes there and back with the same bits, and goes on with them", async () => {
    await model.fit({ x, y } as never, { ...fit, epochs: 2 });
    const { model: copy, notes } = await importTorch(await exportTorch(model, quiet), { threads: 1 });
    expect(notes).toEqual([]);
    expect(await copy.predict(x)).toEqual(await model.predict(x));
    if (name.startsWith("sgd") && !name.includes("PyTorch")) return; // their velocities are divided by the rate
    const before = stateOf(model);
    expect(stateOf(copy)).toBe(before);
  });

  it("goes on with what PyTorch has made of it", async () => {
    const witness = own.find((one) => one.name === name);
    if (!witness) return;
    const { model: there } = await importTorch(bytesOf(witness), { threads: 1 });
    expect(worstDifference((await there.predict(x)) as Float32Array, witness.predictions)).toBeLessThan(2e-6);
    await there.fit({ x, y } as never, { ...fit, epochs: 10, resume: false });
    expect(worstDifference((await there.predict(x)) as Float32Array, witness.later ?? [])).toBeLessThan(1e-5);
  });
});

it.each(["nadam", "nadam in PyTorch's form"])("keeps PyTorch's product of momentums, of %s", async (name) => {
  const theirs = bytesOf(own.find((one) => one.name === name) as Witness);
  const { model } = await importTorch(theirs, { threads: 1 });
  const ours = await exportTorch(model, quiet);
  const [wanted, got] = [theirs, ours].map((files) => {
    const { tensors } = readSafetensors("test", new Uint8Array(files["optimizer.safetensors"] as Uint8Array));
    return tensors.get("0.weight.mu_product")?.data ?? [];
  });
  expect(Math.abs(got[0] / wanted[0] - 1)).toBeLessThan(1e-5);
  expect(wanted[0]).toBeGreaterThan(0);
});

it("the witness has seen every case but the activations", () => {
  const wanted = cases.map(({ name }) => name).filter((name) => !/^(activation|options)/.test(name));
  expect(own.map(({ name }) => name).sort()).toEqual(wanted.sort());
});

describe("weights of a program of somebody else", () => {
  const layers = [
    dense({ units: 6 }),
    prelu(),
    batchNormalization({ compat: "torch" }),
    dense({ units: 3, activation: "softmax" }),
  ];
  const modules = ["encoder", "slope", "norm", "head"];

  it.each(foreign.map((one) => [one.name, one] as const))("%s", async (_, witness) => {
    const { model, notes } = await importTorch(bytesOf(witness), { layers, modules, threads: 1 });
    expect(notes).toEqual([]);
    expect(
      worstDifference((await model.predict(witness.x as number[])) as Float32Array, witness.predictions),
    ).toBeLessThan(2e-6);
  });

  it("finds modules by their shapes where only one fits", () => {
    const file = bytesOf(foreign[0]);
    expect(readTorch(file, { layers }).layers.map(({ name }) => name)).toEqual([
      "dense_1",
      "prelu_1",
      "batchNormalization_1",
      "dense_2",
    ]);
  });

  const file = () => bytesOf(foreign[0])["model.safetensors"];
  const refusals: [string, () => unknown, string][] = [
    ["no layers", () => readTorch(file()), "does not say what its layers are. Give them"],
    [
      "other layers",
      () => readTorch(file(), { layers: [dense({ units: 7 })] }),
      "dense_1: expected a module with weight [7, 5], bias [7], got",
    ],
    ["too few layers", () => readTorch(file(), { layers: layers.slice(0, 3) }), 'no place for the modules "head"'],
    ["too many layers", () => readTorch(file(), { layers: [...layers, dense({ units: 3 })] }), "got no more modules"],
    ["unknown modules", () => readTorch(file(), { layers, modules: ["a"] }), "modules: expected the names"],
    [
      "modules in a wrong order",
      () => readTorch(file(), { layers, modules: ["head", "slope", "norm", "encoder"] }),
      "",
    ],
    [
      "a layer that PyTorch lacks",
      () => readTorch(file(), { layers: [{ type: "categoryEncoding", numTokens: 3 } as never] }),
      "categoryEncoding",
    ],
    ["layers that do not fit", () => readTorch(file(), { layers: [{ type: "dense" } as never] }), "layers[0]"],
    ["a pickle", () => readTorch(encodeText("PK\x03\x04archive/data.pkl")), "It is a pickle of torch.save"],
    ["nothing", () => readTorch(new Uint8Array()), "not a safetensors file"],
    ["text", () => readTorch("model" as never), "expected the bytes"],
    ["an unknown option", () => readTorch(file(), { layer: layers } as never), "unknown option"],
    [
      "modules without layers",
      () => readTorch(ownFile(), { modules }),
      "inputShape and modules are for files read with layers",
    ],
  ];
  const ownFile = () => bytesOf(own[0])["model.safetensors"];
  it.each(refusals)("refuses %s", (name, read, message) => {
    if (name === "modules in a wrong order") return expect(read).not.toThrow(TypeError);
    expect(read).toThrow(message);
    expect(() => {
      try {
        read();
      } catch (error) {
        if (!(error instanceof FormatError || error instanceof OptionError)) throw error;
      }
    }).not.toThrow();
  });
});

describe("files that do not hold what they say", () => {
  const description = (more: object = {}) => ({
    format: "pt",
    simdgrad: JSON.stringify({ inputShape: [2], layers: [dense({ units: 1 })], compiled: null, ...more }),
  });
  const tensor = (name: string, shape: number[], count = shape.reduce((a, b) => a * b, 1)) => ({
    name,
    shape,
    data: new Float32Array(count),
  });
  const fileOf = (metadata: Record<string, string>, ...tensors: ReturnType<typeof tensor>[]) =>
    joinFile(encodeHeader(metadata, tensors) as Uint8Array, tensors);
  const whole = [tensor("0.weight", [1, 2]), tensor("0.bias", [1])];
  const changes: [string, Uint8Array, string][] = [
    ["a weight that is missing", fileOf(description(), whole[0]), '"0.bias" [1] is not in the file'],
    [
      "a weight of another shape",
      fileOf(description(), tensor("0.weight", [2, 1]), whole[1]),
      "0.weight: expected [1, 2], got [2, 1]",
    ],
    ["a weight too many", fileOf(description(), ...whole, tensor("1.weight", [1])), 'no place for "1.weight"'],
    ["a description that is not JSON", fileOf({ simdgrad: "{" }, ...whole), "metadata.simdgrad: this is not JSON"],
    ["a description without layers", fileOf({ simdgrad: "{}" }, ...whole), "expected layers and inputShape"],
    ["an unknown layer", fileOf(description({ layers: [{ type: "conv" }] }), ...whole), 'got "conv"'],
    [
      "a layer of 2^24 units",
      fileOf(description({ layers: [dense({ units: 2 ** 24 })] }), ...whole),
      "rows of 16777216 values need more weights than",
    ],
    ["names that are no list", fileOf(description({ classes: 3 }), ...whole), "classes: expected a list"],
  ];
  it.each(changes)("%s", (_, file, message) => {
    expect(() => readTorch(file)).toThrow(FormatError);
    expect(() => readTorch(file)).toThrow(message);
  });

  it("an optimizer without its slots, or with another count of steps", async () => {
    const witness = own.find(({ name }) => name === "adam") as Witness;
    const files = bytesOf(witness);
    const broken = { ...files, "optimizer.safetensors": fileOf({ format: "pt" }, tensor("0.weight.exp_avg", [6, 5])) };
    expect(() => readTorch(broken)).toThrow('"0.weight.exp_avg_sq" [6, 5] is not in the file');
  });

  it("damaged files", async () => {
    const files = [own[0], foreign[2]].map((one) => bytesOf(one)["model.safetensors"] as Uint8Array);
    const layers = [dense({ units: 6 }), prelu(), batchNormalization(), dense({ units: 3 })];
    await readDamaged(files, (file) => readTorch(file));
    await readDamaged(files.slice(1), (file) => readTorch(file, { layers }), { seed: 2 });
    const { "model.safetensors": weights, "optimizer.safetensors": memory } = bytesOf(own[0]);
    await readDamaged(
      [memory as Uint8Array],
      (file) => readTorch({ "model.safetensors": weights, "optimizer.safetensors": file }),
      { seed: 3 },
    );
  });

  it("floats of 16 bits", () => {
    const halves: [number, number][] = [
      [0x3c00, 1],
      [0xc000, -2],
      [0x7bff, 65504],
      [0x0001, 2 ** -24],
      [0x8000, -0],
      [0x7c00, Infinity],
      [0x3555, 0.333251953125],
    ];
    for (const [bits, value] of halves) expect(fromHalf(bits)).toBe(value);
    expect(fromHalf(0x7e00)).toBeNaN();
    const others: [number, number][] = [
      [0x3f80, 1],
      [0xc000, -2],
      [0x3eab, 0.333984375],
      [0xff80, -Infinity],
    ];
    for (const [bits, value] of others) expect(fromBfloat(bits)).toBe(value);
  });
});

describe("says and refuses", () => {
  const refused = new Set(["categoryEncoding"]);
  it.each(layerTypes.filter((type) => refused.has(type)))("the layer %s by name", async (type) => {
    const model = await Sequential.create(plainLayers(type));
    await expect(exportTorch(model)).rejects.toThrow(`PyTorch has no module for ${type}`);
  });

  it.each(layerTypes.filter((type) => !refused.has(type)))("takes the layer %s", async (type) => {
    const model = await Sequential.create(plainLayers(type));
    const files = await exportTorch(model, quiet);
    expect(isTorch(files["model.safetensors"])).toBe(true);
    expect(isTorch(model.save())).toBe(false);
    const { model: copy } = await importTorch(files);
    const x = [0.5, -0.25, 1, 2].slice(0, model.layers[0].inputShape[0]);
    expect(await copy.predict([x])).toEqual(await model.predict([x]));
  });

  const warned = async (
    layers: Parameters<typeof Sequential.create>[0]["layers"],
    compile?: Parameters<Sequential["compile"]>[0],
  ) => {
    const model = await Sequential.create({ inputShape: [4], layers });
    if (compile) model.compile(compile);
    const warnings: string[] = [];
    await exportTorch(model, { onWarning: (message) => warnings.push(message) });
    return warnings.join(" ");
  };
  it("what PyTorch does otherwise", async () => {
    const layers = [dense({ units: 2 })];
    expect(await warned(layers)).toBe("");
    expect(await warned(layers, { optimizer: rmsprop(), loss: "meanSquaredError" })).toBe(
      'The optimizer is left out, because PyTorch\'s takes other steps: compile with compat: "torch" to take it along.',
    );
    expect(await warned(layers, { optimizer: adam({ clipNorm: 1 }), loss: "meanSquaredError" })).toContain(
      "leave clipNorm out",
    );
    expect(await warned(layers, { optimizer: "sgd", loss: "logCosh" })).toBe(
      "The loss logCosh is left out: write it in Python.",
    );
    expect(await warned([dense({ units: 3 }), batchNormalization(), dense({ units: 2 })])).toContain(
      "the unbiased one",
    );
    expect(await warned([spectralNormalization(dense({ units: 3 }))])).toContain("not divided by its norm");
  });
});
