/** Constants of a file: from the messages of tensors to numbers, wherever and however the file keeps them. */
import { counted } from "../../base/counted.js";
import { FormatError } from "../../base/errors.js";
import { fromBfloat, fromHalf } from "../../base/half.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import { ElementType, type SparseMessage, type TensorMessage } from "./messages.js";

/** Numbers of any rank. Whole numbers and booleans are float64, which keeps what shapes need. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
  readonly kind: "float" | "int" | "bool";
}

export function scalar(value: number, kind: Tensor["kind"] = "float"): Tensor {
  return { shape: [], data: Float64Array.of(value), kind };
}

export function listOf(values: readonly number[]): Tensor {
  return { shape: [values.length], data: Float64Array.from(values), kind: "int" };
}

/** One element type: its size in bytes, and its value in raw bytes, or in the field for numbers of 32 bits. */
interface Element {
  readonly bytes: number;
  readonly kind: Tensor["kind"];
  readonly read: (view: DataView, at: number) => number;
  /** The field that holds values one by one. */
  readonly field: "floatData" | "doubleData" | "int32Data" | "int64Data" | "uint64Data";
  readonly fromField?: (value: number) => number;
}

const big = (value: bigint) => Number(value);

const elements = new Map<number, Element>([
  [ElementType.Float, { bytes: 4, kind: "float", read: (v, at) => v.getFloat32(at, true), field: "floatData" }],
  [ElementType.Double, { bytes: 8, kind: "float", read: (v, at) => v.getFloat64(at, true), field: "doubleData" }],
  [
    ElementType.Half,
    {
      bytes: 2,
      kind: "float",
      read: (v, at) => fromHalf(v.getUint16(at, true)),
      field: "int32Data",
      fromField: fromHalf,
    },
  ],
  [
    ElementType.Bfloat,
    {
      bytes: 2,
      kind: "float",
      read: (v, at) => fromBfloat(v.getUint16(at, true)),
      field: "int32Data",
      fromField: fromBfloat,
    },
  ],
  [ElementType.Int8, { bytes: 1, kind: "int", read: (v, at) => v.getInt8(at), field: "int32Data" }],
  [ElementType.Uint8, { bytes: 1, kind: "int", read: (v, at) => v.getUint8(at), field: "int32Data" }],
  [ElementType.Int16, { bytes: 2, kind: "int", read: (v, at) => v.getInt16(at, true), field: "int32Data" }],
  [ElementType.Uint16, { bytes: 2, kind: "int", read: (v, at) => v.getUint16(at, true), field: "int32Data" }],
  [ElementType.Uint32, { bytes: 4, kind: "int", read: (v, at) => v.getUint32(at, true), field: "uint64Data" }],
  [ElementType.Uint64, { bytes: 8, kind: "int", read: (v, at) => big(v.getBigUint64(at, true)), field: "uint64Data" }],
  [ElementType.Int32, { bytes: 4, kind: "int", read: (v, at) => v.getInt32(at, true), field: "int32Data" }],
  [ElementType.Int64, { bytes: 8, kind: "int", read: (v, at) => big(v.getBigInt64(at, true)), field: "int64Data" }],
  [ElementType.Bool, { bytes: 1, kind: "bool", read: (v, at) => Number(v.getUint8(at) !== 0), field: "int32Data" }],
]);

/** The place of values that are in another file. */
const OUTSIDE = 1;

/** The size of a shape. @throws FormatError for dimensions that are not sizes */
function checkedSize(where: string, shape: Shape): number {
  const size = sizeOf(shape);
  if (shape.every((n) => Number.isSafeInteger(n) && n >= 0) && Number.isSafeInteger(size)) return size;
  throw new FormatError(`${where}: expected a shape, got [${shape.slice(0, 8).join(", ")}].`);
}

/** The bytes of a file beside, by the name that tensors have for it; `null` if they are not given. */
export type External = (location: string) => Uint8Array | null;

const entriesOf = ({ externalData }: TensorMessage) => new Map(externalData.map(({ key, value }) => [key, value]));

