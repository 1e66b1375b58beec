/**
 * Writes HDF5 files of groups and small arrays: superblock 2, object headers of version 2, links in the headers of their
 * groups, contiguous values, text attributes of fixed length. The format is "HDF5 File Format Specification Version 3.0",
 * of which HDF5 1.8 and newer read all that is used here.
 */
import { newArray } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import type { Shape } from "../base/shape.js";

/** An array in a file. A scalar has the shape []. */
export interface Hdf5Array {
  readonly shape: Shape;
  readonly data: Float32Array | Int32Array;
}

/** A group: its text attributes, and what is in it, by name. */
export interface Hdf5Group {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children: ReadonlyMap<string, Hdf5Group | Hdf5Array>;
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const SUPERBLOCK_BYTES = 48;
const UNDEFINED = Array(8).fill(0xff);

enum Message {
  Dataspace = 0x01,
  LinkInfo = 0x02,
  Datatype = 0x03,
  FillValue = 0x05,
  Link = 0x06,
  Layout = 0x08,
  GroupInfo = 0x0a,
  Attribute = 0x0c,
}

/** Little-endian bytes of a number below 2^53. */
function little(value: number, bytes: number): number[] {
  let rest = value;
  return Array.from({ length: bytes }, () => {
    const byte = rest % 256;
    rest = Math.floor(rest / 256);
    return byte;
  });
}

const encode = (text: string) => Array.from(new TextEncoder().encode(text));

// Class, byte order and normalization; size; places of exponent and mantissa; bias.
const FLOAT32 = [0x11, 0x20, 0x1f, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];
// Class, byte order and sign; size; place of its bits.
const INT32 = [0x10, 0x08, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0];

/** UTF-8 of a fixed length, filled up with zeros. */
const textType = (length: number) => [0x13, 0x11, 0, 0, ...little(length, 4)];

/** Version 2, without maximal sizes. */
function dataspace(shape: Shape): number[] {
  return [2, shape.length, 0, shape.length === 0 ? 0 : 1, ...shape.flatMap((size) => little(size, 8))];
}

function message(type: Message, body: readonly number[]): number[] {
  return [type, ...little(body.length, 2), 0, ...body];
}

/** Version 3: sizes of name, type and space, and then these. */
function attribute(name: string, text: string): number[] {
  const [label, value, space] = [[...encode(name), 0], encode(text), dataspace([])];
  const kept = value.length > 0 ? value : [0];
  const type = textType(kept.length);
  const sizes = [label, type, space].flatMap(({ length }) => little(length, 2));
  return message(Message.Attribute, [3, 0, ...sizes, 1, ...label, ...type, ...space, ...kept]);
}

/** Version 1: flags for a name in UTF-8, whose length takes two bytes; the address of an object. */
function link(name: string, address: number): number[] {
  const label = encode(name);
  return message(Message.Link, [1, 0x11, 1, ...little(label.length, 2), ...label, ...little(address, 8)]);
}

/** Version 2: flags for four bytes of length; messages; a checksum. */
function objectHeader(messages: readonly number[]): number[] {
  const bytes = [...encode("OHDR"), 2, 2, ...little(messages.length, 4)].concat(messages);
  return bytes.concat(little(lookup3(bytes), 4));
}

/** The parts of a file, in order. */
class Parts {
  end = SUPERBLOCK_BYTES;
  readonly all: { readonly at: number; readonly bytes: ArrayLike<number> }[] = [];

  /** Puts bytes at the end, at a multiple of 8. Returns their address. */
  add(bytes: ArrayLike<number>): number {
    const at = 8 * Math.ceil(this.end / 8);
    this.all.push({ at, bytes });
    this.end = at + bytes.length;
    return at;
  }

  addArray({ shape, data }: Hdf5Array): number {
    const at = this.add(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return this.add(
      objectHeader([
        ...message(Message.Dataspace, dataspace(shape)),
        ...message(Message.Datatype, kindOf(data) === "Float32Array" ? FLOAT32 : INT32),
        // Space is there from the beginning, and nothing fills it.
        ...message(Message.FillValue, [3, 0x0a]),
        ...message(Message.Layout, [3, 1, ...little(at, 8), ...little(data.byteLength, 8)]),
      ]),
    );
  }

  addGroup({ attributes = {}, children }: Hdf5Group): number {
    const links = [...children].map(([name, child]) =>
      link(name, "children" in child ? this.addGroup(child) : this.addArray(child)),
    );
    return this.add(
      objectHeader(
        [
          message(Message.LinkInfo, [0, 0, ...UNDEFINED, ...UNDEFINED]),
          message(Message.GroupInfo, [0, 0]),
          ...links,
          ...Object.entries(attributes).map(([name, text]) => attribute(name, text)),
        ].flat(),
      ),
    );
  }
}

/** The bytes of a file with this root. @throws BackendError if there is not enough memory */
export function writeHdf5(root: Hdf5Group): Uint8Array {
  const parts = new Parts();
  const address = parts.addGroup(root);
  const superblock = [...SIGNATURE, 2, 8, 8, 0, ...little(0, 8), ...UNDEFINED];
  superblock.push(...little(parts.end, 8), ...little(address, 8));
  superblock.push(...little(lookup3(superblock), 4));
  const file = newArray(Uint8Array, parts.end, "writeHdf5");
  file.set(superblock);
  for (const { at, bytes } of parts.all) file.set(bytes, at);
  return file;
}

const rotate = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits));

/** The checksum of HDF5: `hashlittle` of lookup3 (Jenkins 2006), which is in the public domain, from 0. */
export function lookup3(bytes: ArrayLike<number>): number {
  const { length } = bytes;
  let [a, b, c] = Array(3).fill((0xdeadbeef + length) | 0) as [number, number, number];
  const word = (at: number) => {
    let value = 0;
    for (let i = 0; i < 4 && at + i < length; i++) value |= bytes[at + i] << (8 * i);
    return value;
  };
  let at = 0;
  for (; length - at > 12; at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    a = ((a - c) | 0) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (length === at) return c >>> 0;
  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}
