/** ONNX Runtime, which predicts and does not train here. Option: package, "onnxruntime-node" or "onnxruntime-web". */
import { versionOf } from "./batches.mjs";
import { encodeOnnx } from "./onnx.mjs";

export async function open(spec) {
  const loaded = await import(spec.package);
  const ort = loaded.InferenceSession ? loaded : loaded.default;
  const isWeb = spec.package === "onnxruntime-web";
  if (isWeb) ort.env.wasm.numThreads = 1;
  const options = isWeb
    ? { executionProviders: ["wasm"] }
    : { executionProviders: ["cpu"], intraOpNumThreads: 1, interOpNumThreads: 1 };
  const session = await ort.InferenceSession.create(encodeOnnx(spec), options);
  return {
    version: await versionOf(spec.package),
    note: "predicts only",
    async predict(x, rows) {
      const { y } = await session.run({ x: new ort.Tensor("float32", x, [rows, spec.sizes[0]]) });
      return y.data;
    },
  };
}
