/** `simdgrad/formats`: a model from any file that simdgrad reads, whatever its format. */
import { bytesOf } from "../../base/bytes.js";
import { checkArguments, OptionError, show } from "../../base/errors.js";
import { isPlainObject } from "../../base/json.js";
import type { RuntimeOptions } from "../../model/options.js";
import type { Layer } from "../../specs/layers/all.js";
import { portableFor } from "../fromModel.js";
import type { Portable } from "../portable.js";
import { checkImport, type Imported, importedFrom } from "../toModel.js";
import { formatOf, type ModelFormat, unknownFile } from "./detect.js";

export * from "../shared.js";
export { detectFormat, type ModelFormat } from "./detect.js";

/** Files by their names: that of the model first, then those that belong to it. */
export type ModelFiles = Readonly<Record<string, Uint8Array | ArrayBuffer>>;

/** Options of `importModel`. */
export interface ImportModelOptions extends RuntimeOptions {
  /** The layers, for weights of PyTorch that do not say them. @default those that the file names */
  layers?: readonly Layer[];
}

/** A model, and the format that it had. */
export interface ImportedModel extends Imported {
  readonly format: ModelFormat;
}

/**
 * A model from a file of simdgrad, Keras, ONNX, TensorFlow.js, PyTorch, scikit-learn or brain.js. The format is found by the
 * bytes, and its reader is loaded then. Models of several files are given by name, the main file first:
 * `{ "model.json": …, "group1-shard1of1.bin": … }`, `{ "model.onnx": …, "model.onnx.data": … }`.
 * @example const { model, format, notes } = await importModel(await readFile("model.onnx"));
 * @throws FormatError for unknown files and those that their reader refuses; OptionError, BackendError as `Sequential.load`
 */
export async function importModel(
  source: Uint8Array | ArrayBuffer | ModelFiles,
  options: ImportModelOptions = {},
): Promise<ImportedModel> {
  checkArguments("importModel", arguments, 2);
  checkImport("importModel", options, { layers: null });
  const { layers, ...runtime } = options;
  const files = filesOf(source);
  const [[, main]] = files;
  const format = await formatOf("importModel", main);
  if (!format) throw unknownFile("importModel", main);
  if (layers && format !== "torch")
    throw new OptionError("importModel: layers are for weights of PyTorch. Leave them out.");
  const read = (where: string) => readers[format](where, files, layers);
  return { format, ...(await importedFrom("importModel", read, runtime)) };
}

type Files = readonly (readonly [name: string, bytes: Uint8Array])[];

function filesOf(source: unknown): Files {
  const bytes = bytesOf(source);
  if (bytes) return [["", bytes]];
  const entries = isPlainObject(source) ? Object.entries(source) : [];
  const files = entries.map(([name, file]) => [name, bytesOf(file)] as const);
  if (files.length > 0 && files.every(([, file]) => file !== null)) return files as Files;
  throw new OptionError(
    `importModel: expected the bytes of a file, or { name: bytes } with the model first, got ${show(source)}.`,
  );
}

/** The file whose name ends so. */
const named = (files: Files, ending: string) => files.slice(1).find(([name]) => name.endsWith(ending))?.[1];

/** Readers by format, for the function `where`: the main file comes first. */
const readers: Readonly<
  Record<ModelFormat, (where: string, files: Files, layers: readonly Layer[] | undefined) => Promise<Portable>>
> = {
  simdgrad: (where, [[, main]]) => portableFor(where, main),
  keras: async (where, [[, main]]) => (await import("../keras/read.js")).readKerasFor(where, main),
  onnx: async (where, [[, main], ...others]) => {
    const { readOnnxFor } = await import("../onnx/read.js");
    return readOnnxFor(
      where,
      main,
      others.length > 1 ? { externalData: Object.fromEntries(others) } : { externalData: others[0]?.[1] },
    );
  },
  tfjs: async (where, [[, main], ...others]) => {
    const { readTfjsFor } = await import("../tfjs/read.js");
    return readTfjsFor(where, { ...Object.fromEntries(others), "model.json": main });
  },
  torch: async (where, files, layers) => {
    const { readTorchFor } = await import("../torch/read.js");
    const memory = named(files, "optimizer.safetensors");
    const weights = { "model.safetensors": files[0][1], ...(memory && { "optimizer.safetensors": memory }) };
    return readTorchFor(where, weights, layers ? { layers } : {});
  },
  sklearn: async (where, [[, main]]) => (await import("../sklearn/read.js")).readSklearnFor(where, main, {}),
  brain: async (where, [[, main]]) => (await import("../brain/read.js")).readBrainFor(where, main),
};
