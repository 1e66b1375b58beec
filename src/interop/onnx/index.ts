/** `simdgrad/onnx`: models as ONNX files, and from them. No logic but the joints. */
import { portableOf, type Savable } from "../fromModel.js";
import { type WriteOnnxOptions, writeOnnx } from "./write.js";

export { type WriteOnnxOptions, writeOnnx } from "./write.js";

/**
 * A model as the bytes of an ONNX file, which ONNX Runtime and others run. The model may be in a worker, or be the
 * bytes of its `save()`.
 *
 * @example
 * writeFileSync("model.onnx", await exportOnnx(model));
 * // Python: onnxruntime.InferenceSession("model.onnx").run(["output"], {"input": x})
 * @throws FormatError naming a layer or activation that ONNX cannot hold; OptionError for anything but a model.
 */
export async function exportOnnx(model: Savable, options: WriteOnnxOptions = {}): Promise<Uint8Array> {
  return writeOnnx(await portableOf(model), options);
}
