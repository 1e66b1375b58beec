/** Reads the files of `writeModelFile`, and trusts nothing in them. Loaded with the first file. */

import { crc32 } from "../base/crc32.js";
import { FormatError, located, show } from "../base/errors.js";
import { readCompactTensors } from "../formats/readCompact.js";
import { parseObject, REMEDY, readHeader, readTensors } from "../formats/readSafetensors.js";
import { encodeText, type NamedTensor } from "../formats/safetensors.js";
import { modelBytes } from "./modelBytes.js";
import { BLANK_CHECKSUM, COMPACT_VERSION, checksumText, FORMAT, VERSION } from "./writeModelFile.js";

/** A file that was read: its description, and its tensors by name. */
export interface ModelFile {
  readonly description: Record<string, unknown>;
  /** Their data may be views of the file. */
  readonly tensors: Map<string, NamedTensor>;
}

/** For the function `where`. @throws FormatError for bytes that are not a whole, unaltered simdgrad file. */
export const readModelFile = (where: string, bytes: unknown): ModelFile => located(where, () => read(bytes));

function read(bytes: unknown): ModelFile {
  const file = modelBytes(bytes);
  const { header, text, dataBegin } = readHeader(file);
  const metadata = header.__metadata__ as Record<string, unknown> | undefined;
  if (metadata?.format !== FORMAT) {
    throw new FormatError(`this is a safetensors file, but not a model saved by simdgrad. ${REMEDY}`);
  }
  const isCompact = metadata.version === COMPACT_VERSION;
  if (metadata.version !== VERSION && !isCompact) {
    const expected = `"${VERSION}" or "${COMPACT_VERSION}"`;
    throw new FormatError(`file version ${show(metadata.version)}, expected ${expected}. Update simdgrad.`);
  }
  if (!isAsWritten(header, text.trimEnd()))
    throw new FormatError("the header was not written by simdgrad: it is altered. Save or download it again.");
  const data = file.subarray(dataBegin);
  const blank = text.replace(/"checksum":"[0-9a-f]{8}"/, `"checksum":"${BLANK_CHECKSUM}"`);
  const checksum = checksumText(crc32(encodeText(blank), data));
  if (metadata.checksum !== checksum) {
    throw new FormatError(
      `checksum ${show(metadata.checksum)} in the file, ${checksum} of its bytes: it is truncated or altered. Save or download it again.`,
    );
  }
  const tensors = isCompact ? readCompactTensors(header, data) : readTensors(header, data);
  const description = parseObject(metadata.model, "description");
  if (isAsWritten(description, metadata.model)) return { description, tensors };
  throw new FormatError("the description was not written by simdgrad: it is altered. Save or download it again.");
}

/** True if `writeModelFile` would write this text for the object: no repeated keys, and not nested too deep. */
function isAsWritten(object: object, text: unknown): boolean {
  try {
    return JSON.stringify(object) === text;
  } catch {
    return false;
  }
}
