/** Weights in the files of TensorFlow.js: a list of names, shapes and types, and the bytes of all of them together. */

import { bytesOf } from "../../base/bytes.js";
import { counted } from "../../base/counted.js";
import { FormatError, show } from "../../base/errors.js";
import { fromHalf } from "../../base/half.js";
import { sizeOf } from "../../base/shape.js";
import { type Config, isConfig } from "../keras/dialect.js";
import type { PortableTensor } from "../portable.js";

/** Bytes of files by their paths in the manifest. */
export type Files = Readonly<Record<string, unknown>>;

/** Bytes of a value by type; of quantized weights the type is that of the numbers that stand for them. */
const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, uint8: 1, uint16: 2, float16: 2, bool: 1 };

/** All weights of a manifest but those of the optimizer, by name. @throws FormatError */
export function readWeights(where: string, manifest: unknown, files: Files): ReadonlyMap<string, PortableTensor> {
  if (!Array.isArray(manifest))
    throw new FormatError(`${where}: weightsManifest: expected a list, got ${show(manifest)}.`);
  const tensors = new Map<string, PortableTensor>();
  manifest.forEach((group: unknown, i) => {
    const { paths, weights } = isConfig(group) ? group : {};
    const place = `${where}: weightsManifest[${i}]`;
    if (!Array.isArray(paths) || !Array.isArray(weights))
      throw new FormatError(`${place}: expected paths and weights.`);
    readSpecs(place, weights, joined(place, paths, files), tensors);
  });
  return tensors;
}

/** The bytes of a group's files together. Paths are names only: no file is ever opened. */
function joined(place: string, paths: readonly unknown[], files: Files): Uint8Array {
  const seen = new Set<unknown>();
  const parts = paths.map((path) => {
    const bytes = typeof path === "string" && Object.hasOwn(files, path) ? bytesOf(files[path]) : null;
    if (!bytes || seen.has(path)) {
      throw new FormatError(
        `${place}: give the bytes of the file ${show(path)} beside model.json, once, under this name.`,
      );
    }
    seen.add(path);
    return bytes;
  });
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Reads the tensors that a list describes, one after the other. @throws FormatError */
export function readSpecs(
  place: string,
  specs: readonly unknown[],
  bytes: Uint8Array,
  tensors: Map<string, PortableTensor>,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (const spec of specs) {
    const { name, shape, dtype, quantization, group } = isConfig(spec) ? spec : {};
    const isShape = Array.isArray(shape) && shape.length <= 32 && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
    if (typeof name !== "string" || !isShape) {
      throw new FormatError(`${place}: expected a name and a shape of each weight, got ${show(spec)}.`);
    }
    const stored = isConfig(quantization) ? quantization.dtype : dtype;
    if (typeof stored !== "string" || !Object.hasOwn(BYTES, stored)) {
      throw new FormatError(`${place}: ${name}: expected a type such as float32, got ${show(stored)}.`);
    }
    const size = sizeOf(shape as number[]);
    const end = at + size * BYTES[stored];
    if (!(end <= bytes.length)) {
      throw new FormatError(
        `${place}: ${name}: expected ${counted(size, "value")} from byte ${at}, got ${counted(bytes.length, "byte")} in all.`,
      );
    }
    if (group !== "optimizer") {
      if (tensors.has(name)) throw new FormatError(`${place}: ${name}: there are two weights of this name.`);
      const data = new Float32Array(size);
      const read = readerOf(place, name, stored, isConfig(quantization) ? quantization : null, view);
      for (let i = 0; i < size; i++) data[i] = read(at + i * BYTES[stored]);
      tensors.set(name, { shape: shape as number[], data });
    }
    at = end;
  }
}

/** Reads one value; quantized ones are v · scale + min in float64. */
function readerOf(
  place: string,
  name: string,
  stored: string,
  quantization: Config | null,
  view: DataView,
): (at: number) => number {
  if (stored === "float16") return (at) => fromHalf(view.getUint16(at, true));
  if (stored === "float32") return (at) => view.getFloat32(at, true);
  const whole = (at: number) => {
    if (stored === "int32") return view.getInt32(at, true);
    return stored === "uint16" ? view.getUint16(at, true) : view.getUint8(at);
  };
  if (!quantization) return whole;
  const { scale, min } = quantization;
  if (typeof scale !== "number" || typeof min !== "number") {
    throw new FormatError(`${place}: ${name}: quantization: expected scale and min, got ${show(quantization)}.`);
  }
  return (at) => whole(at) * scale + min;
}
