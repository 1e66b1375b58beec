/**
 * Reads safetensors files of any writer: every number type as float32, tensors in any order. Trusts nothing in them.
 * Knows tensors and text, not models.
 */
import { counted } from "../base/counted.js";
import { FormatError, show } from "../base/errors.js";
import { fromBfloat, fromHalf } from "../base/half.js";
import { sizeOf } from "../base/shape.js";
import { otherFile } from "./otherFile.js";
import { keyTwice, repeatedKey } from "./repeatedKey.js";
import { type HeaderEntry, type NamedTensor, PREFIX_BYTES } from "./safetensors.js";

/** A safetensors file. */
export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** Names of tensors whose type is not a kind of float; left out. */
  readonly skipped: readonly string[];
}

/** A header larger than this is refused; it is never larger than the file. */
const HEADER_LIMIT = 1e8;

/** Bytes of a value, and its reading, by type. */
const TYPES: Readonly<
  Record<string, { readonly bytes: number; readonly read?: (view: DataView, at: number) => number }>
> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => fromHalf(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => fromBfloat(view.getUint16(at, true)) },
  I64: { bytes: 8 },
  U64: { bytes: 8 },
  I32: { bytes: 4 },
  U32: { bytes: 4 },
  I16: { bytes: 2 },
  U16: { bytes: 2 },
  I8: { bytes: 1 },
  U8: { bytes: 1 },
  BOOL: { bytes: 1 },
};

/** @throws FormatError beginning with `where`, for bytes that are not such a file */
export function readSafetensors(where: string, file: Uint8Array): SafetensorsFile {
  const { header, data } = openFile(where, file);
  const { __metadata__: _, ...entries } = header;
  const tensors = new Map<string, NamedTensor>();
  const skipped: string[] = [];
  const places: (readonly [number, number])[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const { type, shape, place } = readEntry(`${where}: ${show(name)}`, entry, data.byteLength);
    places.push(place);
    const { read, bytes } = TYPES[type];
    if (!read) {
      skipped.push(name);
      continue;
    }
    const values = new Float32Array(sizeOf(shape));
    for (let i = 0; i < values.length; i++) values[i] = read(data, place[0] + i * bytes);
    tensors.set(name, { name, shape, data: values });
  }
  checkPlaces(where, places);
  return { metadata: textsOf(header), tensors, skipped };
}

/** The texts beside the tensors, without reading these. @throws FormatError for bytes that are not such a file */
export function safetensorsMetadata(where: string, file: Uint8Array): SafetensorsFile["metadata"] {
  return textsOf(openFile(where, file).header);
}

function textsOf({ __metadata__: metadata }: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([, text]) => typeof text === "string"));
}

function openFile(where: string, file: Uint8Array): { header: Readonly<Record<string, unknown>>; data: DataView } {
  const refusal = (what: string, options?: ErrorOptions) =>
    new FormatError(`${where}: ${what} ${otherFile(file, "torch") || "Save or download it again."}`, options);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length < PREFIX_BYTES ? Number.POSITIVE_INFINITY : Number(view.getBigUint64(0, true));
  if (length > HEADER_LIMIT || PREFIX_BYTES + length > file.length) {
    throw refusal(`this is not a safetensors file, or it is truncated: ${counted(file.length, "byte")}.`);
  }
  let header: unknown;
  let key: string | null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(PREFIX_BYTES, PREFIX_BYTES + length));
    header = JSON.parse(text);
    key = repeatedKey(text);
  } catch (cause) {
    throw refusal("the header of this file is not JSON, so it is not a safetensors file.", { cause });
  }
  if (key !== null) throw keyTwice(where, key);
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw refusal("the header of this file is not an object, so it is not a safetensors file.");
  }
  const begin = PREFIX_BYTES + length;
  return {
    header: header as Record<string, unknown>,
    data: new DataView(file.buffer, file.byteOffset + begin, file.byteLength - begin),
  };
}

/** A type, a shape, and a place whose length is theirs. */
function readEntry(where: string, entry: unknown, size: number) {
  const { dtype, shape, data_offsets: place } = (entry ?? {}) as Partial<Record<keyof HeaderEntry, unknown>>;
  if (typeof dtype !== "string" || !Object.hasOwn(TYPES, dtype)) {
    throw new FormatError(`${where}: expected a type such as F32 or BF16, got ${show(dtype)}.`);
  }
  const isShape = Array.isArray(shape) && shape.length <= 32 && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  const isPlace = Array.isArray(place) && place.length === 2 && place.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!isShape || !isPlace || place[1] > size || place[1] - place[0] !== sizeOf(shape) * TYPES[dtype].bytes) {
    throw new FormatError(`${where}: its shape ${show(shape)} and its place ${show(place)} do not fit the file.`);
  }
  return { type: dtype, shape: shape as number[], place: place as unknown as readonly [number, number] };
}

/** @throws FormatError if two tensors share bytes, which would let a small file become a large one */
function checkPlaces(where: string, places: readonly (readonly [number, number])[]): void {
  const sorted = [...places].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.some(([begin], i) => i > 0 && begin < sorted[i - 1][1])) {
    throw new FormatError(`${where}: two tensors share bytes.`);
  }
}
