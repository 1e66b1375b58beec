/** ONNX Runtime, the judge of the files that we write. */
import { loadPeer } from "../peers/load.js";

/** A tensor of the runtime. */
export interface OrtTensor {
  readonly data: Float32Array | BigInt64Array | readonly string[];
  readonly dims: readonly number[];
}

interface Session {
  readonly inputNames: readonly string[];
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
}

interface Runtime {
  readonly InferenceSession: { create(bytes: Uint8Array, options?: object): Promise<Session> };
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => OrtTensor;
}

const quiet = { logSeverityLevel: 3, intraOpNumThreads: 1, graphOptimizationLevel: "basic" };

/** The outputs of a file for rows of float32, by name. */
export async function runOnnx(file: Uint8Array, rows: Float32Array, shape: readonly number[]) {
  const { InferenceSession, Tensor } = loadPeer<Runtime>("onnxruntime-node");
  const session = await InferenceSession.create(file, quiet);
  return session.run({ [session.inputNames[0]]: new Tensor("float32", rows, shape) });
}
