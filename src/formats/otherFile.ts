/** Names a file that a reader refuses, by its beginning, and its remedy. For words in errors; decides nothing. */
import { bytesOf } from "../base/bytes.js";
import { zipHas } from "./zip.js";

/** Bytes at the beginning that are looked at. */
const LOOKED_AT = 65_536;

/** First bytes of the fields of ONNX that can follow the version: the producer, the graph, the operator sets and others. */
const SECOND = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42];

/** True for bytes that can be an ONNX file: they begin with its version, and with a field that follows it. */
export function isOnnx(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x08 && bytes[1] > 0 && bytes[1] < 0x40 && SECOND.includes(bytes[2]);
}

/** The beginning of HTML or XML. */
const PAGE = /^\s*<(?:!doctype|!--|\?xml|[a-z]+[\s>])/i;

const PICKLE =
  "which can run any program. Of PyTorch, in Python: safetensors.torch.save_file(model.state_dict(), path), for importTorch. " +
  "Of scikit-learn: to_json of sklearnCode, for importSklearn.";
const TORCH_PICKLE =
  "a pickle of torch.save, which can run any program. In Python: safetensors.torch.save_file(model.state_dict(), path).";

const read = (what: string, name: string) => `${what}, which import${name} of simdgrad/${name.toLowerCase()} reads.`;
const TFJS = read("model.json of TensorFlow.js", "Tfjs");
const SKLEARN = read("JSON of scikit-learn", "Sklearn");
const BRAIN = read("JSON of brain.js", "Brain");

/**
 * One sentence or two about the bytes of a file, or about the object in its JSON; an empty text if there is nothing to say,
 * or if it is a file for the reader `own`, such as "importKeras", which is then damaged.
 */
export function otherFile(file: Uint8Array | object, own: string): string {
  const bytes = bytesOf(file);
  const what = bytes ? kindOfBytes(bytes) : kindOfJson((key) => key in file);
  return what === null || what.includes(`which ${own} `) ? "" : `It is ${what}`;
}

function kindOfBytes(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "empty: write or download it again.";
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, LOOKED_AT)).replace(/^ï»¿/, "");
  // Before all others: the length of a header can have the first bytes of a pickle or an archive.
  if (bytes[7] === 0 && bytes[8] === 0x7b) {
    const isOwn = text.includes('"format":"simdgrad"');
    return isOwn ? "a model file of simdgrad, which Sequential.load reads." : read("a safetensors file", "Torch");
  }
  const begins = (...start: readonly number[]) => start.every((byte, i) => bytes[i] === byte);
  if (begins(0x50, 0x4b)) {
    const has = (name: string) => text.includes(name) || zipHas(bytes, name);
    if (has("model.weights.h5")) return read("a .keras file", "Keras");
    return has("data.pkl") ? TORCH_PICKLE : "a zip archive of other files: unpack it, and give the model's.";
  }
  if (begins(0x89, 0x48, 0x44, 0x46)) return read("an HDF5 file", "Keras");
  if (begins(0x1f, 0x8b)) return "compressed by gzip: unpack it first.";
  if (begins(0x80) && bytes[1] >= 2 && bytes[1] <= 5) return `a pickle of Python, ${PICKLE}`;
  if (isOnnx(bytes)) return read("an ONNX file", "Onnx");
  if (text.startsWith("version https://git-lfs")) return "a pointer of Git LFS, not the file itself: run git lfs pull.";
  if (PAGE.test(text))
    return "a page of HTML or XML, perhaps the error of a server: look at it, and check the address.";
  return text.trimStart()[0] === "{" ? kindOfJson((key) => text.includes(`"${key}"`)) : null;
}

function kindOfJson(has: (key: string) => boolean): string | null {
  if (has("modelTopology")) return TFJS;
  if (has("coefs_")) return SKLEARN;
  return has("sizes") && has("layers") ? BRAIN : null;
}
