// Small files that claim much: memory that reading them takes, measured in a process of their own.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { expect, it } from "vitest";
import { batchNormalization, dense, Sequential } from "../../src/index.js";
import { exportKeras } from "../../src/interop/keras/index.js";
import { onnxFile } from "./onnxFile.js";

const layers = [dense({ units: 4 }), batchNormalization(), dense({ units: 2 })];
const model = await Sequential.create({ inputShape: [3], layers, threads: 1 });
const honest = await exportKeras(model);

interface KerasConfig {
  config: { layers: { class_name: string; config: Record<string, unknown> }[] };
}

/** The file with another description, packed as tightly as zip can. */
function keras(change: (layers: KerasConfig["config"]["layers"]) => void): Uint8Array {
  const files = unzipSync(honest);
  const config = JSON.parse(strFromU8(files["config.json"])) as KerasConfig;
  change(config.config.layers);
  return zipSync({ ...files, "config.json": strToU8(JSON.stringify(config)) }, { level: 9 });
}

const many = (count: number, class_name: string, more: object) =>
  Array.from({ length: count }, (_, i) => ({ module: "keras.layers", class_name, config: { name: `a${i}`, ...more } }));

function safetensors(header: object, bytes = 16): Uint8Array {
  const text = strToU8(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + bytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const LARGE = 2 ** 31 - 1;
const files: Readonly<Record<string, Uint8Array>> = {
  "constant.onnx": onnxFile({
    nodes: [
      ["ConstantOfShape", ["s"], ["k"]],
      ["MatMul", ["x", "k"], ["y"]],
    ],
    integers: { s: [2, 7e6] },
  }),
  "expand.onnx": onnxFile({
    nodes: [
      ["Expand", ["c", "s"], ["a"]],
      ["Add", ["a", "a"], ["k"]],
      ["MatMul", ["x", "k"], ["y"]],
    ],
    constants: { c: [1] },
    integers: { s: [2, 2e6] },
  }),
  "columns.onnx": onnxFile({
    input: [null, 1000],
    nodes: [
      ["Relu", ["x"], ["a"]],
      ["Tanh", ["a"], ["y"]],
    ],
  }),
  "input.onnx": onnxFile({ input: [null, LARGE], nodes: [["Relu", ["x"], ["y"]]] }),
  "chain.onnx": onnxFile({
    input: [null, 1000],
    nodes: Array.from({ length: 60 }, (_, i) => ["Relu", [i ? `r${i}` : "x"], [i === 59 ? "y" : `r${i + 1}`]] as const),
  }),
  "layers.keras": keras((list) => list.push(...(many(8000, "Activation", { activation: "relu" }) as never[]))),
  "norms.keras": keras((list) => {
    list[0].config.batch_shape = [null, 4000];
    list.splice(1, 9, ...(many(3000, "LayerNormalization", {}) as never[]));
  }),
  "units.keras": keras((list) => {
    for (const { class_name, config } of list) if (class_name === "Dense") config.units = LARGE;
  }),
  "bomb.keras": zipSync({ "config.json": new Uint8Array(4e7).fill(32) }, { level: 9 }),
  "shape.safetensors": safetensors({ "0.weight": { dtype: "F32", shape: [LARGE, 2], data_offsets: [0, 16] } }),
};

/** Files that may be read: their widths are those that any file may claim. */
const READ = ["columns.onnx", "chain.onnx"];

it("costs no more memory than their bytes allow, and a little for rows on which functions are tried", () => {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
  try {
    const paths = Object.entries({ "honest.keras": honest, ...files }).map(([name, bytes]) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    });
    const script = fileURLToPath(new URL("peak.mjs", import.meta.url));
    const results = JSON.parse(execFileSync(process.execPath, [script, ...paths], { encoding: "utf8" })) as object[];
    const all = Object.entries(files).map(([name, { length }], i) => ({ name, length, ...results[i] }));
    if (process.env.MUTATIONS) console.log(all);
    const costly = all.filter((one) => {
      const { grown, length } = one as unknown as { grown: number; length: number };
      return !(grown < 40 + (16 * length) / 2 ** 20);
    });
    expect(costly).toEqual([]);
    const refused = all.filter((one) => (one as unknown as { outcome: string }).outcome === "FormatError");
    expect(refused.map(({ name }) => name)).toEqual(Object.keys(files).filter((name) => !READ.includes(name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
