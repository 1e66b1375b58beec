/** Models in files of any format: one file, and those beside it that belong to it. */
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FormatError, type Layer } from "simdgrad";
import { detectFormat, importModel, type ModelFiles } from "simdgrad/formats";
import { failure, inWords } from "../failure.js";
import { sizeOf } from "./paths.js";

/**
 * A model's file and its companions by name: files of weights beside `model.json`, `model.onnx.data`, and
 * `optimizer.safetensors`. They are looked for by their own names: no path that stands in a file is opened.
 */
async function readModelFiles(path: string): Promise<ModelFiles> {
  await sizeOf(path, "the file of a model");
  const main = new Uint8Array(await readFile(path));
  const name = basename(path);
  const there = await readdir(dirname(path));
  const format = await detectFormat(main);
  const belongs = there.filter((other) => {
    if (format === "tfjs") return /\.bin$/.test(other);
    if (format === "onnx") return other === `${name}.data`;
    return format === "torch" && other === "optimizer.safetensors" && other !== name;
  });
  const others = await Promise.all(
    belongs.map(async (other) => [other, new Uint8Array(await readFile(join(dirname(path), other)))] as const),
  );
  return { [name]: main, ...Object.fromEntries(others) };
}

/** The model in a file; errors of the file name it. */
export async function openModel(path: string, layers: { layers?: readonly Layer[] } = {}) {
  try {
    return await importModel(await readModelFiles(path), { threads: 1, ...layers });
  } catch (error) {
    if (error instanceof FormatError) throw failure(`${path}: ${inWords(error.message)}`);
    throw error;
  }
}
