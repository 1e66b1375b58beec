/**
 * Values on their way between a model's caller and its worker: `pack` copies a value once, into buffers that can be
 * transferred; `unpack` restores it on the other side. Knows neither workers nor models.
 */

import { BackendError, OptionError } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { sizeOf } from "../base/shape.js";
import { Dataset } from "../data/dataset.js";
import { exactOf } from "../data/exact.js";
import { heldRows } from "../data/rows.js";
import { canShare, isShared } from "../runtime/mailbox.js";

/** A value that is ready to be posted. */
export interface Parcel {
  readonly value: unknown;
  /** Buffers to transfer with the value; nobody else holds them. */
  readonly buffers: ArrayBuffer[];
}

/** Stands for a stream, which stays with the caller and is read remotely. */
export class StreamReference {
  constructor(
    /** Number of the stream among those of a call. */
    readonly stream: number,
    /** True if its elements are batches, rather than rows. */
    readonly isBatched: boolean,
    /** Elements to fetch at a time. */
    readonly count: number,
  ) {}
}

/** Makes a readable stream from its reference. */
export type OpenStream = (reference: StreamReference) => unknown;

/**
 * A value that is not plain data is sent as a Map with one entry: the kind of value and its content. No other Map is
 * sent, so no value of a user can be mistaken for one.
 */
type Kind = "dataset" | "numbers" | "stream" | "instance" | "function" | "symbol";

/** Properties that instances of classes may have as getters. */
const INHERITED = ["x", "y", "sampleWeight", "name", "shape", "data"];

/** Deeper than any value that a model accepts. */
const DEEPEST = 1000;

/** Lists of numbers shorter than this are sent unchanged. */
const SHORT = 8;

/** Bytes of the first buffer that small arrays share, and the largest size of a later one. */
const FIRST_BUFFER = 1024;
const LAST_BUFFER = 1 << 20;

/**
 * Copies a value. Memory that is shared among threads stays shared. With `transfer`, arrays that are the whole of their
 * buffer are transferred instead of copied.
 * @throws OptionError for a value nested too deep to be copied.
 */
export function pack(value: unknown, { transfer = false } = {}): Parcel {
  const packer = new Packer(transfer);
  return { value: packer.copy(value), buffers: [...packer.buffers] };
}

class Packer {
  readonly buffers = new Set<ArrayBuffer>();
  readonly #transfer: boolean;
  /** Copies made so far, so that each object is copied once, and cycles end. */
  readonly #copies = new Map<object, unknown>();
  /** Buffer for small arrays, one after the other. */
  #shelf = new ArrayBuffer(0);
  #used = 0;
  #depth = 0;

  constructor(transfer: boolean) {
    this.#transfer = transfer;
  }

