/**
 * How values travel between a model's caller and its worker: as copies, whose buffers are given away. Nothing of the
 * caller's is ever transferred. Knows no messages.
 */
import { Dataset } from "../../data/dataset.js";
import { exactOf } from "../../data/exact.js";
import { kindOf } from "../../kinds.js";

/** Keys of objects that stand for something else; no option is called so. */
const DATASET = "simdgrad:dataset";
const STREAM = "simdgrad:stream";

/** A stream as it travels: its number at the caller, and whether it gives batches rather than rows. */
export interface PlainStream {
  readonly id: number;
  readonly isBatched: boolean;
}

/** A value that is ready to be posted, and the buffers in it that were made for that. */
export interface Parcel {
  readonly value: unknown;
  readonly transfer: ArrayBuffer[];
}

/** Copies a value for the way. `toStream` may put a stream in the place of a value. Memory that is shared stays shared. */
export function parcel(value: unknown, toStream: (value: object) => PlainStream | null = () => null): Parcel {
  const transfer: ArrayBuffer[] = [];
  const owned = <T extends { readonly buffer: ArrayBufferLike }>(copy: T): T => {
    transfer.push(copy.buffer as ArrayBuffer);
    return copy;
  };
  const copy = (given: unknown): unknown => {
    if (typeof given !== "object" && typeof given !== "function") return given;
    if (given === null) return given;
    const stream = toStream(given);
    if (stream) return { [STREAM]: stream };
    if (typeof given === "function") return given; // posting it is an error that names it
    if (given instanceof Dataset) {
      const { x, y, sampleWeight, inputShape, targetShape, featureNames, classNames } = given;
      const rows = exactOf(x) ?? x;
      return { [DATASET]: copy({ x: rows, y, sampleWeight, inputShape, targetShape, featureNames, classNames }) };
    }
    if (ArrayBuffer.isView(given)) return isShared(given.buffer) ? given : owned(copyView(given));
    const tag = kindOf(given);
    if (tag === "ArrayBuffer") return owned(new Uint8Array((given as ArrayBuffer).slice(0))).buffer;
    if (Array.isArray(given)) return given.some(isObject) ? Array.from(given, copy) : given;
    // Modules, shared buffers, dates, maps and the like travel as they are.
    if (tag !== "Object") return given;
    return Object.fromEntries(propertiesOf(given).map((key) => [key, copy((given as Record<string, unknown>)[key])]));
  };
  return { value: copy(value), transfer };
}

/** The other end of `parcel`. */
export function unpack(value: unknown, fromStream: (stream: PlainStream) => unknown): unknown {
  if (typeof value !== "object" || value === null || kindOf(value) !== "Object") return value;
  if (DATASET in value) {
    const { x, y, sampleWeight, inputShape, targetShape, featureNames, classNames } = value[DATASET] as Dataset;
    const weights = sampleWeight === null ? {} : { sampleWeight };
    const names = { ...(featureNames && { featureNames }), ...(classNames && { classNames }) };
    return Dataset.from({ x, y, ...weights }, { inputShape, targetShape, ...names });
  }
  if (STREAM in value) return fromStream(value[STREAM] as PlainStream);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpack(inner, fromStream)]));
}

/** Buffers within a value that its sender has made and does not use again. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (!isShared(value.buffer) && value.byteLength === value.buffer.byteLength) found.add(value.buffer as ArrayBuffer);
  } else if (isObject(value)) {
    for (const inner of Object.values(value)) if (isObject(inner)) buffersOf(inner, found);
  }
  return [...found];
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isShared(buffer: ArrayBufferLike): boolean {
  return kindOf(buffer) === "SharedArrayBuffer";
}

/** The values in memory of their own; of Node's Buffer and other subclasses as the type that they extend. */
function copyView(view: ArrayBufferView): ArrayBufferView {
  const bytes = new Uint8Array(view.byteLength);
  bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const name = (view as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? "DataView";
  const View = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>)[name];
  return new View(bytes.buffer);
}

/** Names of an object's own properties and, for an instance of a class, of its getters. */
function propertiesOf(value: object): string[] {
  const names = new Set(Object.keys(value));
  for (let proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto)) {
    if (Object.getPrototypeOf(proto) === null) break; // Object.prototype
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(proto))) if (get) names.add(name);
  }
  return [...names];
}
