/** `simdgrad/onnx`: models as ONNX files, and from them. */
import { checkArguments } from "../../base/errors.js";
import type { LoadOptions } from "../../model/loadOptions.js";
import type { RuntimeOptions } from "../../model/options.js";
import { exported } from "../exported.js";
import type { Savable } from "../fromModel.js";
import { type Imported, importedFrom } from "../toModel.js";
import { type ReadOnnxOptions, readingOptions, readOnnxFor } from "./read.js";
import { type WriteOnnxOptions, writeOnnxFor } from "./write.js";

export { isOnnx } from "../../formats/otherFile.js";
export * from "../shared.js";
export { type ReadOnnxOptions, readOnnx } from "./read.js";
export { type WriteOnnxOptions, writeOnnx } from "./write.js";

/**
 * A model from the bytes of an ONNX file, and a sentence for everything that was left out; see `readOnnx`.
 * @example
 * const { model, notes } = await importOnnx(await readFile("model.onnx"));
 * // PyTorch 2.9 and newer write two files:
 * await importOnnx(await readFile("model.onnx"), { externalData: await readFile("model.onnx.data") });
 * @param options those of `readOnnx`, and those of `Sequential.load`, such as `backend` and `threads`
 * @throws FormatError, OptionError as `readOnnx`; OptionError, BackendError as `Sequential.load`.
 */
export async function importOnnx(
  bytes: Uint8Array | ArrayBuffer,
  options: ReadOnnxOptions & RuntimeOptions & LoadOptions = {},
): Promise<Imported> {
  checkArguments("importOnnx", arguments, 2);
  return importedFrom("importOnnx", (where, own) => readOnnxFor(where, bytes, own), options, readingOptions);
}

/**
 * A model as the bytes of an ONNX file, which ONNX Runtime and others run; see `writeOnnx`. The model may be in a
 * worker, or be the bytes of its `save()`.
 * @example
 * await writeFile("model.onnx", await exportOnnx(model));
 * // Python: onnxruntime.InferenceSession("model.onnx").run(["output"], {"input": x})
 * @throws FormatError, OptionError as `writeOnnx`; OptionError for anything but a model.
 */
export async function exportOnnx(model: Savable, options: WriteOnnxOptions = {}): Promise<Uint8Array> {
  checkArguments("exportOnnx", arguments, 2);
  return exported("exportOnnx", model, options, writeOnnxFor);
}
