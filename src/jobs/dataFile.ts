/** The rows of a search as the bytes of one file, named by their SHA-256. Knows no places. */
import { createHash } from "node:crypto";
import { FormatError } from "../base/errors.js";
import type { PlainProblem } from "../data/executor.js";
import { readHeader, readTensors } from "../formats/readSafetensors.js";
import { encodeHeader, joinFile } from "../formats/safetensors.js";

/** The rows of a search, without its folds. */
export type Rows = Pick<PlainProblem, "x" | "y" | "sampleWeight" | "inputShape" | "targetShape">;

/** Name and size of a data file. */
export interface DataRef {
  readonly sha256: string;
  readonly bytes: number;
}

export const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
export const fileName = (data: DataRef) => `${data.sha256}.simdgrad-data`;

/** The rows as the bytes of a safetensors file. */
export function encodeRows({ x, y, sampleWeight, inputShape, targetShape }: Rows): Uint8Array {
  const rows = x.length / inputShape.reduce((size, d) => size * d, 1);
  const tensors = [
    { name: "x", shape: [rows, ...inputShape], data: x },
    { name: "y", shape: [rows, ...targetShape], data: y },
    ...(sampleWeight ? [{ name: "sampleWeight", shape: [rows], data: sampleWeight }] : []),
  ];
  return joinFile(encodeHeader({ format: "simdgrad-data", v: "1" }, tensors) as Uint8Array, tensors);
}

/** @throws FormatError */
export function decodeRows(bytes: Uint8Array): Rows {
  const { header, dataBegin } = readHeader(bytes);
  const tensors = readTensors(header, bytes.slice(dataBegin));
  const x = tensors.get("x");
  const y = tensors.get("y");
  if (!x || !y) throw new FormatError("a data file holds x and y.");
  const [inputShape, targetShape] = [x.shape.slice(1), y.shape.slice(1)];
  return { x: x.data, y: y.data, inputShape, targetShape, sampleWeight: tensors.get("sampleWeight")?.data ?? null };
}
