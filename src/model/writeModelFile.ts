/**
 * The model file: a safetensors container. Its metadata hold a description with everything needed to continue
 * training, and a checksum over the whole file.
 */
import { crc32 } from "../base/crc32.js";
import { FormatError } from "../base/errors.js";
import {
  encodeHeader,
  encodeText,
  HEADER_LIMIT,
  joinFile,
  type StoredTensor,
  valueBytes,
} from "../formats/safetensors.js";

export const FORMAT = "simdgrad";
export const VERSION = "1";
/** Version of compact files. */
export const COMPACT_VERSION = "2";
export const BLANK_CHECKSUM = "00000000";
/** The text before the checksum in a header. */
const CHECKSUM_BEGIN = `{"__metadata__":{"format":"${FORMAT}","version":"${VERSION}","checksum":"`.length;

/** A checksum as written in a file. */
export function checksumText(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

/** Writes tensors and a JSON-able description into a file's bytes. @throws FormatError for more than `load` reads. */
export function writeModelFile(
  description: object,
  tensors: readonly StoredTensor[],
  version = VERSION,
): Uint8Array<ArrayBuffer> {
  const header = encodeDescription(description, tensors, version);
  if (header === null) {
    throw new FormatError(
      "save: the description of this model takes more than 100 MB. Use fewer layers or less metadata.",
    );
  }
  header.set(encodeText(checksumText(crc32(header, ...tensors.map(valueBytes)))), CHECKSUM_BEGIN);
  return joinFile(header, tensors);
}

function encodeDescription(description: object, tensors: readonly StoredTensor[], version: string): Uint8Array | null {
  try {
    const model = JSON.stringify(description);
    if (model.length > HEADER_LIMIT) return null;
    return encodeHeader({ format: FORMAT, version, checksum: BLANK_CHECKSUM, model }, tensors);
  } catch {
    return null; // longer than any text may be
  }
}
