// Files of other exporters: each is read, and predicts what its own library does, or is refused by the node's name.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/base/errors.js";
import { sizeOf } from "../../src/base/shape.js";
import { dense, flatten, type Sequential } from "../../src/index.js";
import { importOnnx, modelOf, type Portable, readOnnx } from "../../src/interop/onnx/index.js";
import { worstDifference } from "./randomNets.js";

/** A tensor of a fixture. */
interface Values {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A file of a fixture; fixtures/interop/onnx/store.py explains the fields. */
interface File {
  readonly name: string;
  readonly model: string;
  readonly external?: string;
  readonly inputs: readonly [Values];
  readonly output: Values;
  readonly reads: boolean;
  readonly expects?: string;
}

const ONE = { threads: 1 };

/** By fixture: how many files must be read at least, and those that are still refused. */
const EXPORTERS = {
  torchDynamo: { least: 35, refused: [] },
  torchScript: { least: 39, refused: [] },
  torch113: { least: 22, refused: [] },
  keras: { least: 27, refused: [] },
  tf2onnx: { least: 27, refused: [] },
  skl2onnx: { least: 8, refused: [] },
  official: { least: 19, refused: [] },
  special: { least: 16, refused: [] },
} satisfies Record<string, { least: number; refused: readonly string[] }>;

function filesOf(exporter: string): readonly File[] {
  const url = new URL(`../../fixtures/interop/onnx/${exporter}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")).files;
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

async function modelFrom({ model, external, output }: File): Promise<Sequential> {
  const externalData = external === undefined ? null : bytesOf(external);
  const options = { externalData, output: output.name };
  const plain = readOnnx(bytesOf(model), options);
  if (plain.layers.every(({ weights }) => weights.size === 0)) return await modelOf(withIdentity(plain, output), ONE);
  return (await importOnnx(bytesOf(model), { ...options, ...ONE })).model;
}

/** The same function with a matrix of ones on its diagonal at the end: a model has weights, and some files have none. */
function withIdentity(plain: Portable, { shape }: Values): Portable {
  const units = sizeOf(shape.slice(1));
  const data = Float32Array.from({ length: units * units }, (_, i) => Number(i % (units + 1) === 0));
  const kernel = { shape: [units, units], data };
  const flat = { name: "flat", spec: flatten({ name: "flat" }), weights: new Map() };
  const same = {
    name: "same",
    spec: dense({ units, useBias: false, name: "same" }),
    weights: new Map([["kernel", kernel]]),
  };
  return { ...plain, layers: [...plain.layers, flat, same] };
}

/** Two classes are one sigmoid here: the probability of the second. */
function expectedOf({ output: { shape, data } }: File, outputs: number): readonly number[] {
  const isPair = outputs === 1 && shape.length === 2 && shape[1] === 2;
  return isPair ? data.filter((_, i) => i % 2 === 1) : data;
}

describe.each(Object.entries(EXPORTERS))("files of %s", (exporter, { least, refused }) => {
  const files = filesOf(exporter);
  const isRead = ({ name, reads }: File) => reads && !(refused as readonly string[]).includes(name);

  it.each(files.filter(isRead).map((file) => [file.name, file] as const))("reads %s", async (_, file) => {
    const model = await modelFrom(file);
    const [{ data }] = file.inputs;
    const predicted = model.predict(Float32Array.from(data));
    const rows = data.length / sizeOf(model.layers[0].inputShape);
    const outputs = predicted.length / rows;
    expect(worstDifference(predicted, expectedOf(file, outputs))).toBeLessThan(2e-6);
  });

  const others = files.filter((file) => !isRead(file));
  it.each(others.map((file) => [file.name, file] as const))("refuses %s", async (_, file) => {
    const error = await modelFrom(file).then(
      () => expect.fail("it was read"),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(FormatError);
    expect(String(error)).toContain(file.expects ?? "");
  });

  it(`reads at least ${least}`, () => {
    expect(files.filter(isRead).length).toBeGreaterThanOrEqual(least);
  });
});

describe("files of scikit-learn", () => {
  const files = filesOf("skl2onnx").filter(({ reads }) => reads);

  it.each(files.map((file) => [file.name, file] as const))(
    "reads probabilities or values of %s by default",
    (_, file) => {
      const bytes = bytesOf(file.model);
      expect(readOnnx(bytes)).toEqual(readOnnx(bytes, { output: file.output.name }));
    },
  );

  it.each([
    ["two classes", [0, 1]],
    ["three classes", ["ant", "bee", "cat"]],
    ["regressor", null],
  ])("keeps the classes of %s", (name, classes) => {
    const file = files.find((one) => one.name === name);
    expect(readOnnx(bytesOf(file?.model ?? "")).classes).toEqual(classes);
  });
});
