/** Zip archives, by fflate, which is loaded with the first one. Knows files and names, not models. */

import { beginsWith } from "../base/beginsWith.js";
import { counted } from "../base/counted.js";
import { crc32 } from "../base/crc32.js";
import { FormatError } from "../base/errors.js";

/** Files of an archive by name. */
export type Archive = ReadonlyMap<string, Uint8Array>;

/** Compressed files may be this many times as large as the archive, or take as many bytes as `LEAST`. */
const MOST_EXPANSION = 16;
const LEAST = 2 ** 20;
const MOST_FILES = 10_000;

/** True if the bytes begin as a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length > 21 && beginsWith(bytes, [0x50, 0x4b, 3, 4]);
}

/** True if the list of files at the end of an archive has that name. Looks at a few bytes. */
export function zipHas(bytes: Uint8Array, name: string): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(-65_536)).includes(name);
}

/**
 * The files of an archive that `wants` by their names. Sizes are checked before anything is unpacked.
 * @param where Name of the function; messages begin with it.
 * @throws FormatError for bytes that are not an archive, and for sizes that the bytes cannot hold.
 */
export async function readZip(where: string, bytes: Uint8Array, wants: (name: string) => boolean): Promise<Archive> {
  if (!isZip(bytes)) throw new FormatError(`${where}: this is not a zip archive.`);
  const { unzipSync } = await import("fflate");
  const room = Math.max(bytes.length * MOST_EXPANSION, LEAST);
  let [unpacked, files] = [0, 0];
  try {
    const found = unzipSync(bytes, {
      filter({ name, size, originalSize, compression }) {
        if (++files > MOST_FILES) throw new FormatError(`${where}: the archive has more than ${MOST_FILES} files.`);
        if (!wants(name)) return false;
        unpacked += originalSize;
        const fits = size <= bytes.length && unpacked <= room && (compression !== 0 || size === originalSize);
        if (fits) return true;
        throw new FormatError(
          `${where}: ${name} claims ${counted(originalSize, "byte")}, more than the archive can hold.`,
        );
      },
    });
    const checksums = checksumsIn(bytes);
    for (const [name, content] of Object.entries(found)) {
      const checksum = checksums.get(name);
      if (checksum === undefined || checksum === crc32(content)) continue;
      throw new FormatError(`${where}: ${name} is not what was put into the archive. Save or download it again.`);
    }
    return new Map(Object.entries(found));
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`${where}: the zip archive is damaged: ${(cause as Error).message}.`, { cause });
  }
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** Bytes of the last record without its comment, and of an entry of the directory without its texts. */
const [END_BYTES, ENTRY_BYTES] = [22, 46];

/** CRC-32 of each file by its name, from the directory at the end of the archive; fflate does not look at them. */
function checksumsIn(bytes: Uint8Array): ReadonlyMap<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END_BYTES;
  while (end > 0 && view.getUint32(end, true) !== END) end--;
  const checksums = new Map<string, number>();
  if (end <= 0) return checksums;
  let at = view.getUint32(end + 16, true);
  while (at + ENTRY_BYTES <= end && view.getUint32(at, true) === ENTRY) {
    const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const name = new TextDecoder().decode(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + lengths[0]));
    checksums.set(name, view.getUint32(at + 16, true));
    at += ENTRY_BYTES + lengths[0] + lengths[1] + lengths[2];
  }
  return checksums;
}

/** An archive of files that are stored as they are. The same files give the same bytes. */
export async function writeZip(files: Archive): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  // A local time, as that is how archives keep it: the same everywhere.
  return zipSync(Object.fromEntries(files), { level: 0, mtime: "1980-01-01T00:00:00" });
}
