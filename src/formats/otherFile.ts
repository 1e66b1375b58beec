/** Names a file that a reader refuses, by its beginning, and its remedy. For words in errors; decides nothing. */
import { beginsWith } from "../base/beginsWith.js";
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

/** First bytes of an array of NumPy. */
const NUMPY = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ARRAYS = "Save the model with its layers, or give the numbers to setWeights.";

/** The beginning of HTML or XML. */
const PAGE = /^\s*<(?:!doctype|!--|\?xml|[a-z]+[\s>])/i;

const PICKLE =
  "which can run any program. Of PyTorch, in Python: safetensors.torch.save_file(model.state_dict(), path), for importTorch. " +
  "Of scikit-learn: to_json of sklearnCode, for importSklearn.";
const TORCH_PICKLE =
  "a pickle of torch.save, which can run any program. In Python: safetensors.torch.save_file(model.state_dict(), path).";

/**
 * The beginning of a pickle without the mark of its version, as protocols 0 and 1 are: a class, an array of numbers, or an
 * empty or marked collection.
 */
const OLD_PICKLE = /^(?:c[\w.]+\n\w+\n|\((?:[dlt]p\d+\n|c[\w.]+\n\w+\n|i[\w.]+\n\w+\n)|[\]})]q\0|[\]}]\()/;
/** The last byte of each pickle. */
const STOP = 0x2e;

/** True for bytes that begin, and in the old protocols also end, as a pickle of Python. */
export function isPickle(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x80) return bytes[1] >= 2 && bytes[1] <= 5;
  return bytes[bytes.length - 1] === STOP && OLD_PICKLE.test(new TextDecoder("latin1").decode(bytes.subarray(0, 256)));
}

/** First bytes of files that are packed, and the programs that unpack them. */
const PACKED: readonly (readonly [start: readonly number[], program: string])[] = [
  [[0x1f, 0x8b], "gzip"],
  [[0x42, 0x5a, 0x68], "bzip2"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "xz"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd"],
];

/** Formats with an entry of their own, such as `simdgrad/keras`, whose `importKeras` reads them. */
export type Readable = "keras" | "onnx" | "tfjs" | "torch" | "sklearn" | "brain";

/** What a file is, and the format of those that are read. */
interface Kind {
  readonly what: string;
  readonly format?: Readable;
}

/**
 * One sentence or two about the bytes of a file, or about the object in its JSON; an empty text if there is nothing to say,
 * or if it is a file of the format `own`, which is then damaged.
 */
export function otherFile(file: Uint8Array | object, own?: Readable): string {
  const bytes = bytesOf(file);
  const kind = bytes ? kindOfBytes(bytes) : kindOfJson((key) => key in file);
  if (kind === null || (own && kind.format === own)) return "";
  const { what, format } = kind;
  if (!format) return `It is ${what}`;
  return `It is ${what}, which import${format[0].toUpperCase()}${format.slice(1)} of simdgrad/${format} reads.`;
}

function kindOfBytes(bytes: Uint8Array): Kind | null {
  if (bytes.length === 0) return { what: "empty: write or download it again." };
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, LOOKED_AT)).replace(/^ï»¿/, "");
  // Before all others: the length of a header can have the first bytes of a pickle or an archive.
  if (bytes[7] === 0 && bytes[8] === 0x7b) {
    if (text.includes('"format":"simdgrad"')) return { what: "a model file of simdgrad, which Sequential.load reads." };
    return { what: "a safetensors file", format: "torch" };
  }
  if (beginsWith(bytes, [0x50, 0x4b])) {
    const has = (name: string) => text.includes(name) || zipHas(bytes, name);
    if (has("model.weights.h5")) return { what: "a .keras file", format: "keras" };
    if (has(".npy")) return { what: `an archive of NumPy's arrays. ${ARRAYS}` };
    return { what: has("data.pkl") ? TORCH_PICKLE : "a zip archive of other files: unpack it, and give the model's." };
  }
  if (beginsWith(bytes, [0x89, 0x48, 0x44, 0x46])) return { what: "an HDF5 file", format: "keras" };
  const packed = PACKED.find(([start]) => beginsWith(bytes, start));
  if (packed) return { what: `compressed by ${packed[1]}: unpack it first.` };
  if (isPickle(bytes)) return { what: `a pickle of Python, ${PICKLE}` };
  if (beginsWith(bytes, NUMPY)) return { what: `an array of NumPy. ${ARRAYS}` };
  if (isOnnx(bytes)) return { what: "an ONNX file", format: "onnx" };
  if (text.startsWith("version https://git-lfs")) {
    return { what: "a pointer of Git LFS, not the file itself: run git lfs pull." };
  }
  if (PAGE.test(text)) {
    return { what: "a page of HTML or XML, perhaps the error of a server: look at it, and check the address." };
  }
  return text.trimStart()[0] === "{" ? kindOfJson((key) => text.includes(`"${key}"`)) : null;
}

function kindOfJson(has: (key: string) => boolean): Kind | null {
  if (has("modelTopology")) return { what: "model.json of TensorFlow.js", format: "tfjs" };
  if (has("coefs_")) return { what: "JSON of scikit-learn", format: "sklearn" };
  return has("sizes") && has("layers") ? { what: "JSON of brain.js", format: "brain" } : null;
}
