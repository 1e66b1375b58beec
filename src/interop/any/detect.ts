/** The format of a file by its first bytes, or by its JSON; its name decides nothing. */

import { beginsWith } from "../../base/beginsWith.js";
import { bytesOf } from "../../base/bytes.js";
import { checkArguments, FormatError, OptionError, show } from "../../base/errors.js";
import { safetensorsMetadata } from "../../formats/foreignSafetensors.js";
import { isOnnx, isPickle, otherFile } from "../../formats/otherFile.js";
import { isBrain } from "../brain/read.js";
import { isSklearn } from "../sklearn/read.js";
import { objectIn } from "../tables.js";
import { isTfjs } from "../tfjs/read.js";

/** A format of models. */
export type ModelFormat = "simdgrad" | "keras" | "onnx" | "tfjs" | "torch" | "sklearn" | "brain";

/** The formats in words. */
const KNOWN = ".keras, .h5, .onnx, .safetensors, model.json of TensorFlow.js, or JSON of scikit-learn or brain.js";

/** The error for a file that no reader takes, with what it is or what to give instead. */
export function unknownFile(where: string, bytes: Uint8Array): FormatError {
  return new FormatError(
    `${where}: this file is not a model in a known format. ${otherFile(bytes) || `Give ${KNOWN}.`}`,
  );
}

/**
 * The format of a model's file, from its bytes; `null` if it is none that simdgrad reads.
 * @example await detectFormat(await readFile("model.bin")) // "onnx"
 * @throws OptionError for anything but bytes; FormatError for files that cannot be read, with what would help
 */
export async function detectFormat(file: Uint8Array | ArrayBuffer): Promise<ModelFormat | null> {
  checkArguments("detectFormat", arguments, 1);
  return formatOf("detectFormat", file);
}

/** `detectFormat` for the function `where`. */
export async function formatOf(where: string, file: Uint8Array | ArrayBuffer): Promise<ModelFormat | null> {
  const bytes = bytesOf(file);
  if (!bytes) throw new OptionError(`${where}: expected the bytes of a file, got ${show(file)}.`);
  // Eight bytes of a length come first; the highest of them is 0, which JSON never holds. The lowest can be those of a pickle.
  if (bytes[7] === 0 && bytes[8] === BRACE) return formatOfSafetensors(where, bytes);
  const { isKeras } = await import("../keras/read.js");
  if (isKeras(bytes)) return "keras";
  if (beginsWith(bytes, [0x50, 0x4b]) || isPickle(bytes)) throw unknownFile(where, bytes);
  if (bytes.find((byte) => !WHITE.has(byte)) === BRACE) return formatOfJson(where, bytes);
  return isOnnx(bytes) ? "onnx" : null;
}

const BRACE = 0x7b;
/** White space of JSON, and the byte order mark of UTF-8. */
const WHITE: ReadonlySet<number> = /* @__PURE__ */ new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

function formatOfJson(where: string, bytes: Uint8Array): ModelFormat | null {
  const json = objectIn(where, bytes);
  if (isTfjs(json)) return "tfjs";
  if (isSklearn(json)) return "sklearn";
  return isBrain(json) ? "brain" : null;
}

function formatOfSafetensors(where: string, bytes: Uint8Array): ModelFormat {
  return safetensorsMetadata(where, bytes).format === "simdgrad" ? "simdgrad" : "torch";
}
