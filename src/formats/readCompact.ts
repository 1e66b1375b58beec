/** Reads the tensors of a compact model file: kernels as float16, or as int8 with a scale for each column. */
import { FormatError } from "../base/errors.js";
import { fromHalf } from "../base/half.js";
import { sizeOf } from "../base/shape.js";
import type { Header } from "./readSafetensors.js";
import type { NamedTensor } from "./safetensors.js";
import { SCALE } from "./smaller.js";

const BYTES = { F32: 4, F16: 2, I8: 1 };

type CompactType = keyof typeof BYTES;

/** The tensors of a header by name, as float32. They follow each other without gaps. @throws FormatError */
export function readCompactTensors(header: Header["header"], data: Uint8Array): Map<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>();
  const integers: string[] = [];
  let offset = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    const width = Object.hasOwn(BYTES, String(dtype)) ? BYTES[dtype as CompactType] : Number.NaN;
    const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size > 0);
    const end = isShape ? offset + width * sizeOf(shape) : Number.NaN;
    if (!isShape || !Array.isArray(offsets) || offsets[0] !== offset || offsets[1] !== end || end > data.length) {
      throw new FormatError(`the entry of ${JSON.stringify(name)} does not describe values that follow the last.`);
    }
    tensors.set(name, { name, shape, data: decode(dtype as CompactType, data.subarray(offset, end)) });
    if (dtype === "I8") integers.push(name);
    offset = end;
  }
  if (offset !== data.length) throw new FormatError(`expected ${offset} bytes of weights, got ${data.length}.`);
  for (const name of integers) applyScale(name, tensors, (other) => !integers.includes(other));
  return tensors;
}

function decode(dtype: CompactType, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Float32Array(bytes.length / BYTES[dtype]);
  for (let i = 0; i < values.length; i++) {
    if (dtype === "F32") values[i] = view.getFloat32(4 * i, true);
    else values[i] = dtype === "F16" ? fromHalf(view.getUint16(2 * i, true)) : view.getInt8(i);
  }
  return values;
}

/** Multiplies an int8 kernel, [rows, columns], by the scales of its columns, which are then no tensor of their own. */
function applyScale(name: string, tensors: Map<string, NamedTensor>, isFloat: (name: string) => boolean): void {
  const scale = isFloat(name + SCALE) ? tensors.get(name + SCALE) : undefined;
  const { shape, data } = tensors.get(name) as NamedTensor;
  const columns = shape[shape.length - 1];
  if (shape.length !== 2 || scale?.data.length !== columns) {
    throw new FormatError(`${name}: expected a kernel of int8 and a scale for each of its columns.`);
  }
  for (let i = 0; i < data.length; i++) data[i] *= scale.data[i % columns];
  tensors.delete(name + SCALE);
}
