/** A file of a table as text or rows: decompressed, decoded, and told from files of other kinds. Knows bytes. */
import { type FileKind, kindOfBytes, refusalOf } from "./fileKinds.js";
import type { Encoding } from "./tableView.js";

/** Larger tables would bring a tab close to the limit of its memory. */
const MOST_BYTES = 150 * 2 ** 20;

/** A file's text, and how it was found. */
export interface TableText {
  readonly text: string;
  readonly encoding: Exclude<Encoding, "auto">;
  readonly isJson: boolean;
  readonly isGzipped: boolean;
  /** True if the bytes are no Unicode, so that the encoding is a guess. */
  readonly isGuess: boolean;
}

class TooLarge extends Error {}

function checkSize(name: string, bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  const [size, most] = [bytes, MOST_BYTES].map((count) => Math.round(count / 2 ** 20));
  throw new TooLarge(`${name} has ${size} MB; a tab can take ${most}. Take a sample of its rows.`);
}

/** @throws Error for text that is larger than a tab can take. */
async function decompressed(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value as Uint8Array<ArrayBuffer>);
      size += value.length;
      checkSize(name, size);
    }
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Error(`${name} is damaged: it cannot be decompressed.`);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** The encoding that the first bytes show: a byte order mark, or the zeros that Latin text has in UTF-16. */
function unicodeOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if ((first === 0xff && second === 0xfe) || (first > 0 && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second > 0)) return "utf-16be";
  return "utf-8";
}

function decoded(bytes: Uint8Array, wanted: Encoding): Pick<TableText, "text" | "encoding" | "isGuess"> {
  if (wanted !== "auto") return { text: new TextDecoder(wanted).decode(bytes), encoding: wanted, isGuess: false };
  const encoding = unicodeOf(bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding, isGuess: false };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), encoding: "windows-1252", isGuess: true };
  }
}

/** @throws Error, in words for the page, for a file of another kind. */
export async function readTableText(file: File, wanted: Encoding): Promise<TableText> {
  checkSize(file.name, file.size);
  let bytes = new Uint8Array(await file.arrayBuffer());
  let kind: FileKind = kindOfBytes(bytes);
  const isGzipped = kind === "gzip";
  if (isGzipped) {
    bytes = await decompressed(file.name, bytes);
    kind = kindOfBytes(bytes);
  }
  const { text, encoding, isGuess } = decoded(bytes, wanted);
  if (kind !== "text" || text.slice(0, 10_000).includes("\0")) throw new Error(refusalOf(file.name, kind));
  if (text.trim() === "") throw new Error(`${file.name} is empty.`);
  return { text, encoding, isJson: /^\s*[[{]/.test(text), isGzipped, isGuess };
}

/** Columns of a JSON file: a list of objects, or lists by name. @throws Error, in words for the page, for others. */
export function columnsOfJson(name: string, text: string): { rows: number; columns: Map<string, unknown[]> } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${name} is not complete JSON. Save it anew, or take a CSV file.`);
  }
  const columns = new Map<string, unknown[]>();
  if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) {
    for (const row of value) for (const key of Object.keys(row)) if (!columns.has(key)) columns.set(key, []);
    for (const [key, cells] of columns) for (const row of value) cells.push(cellOf(name, key, row));
    return { rows: value.length, columns };
  }
  throw new Error(`${name} is no table: a table in JSON is a list of rows, such as [{"age": 31, "town": "Hill"}, …].`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function cellOf(file: string, key: string, row: Record<string, unknown>): unknown {
  const cell = Object.hasOwn(row, key) ? row[key] : null;
  if (cell === null || typeof cell !== "object") return cell ?? null;
  throw new Error(`${file}: "${key}" holds lists or objects. Write one number or text for each column of a row.`);
}
