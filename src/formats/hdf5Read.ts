/**
 * Reads HDF5 files by jsfive, which is loaded with the first one. It trusts what it reads; here counts are checked before
 * it allocates, and whatever it throws becomes a FormatError.
 */

import { beginsWith } from "../base/beginsWith.js";
import { counted } from "../base/counted.js";
import { FormatError } from "../base/errors.js";
import { type Shape, sizeOf } from "../base/shape.js";

/** An array of a file, its values rounded to float32. */
export interface Hdf5Tensor {
  readonly shape: Shape;
  readonly data: Float32Array;
  /** Kind and bytes of a value in the file, such as "<f4". */
  readonly type: string;
}

/** A file. Paths have slashes, and none at the beginning; "" is the root. */
export interface Hdf5File {
  /** Names in a group; empty if there is no such group. */
  names(path: string): readonly string[];
  /** Paths of all arrays within a group, however deep. @throws FormatError for more than any model has */
  paths(group: string): readonly string[];
  /** Attributes of a group: text, numbers, and lists of them. Empty if there is no such group. */
  attributes(path: string): Readonly<Record<string, unknown>>;
  /** The array at a path; `null` if there is none. @throws FormatError if it cannot be read */
  tensor(path: string): Hdf5Tensor | null;
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const MOST_DIMENSIONS = 32;
/** Deepest nesting of groups. */
const DEEPEST = 32;
/** Most groups and arrays: links of a group to itself would be without end. */
const MOST_PARTS = 100_000;
/** Compressed arrays may be this many times as large as the file. */
const MOST_EXPANSION = 16;

/** True if the bytes begin as an HDF5 file. */
export function isHdf5(bytes: Uint8Array): boolean {
  return bytes.length > 48 && beginsWith(bytes, SIGNATURE);
}

/** The parts of jsfive that are used. */
interface Node {
  readonly keys?: readonly string[];
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly shape?: readonly number[];
  readonly dtype?: unknown;
  readonly value?: ArrayLike<unknown>;
  get?(name: string): Node | null;
}

/**
 * Opens a file.
 * @param where Name of the function; messages begin with it.
 * @throws FormatError if the bytes are not such a file.
 */
export async function readHdf5(where: string, bytes: Uint8Array): Promise<Hdf5File> {
  if (!isHdf5(bytes)) throw new FormatError(`${where}: this is not an HDF5 file.`);
  const { File } = (await import("jsfive")) as object as { File: new (bytes: ArrayBuffer) => Node };
  const buffer = bytes.slice().buffer;
  const root = guarded(where, "it", () => new File(buffer));
  return new Reader(where, root, bytes.length);
}

/** Runs code of jsfive, which throws texts and errors of any kind. */
function guarded<T>(where: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const reason = String((cause as Error | null)?.message ?? cause).slice(0, 100);
    throw new FormatError(
      `${where}: the HDF5 file is damaged, or has parts that are unknown here: ${what}: ${reason}`,
      {
        cause,
      },
    );
  }
}

/** jsfive warns on the console of attributes whose type it does not know. They are `null`, and readers say what they miss. */
function quietly<T>(work: () => T): T {
  const { warn } = console;
  console.warn = () => {};
  try {
    return work();
  } finally {
    console.warn = warn;
  }
}

/** Text without the zeros that fill it up to a fixed length. */
const trimmed = (value: unknown) => (typeof value === "string" ? value.split("\0", 1)[0] : value);

class Reader implements Hdf5File {
  readonly #nodes = new Map<string, Node | null>();

  constructor(
    private readonly where: string,
    root: Node,
    private readonly bytes: number,
  ) {
    this.#nodes.set("", root);
  }

  names(path: string): readonly string[] {
    const node = this.#find(path);
    return node?.get ? guarded(this.where, path, () => [...(node.keys ?? [])]) : [];
  }

  paths(group: string): readonly string[] {
    const found: string[] = [];
    const open = [group];
    for (let i = 0; i < open.length; i++) {
      if (i > MOST_PARTS) throw new FormatError(`${this.where}: ${group}: it has more than ${MOST_PARTS} parts.`);
      const path = open[i];
      const node = this.#find(path);
      if (node?.get) open.push(...this.names(path).map((name) => `${path}/${name}`));
      else if (node) found.push(path);
    }
    return found;
  }

  attributes(path: string): Readonly<Record<string, unknown>> {
    const node = this.#find(path);
    const attributes: Record<string, unknown> = Object.create(null);
    if (!node) return attributes;
    const given = guarded(this.where, path, () => quietly(() => node.attrs));
    for (const [name, value] of Object.entries(given))
      attributes[name] = Array.isArray(value) ? value.map(trimmed) : trimmed(value);
    return attributes;
  }

  tensor(path: string): Hdf5Tensor | null {
    const node = this.#find(path);
    if (!node || node.get) return null;
    return guarded(this.where, path, () => this.#read(path, node));
  }

  #read(path: string, node: Node): Hdf5Tensor {
    const { shape, dtype } = node;
    const isShape = Array.isArray(shape) && shape.length <= MOST_DIMENSIONS;
    if (!isShape || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new FormatError(`${this.where}: ${path}: the shape is not that of an array of weights.`);
    }
    const type = String(dtype);
    if (!/^[<>|]?[fiu][1248]$/.test(type)) {
      throw new FormatError(`${this.where}: ${path}: expected an array of numbers, got values of type ${type}.`);
    }
    const count = sizeOf(shape);
    if (!(count * 4 <= this.bytes * MOST_EXPANSION)) {
      throw new FormatError(`${this.where}: ${path}: claims ${counted(count, "value")}, more than the file can hold.`);
    }
    const values = node.value ?? [];
    if (values.length !== count) {
      throw new FormatError(`${this.where}: ${path}: expected ${counted(count, "value")}, got ${values.length}.`);
    }
    return { shape: [...shape], data: Float32Array.from({ length: count }, (_, i) => Number(values[i])), type };
  }

  /** The node at a path. Each step is looked up once. */
  #find(path: string): Node | null {
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    if (path.split("/").length > DEEPEST) return null;
    const at = path.lastIndexOf("/");
    const [parent, name] = at < 0 ? [this.#find(""), path] : [this.#find(path.slice(0, at)), path.slice(at + 1)];
    const node = guarded(this.where, path, () =>
      parent?.get && parent.keys?.includes(name) ? parent.get(name) : null,
    );
    this.#nodes.set(path, node);
    return node;
  }
}