  copy(value: unknown): unknown {
    if (typeof value === "function" || typeof value === "symbol") return mark(typeof value as Kind, null);
    if (typeof value !== "object" || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value)) return this.#list(value);
    if (ArrayBuffer.isView(value)) return this.#keep(value, this.#view(value));
    if (value instanceof Dataset) return this.#fill(value, "dataset", contentOf(value));
    if (value instanceof StreamReference) return this.#fill(value, "stream", { ...value });
    switch (kindOf(value)) {
      case "WebAssembly.Module":
        return value;
      case "ArrayBuffer":
      case "SharedArrayBuffer":
        return this.#keep(value, this.#buffer(value as ArrayBuffer));
      default:
        return this.#record(value);
    }
  }

  #inner(value: unknown): unknown {
    if (++this.#depth > DEEPEST) throw new OptionError(`Data and options are nested more than ${DEEPEST} deep.`);
    const copied = this.copy(value);
    this.#depth--;
    return copied;
  }

  #keep<T>(value: object, copied: T): T {
    this.#copies.set(value, copied);
    return copied;
  }

  #fill(value: object, kind: Kind, content: object): unknown {
    return this.#keep(value, mark(kind, this.copy(content)));
  }

  /** An object that is not plain, such as a Map, is known only by its tag and its getters on the other side. */
  #record(value: object): unknown {
    const tag = kindOf(value);
    const getters = INHERITED.filter((key) => key in value && !Object.hasOwn(value, key));
    const own = {};
    const inherited = {};
    const isPlain = tag === "Object" && getters.length === 0;
    const travelling = this.#keep(value, isPlain ? own : mark("instance", [tag, own, inherited]));
    const copyTo = (to: object, key: string) => {
      define(to, key, this.#inner((value as Record<string, unknown>)[key]));
    };
    for (const key of Object.keys(value)) copyTo(own, key);
    for (const key of getters) copyTo(inherited, key);
    return travelling;
  }

  #list(list: readonly unknown[]): unknown {
    if (list.length >= SHORT && isAllNumbers(list)) {
      const [buffer, offset] = this.#room(list.length * 8);
      const numbers = new Float64Array(buffer, offset, list.length);
      numbers.set(list);
      return this.#keep(list, mark("numbers", numbers));
    }
    const copied: unknown[] = this.#keep(list, new Array(list.length));
    for (let i = 0; i < list.length; i++) if (i in list) copied[i] = this.#inner(list[i]);
    return copied;
  }

  #view(view: ArrayBufferView): ArrayBufferView {
    const { buffer, byteOffset, byteLength } = view;
    if (isShared(buffer) && canShare()) return view;
    if (this.#mayGive(buffer) && byteLength === buffer.byteLength) {
      this.buffers.add(buffer as ArrayBuffer);
      return view;
    }
    const [to, offset] = this.#room(byteLength);
    // No view can be made of a buffer that was transferred; it has no bytes.
    if (byteLength > 0) new Uint8Array(to, offset).set(new Uint8Array(buffer, byteOffset, byteLength));
    const View = globalThis[nameOfView(view)];
    return new View(to, offset, byteLength / ((view as Partial<Uint8Array>).BYTES_PER_ELEMENT ?? 1));
  }

  #buffer(buffer: ArrayBufferLike): ArrayBufferLike {
    if (isShared(buffer) && canShare()) return buffer;
    if (buffer.byteLength === 0) return new ArrayBuffer(0);
    const own = this.#mayGive(buffer) ? (buffer as ArrayBuffer) : new Uint8Array(buffer).slice().buffer;
    this.buffers.add(own);
    return own;
  }

  #mayGive(buffer: ArrayBufferLike): boolean {
    return this.#transfer && buffer.byteLength > 0 && !isShared(buffer);
  }

  /** Room for some bytes: a buffer, and an offset in it that suits any typed array. */
  #room(bytes: number): [buffer: ArrayBuffer, offset: number] {
    if (bytes > LAST_BUFFER / 4) {
      const buffer = new ArrayBuffer(bytes);
      this.buffers.add(buffer);
      return [buffer, 0];
    }
    if (this.#used + bytes > this.#shelf.byteLength) {
      const size = Math.max(FIRST_BUFFER, Math.min(2 * this.#shelf.byteLength, LAST_BUFFER));
      this.#shelf = new ArrayBuffer(Math.max(size, bytes));
      this.#used = 0;
      this.buffers.add(this.#shelf);
    }
    const offset = this.#used;
    this.#used += Math.ceil(bytes / 8) * 8;
    return [this.#shelf, offset];
  }
}

/** True if every element is a number. A hole is not. */
function isAllNumbers(list: readonly unknown[]): list is readonly number[] {
  for (let i = 0; i < list.length; i++) if (typeof list[i] !== "number") return false;
  return true;
}

/** The class of a view, whatever its realm and its own name. */
function nameOfView(view: ArrayBufferView): "Uint8Array" {
  const typed = Object.getPrototypeOf(Uint8Array.prototype);
  const name = Object.getOwnPropertyDescriptor(typed, Symbol.toStringTag)?.get?.call(view);
  return name ?? "DataView";
}

function mark(kind: Kind, content: unknown): Map<Kind, unknown> {
  return new Map([[kind, content]]);
}

/** Sets a property under any key, even `__proto__`. */
export function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Restores a value from `pack`. It may be changed, as nobody else holds it. */
export function unpack(packed: unknown, openStream: OpenStream = () => ({})): unknown {
  const made = new Map<object, unknown>();
  const visit = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    if (made.has(value)) return made.get(value);
    if (kindOf(value) === "Map") {
      const [[kind, content]] = value as Map<Kind, unknown>;
      const unpacked = fromKind(kind, visit(content), openStream);
      made.set(value, unpacked);
      return unpacked;
    }
    made.set(value, value);
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) if (typeof value[i] === "object") value[i] = visit(value[i]);
      return value;
    }
    for (const [key, inner] of Object.entries(value)) {
      const unpacked = visit(inner);
      if (unpacked !== inner) define(value, key, unpacked);
    }
    return value;
  };
  return visit(packed);
}

function fromKind(kind: Kind, content: unknown, openStream: OpenStream): unknown {
  switch (kind) {
    case "numbers":
      return toList(content as Float64Array);
    case "dataset":
      return toDataset(content as ReturnType<typeof contentOf>);
    case "stream":
      return openStream(content as StreamReference);
    case "instance": {
      const [tag, own, inherited] = content as [string, object, object];
      if (tag !== "Object") Object.defineProperty(inherited, Symbol.toStringTag, { value: tag });
      return Object.setPrototypeOf(own, inherited);
    }
    case "symbol":
      return Symbol();
    case "function":
      // Only for error messages that show the value: functions that are needed are checked before they are sent.
      return () => {
        throw new BackendError("A function of the caller cannot be called in the worker of a model.");
      };
    default:
      throw kind satisfies never;
  }
}

/** Uses a loop: Array.from takes ten times as long. */
function toList(numbers: Float64Array): number[] {
  const list: number[] = [];
  for (let i = 0; i < numbers.length; i++) list.push(numbers[i]);
  return list;
}

/** Arguments that make the same Dataset on the other side, as its x is held here. */
function contentOf(dataset: Dataset) {
  const { y, sampleWeight, inputShape, targetShape, featureNames, classNames } = dataset;
  const { x: held, scale } = heldRows(dataset);
  // If float32 merges values of x, the original float64 numbers are needed.
  const x = exactOf(held) ?? held;
  return { x, y, sampleWeight, inputShape, targetShape, featureNames, classNames, scale };
}

function toDataset(content: ReturnType<typeof contentOf>): Dataset {
  const { x, y, sampleWeight, inputShape, targetShape, featureNames, classNames, scale } = content;
  const names = { ...(featureNames && { featureNames }), ...(classNames && { classNames }) };
  const options = { inputShape, targetShape, ...names, ...(scale && { scale }) };
  if (y.length > 0) return Dataset.from({ x, y, ...(sampleWeight && { sampleWeight }) }, options);
  const zeros = (shape: readonly number[]) => new Float32Array(sizeOf(shape));
  return Dataset.from({ x: zeros(inputShape), y: zeros(targetShape) }, { inputShape, targetShape, ...names }).slice(
    0,
    0,
  );
}