/** The names of the files beside in which these tensors are. */
export function locationsOf(tensors: readonly TensorMessage[]): ReadonlySet<string> {
  const outside = tensors.filter(({ dataLocation }) => dataLocation === OUTSIDE);
  return new Set(outside.map((tensor) => entriesOf(tensor).get("location") ?? ""));
}

/** The bytes of a tensor in the file beside. */
function externalBytes(where: string, message: TensorMessage, externalOf: External, size: number) {
  const entries = entriesOf(message);
  const location = entries.get("location") ?? "";
  const external = externalOf(location);
  if (!external) {
    throw new FormatError(
      `${where}: its values are in ${JSON.stringify(location || "another file")}, which is not opened. Give its bytes as ` +
        "{ externalData }, or save the model as one file: onnx.save(onnx.load(path), path).",
    );
  }
  const number = (key: string, value: number) => {
    const text = entries.get(key);
    return text === undefined ? value : /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  };
  const offset = number("offset", 0);
  const length = number("length", size);
  if (length === size && offset + length <= external.length) return external.subarray(offset, offset + length);
  throw new FormatError(
    `${where}: expected ${counted(size, "byte")} at ${offset} of externalData, which has ${external.length}. Give the bytes of ` +
      "the file that was written with this one.",
  );
}

/** The numbers of a tensor. @throws FormatError for sizes that do not match, and types that are not numbers */
export function readTensor(where: string, message: TensorMessage, external: External): Tensor {
  const shape = message.dims;
  const size = checkedSize(where, shape);
  const type = elements.get(message.dataType ?? 0);
  if (!type) {
    throw new FormatError(
      `${where}: expected numbers of 8 to 64 bits, got the type ${message.dataType}. Export the model unquantized.`,
    );
  }
  const { kind, bytes } = type;
  const store = (count: number) =>
    type.bytes <= 4 && kind === "float" ? new Float32Array(count) : new Float64Array(count);
  const isOutside = message.dataLocation === OUTSIDE;
  const raw = isOutside ? externalBytes(where, message, external, size * bytes) : message.rawData;
  if (raw && (raw.length > 0 || size === 0)) {
    if (raw.length !== size * bytes) {
      throw new FormatError(`${where}: expected ${counted(size * bytes, "byte")}, got ${raw.length}.`);
    }
    const data = store(size);
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    for (let i = 0; i < size; i++) data[i] = type.read(view, i * bytes);
    return { shape, data, kind };
  }
  const list = message[type.field];
  if (list.length !== size) throw new FormatError(`${where}: expected ${counted(size, "value")}, got ${list.length}.`);
  const data = store(size);
  for (let i = 0; i < size; i++) data[i] = type.fromField ? type.fromField(list[i]) : list[i];
  return { shape, data, kind };
}

/** Numbers that a file may still ask for. */
interface Budget {
  spend(count: number): void;
}

/** The numbers of a tensor of which only some places have values. @throws FormatError as `readTensor`; beyond the budget */
export function readSparse(where: string, message: SparseMessage, external: External, budget: Budget): Tensor {
  const { values, indices, dims: shape } = message;
  const size = checkedSize(where, shape);
  budget.spend(size);
  if (!values || !indices) throw new FormatError(`${where}: it is sparse, and lacks its values or their places.`);
  const own = readTensor(`${where}: values`, values, external);
  const places = readTensor(`${where}: indices`, indices, external);
  const count = own.data.length;
  const width = places.shape.length === 2 ? shape.length : 1;
  if (places.data.length !== count * width) {
    throw new FormatError(`${where}: indices: expected ${counted(count * width, "value")}, got ${places.data.length}.`);
  }
  const data = own.data.BYTES_PER_ELEMENT === 4 ? new Float32Array(size) : new Float64Array(size);
  const bounds = width === 1 ? [size] : shape;
  for (let i = 0; i < count; i++) {
    let place = 0;
    for (const [d, bound] of bounds.entries()) {
      const index = places.data[i * width + d];
      if (!(index >= 0 && index < bound)) {
        throw new FormatError(`${where}: indices: expected integers >= 0 and < ${bound}, got ${index}.`);
      }
      place = place * bound + index;
    }
    data[place] = own.data[i];
  }
  return { shape, data, kind: own.kind };
}
