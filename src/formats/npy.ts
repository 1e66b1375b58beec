/** NumPy's `.npz`: arrays of float32, each a file of an archive. Knows no model. */
import { encodeText } from "./safetensors.js";
import { writeZip } from "./zip.js";

/** An array in row-major order. */
interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Headers end at a multiple of this many bytes. */
const ALIGNMENT = 64;
/** The signature, the version, and the length of the header that follows. */
const PREFIX = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/** The bytes of a `.npy` file. */
function writeNpy({ shape, data }: NpyArray): Uint8Array {
  const sizes = shape.map((size) => `${size},`).join(" ");
  const plain = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const begin = PREFIX.length + 2;
  const length = Math.ceil((begin + plain.length + 1) / ALIGNMENT) * ALIGNMENT - begin;
  const file = new Uint8Array(begin + length + data.byteLength);
  file.set(PREFIX);
  file.set([length & 255, length >> 8], PREFIX.length);
  file.set(encodeText(`${plain.padEnd(length - 1)}\n`), begin);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), begin + length);
  return file;
}

/** The bytes of a `.npz` file with arrays by name. */
export function writeNpz(arrays: Readonly<Record<string, NpyArray>>): Promise<Uint8Array> {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)] as const);
  return writeZip(new Map(files));
}
