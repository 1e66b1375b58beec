/** Kinds of files by their first bytes and their names, and words for those that the page cannot take. */

export type FileKind =
  | "text"
  | "gzip"
  | "idx"
  | "zip"
  | "picture"
  | "sound"
  | "pdf"
  | "hdf5"
  | "safetensors"
  | "database"
  | "unknown";

const starts: readonly (readonly [kind: FileKind, bytes: readonly (number | null)[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zip", [0x50, 0x4b, 3, 4]],
  ["picture", [0x89, 0x50, 0x4e, 0x47]],
  ["picture", [0xff, 0xd8, 0xff]],
  ["picture", [0x47, 0x49, 0x46, 0x38]],
  ["picture", [0x42, 0x4d, null, null, null, null, 0, 0]],
  ["picture", [0x49, 0x49, 0x2a, 0]],
  ["picture", [0x4d, 0x4d, 0, 0x2a]],
  ["picture", [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
  ["sound", [0x52, 0x49, 0x46, 0x46]],
  ["sound", [0x49, 0x44, 0x33]],
  ["sound", [null, null, null, null, 0x66, 0x74, 0x79, 0x70]],
  ["pdf", [0x25, 0x50, 0x44, 0x46]],
  ["hdf5", [0x89, 0x48, 0x44, 0x46]],
  ["database", [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
  ["database", [0xd0, 0xcf, 0x11, 0xe0]],
  ["database", [0x50, 0x41, 0x52, 0x31]],
  ["idx", [0, 0, 8, 1]],
  ["idx", [0, 0, 8, 3]],
  ["safetensors", [null, null, null, null, 0, 0, 0, 0, 0x7b]],
];

export function kindOfBytes(bytes: Uint8Array): FileKind {
  const found = starts.find(([, start]) => start.every((byte, i) => byte === null || bytes[i] === byte));
  if (found) return found[0];
  if (bytes[0] === 0 && bytes[1] === 0) return "unknown";
  // Control characters do not occur in text; UTF-16 has zeros in every second place.
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const head = bytes.subarray(0, 2000);
  const zeros = [0, 1].map((side) => head.filter((byte, i) => i % 2 === side && byte === 0).length);
  if (isUtf16 || (head.length > 3 && Math.max(...zeros) * 2.5 > head.length && Math.min(...zeros) === 0)) return "text";
  return head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) ? "unknown" : "text";
}

const TAKEN =
  "This page takes tables (CSV, also compressed, or JSON), image sets (the two files of MNIST's format), and models.";

/** A sentence about a file that is of no use here, with what to do instead. */
export function refusalOf(name: string, kind: FileKind): string {
  if (/\.(xlsx?|xlsm|ods|numbers)$/i.test(name)) {
    return `${name} is a spreadsheet. Open it where it was made, save the sheet as CSV, and bring that file.`;
  }
  if (kind === "picture" || /\.(heic|avif|svg)$/i.test(name)) {
    return `${name} is a picture. To try a digit of your own, choose MNIST under Data and draw it. ${TAKEN}`;
  }
  if (kind === "sound") return `${name} is a sound or a film. ${TAKEN}`;
  if (kind === "pdf" || /\.(docx?|pptx?|odt)$/i.test(name)) return `${name} is a document. ${TAKEN}`;
  if (kind === "zip") return `${name} is a packed folder. Unpack it, and bring the file in it.`;
  if (kind === "database") return `${name} is a database. Save the table in it as CSV, and bring that file.`;
  return `${name} is of a kind that this page does not know. ${TAKEN}`;
}
