/** Models that other libraries have written, with their own predictions, and a table that they fit. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export interface BroughtFiles {
  readonly files: readonly (readonly [name: string, bytes: Uint8Array])[];
  /** Inputs of the model: columns of a table. */
  readonly columns: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/interop/${name}`, import.meta.url), "utf8"));
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

const softmax = (logits: readonly number[]) => {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};
const byThrees = (values: readonly number[]) =>
  Array.from({ length: values.length / 3 }, (_, i) => values.slice(3 * i, 3 * i + 3));

/** Written by Keras 3 as HDF5. */
export function ofKeras(): BroughtFiles {
  const name = "functional";
  const file = fixture("keras/models-torch.json").models.find((each: { name: string }) => each.name === name);
  const bytes = new Uint8Array(gunzipSync(fromBase64(file.h5)));
  return { files: [[`${name}.h5`, bytes]], columns: 4, x: file.x, y: file.y };
}

/** Written by PyTorch, with the weights in a file beside it. */
export function ofOnnx(): BroughtFiles {
  const file = fixture("onnx/torchDynamo.json").files.find((each: { name: string }) => each.name === "wide");
  const files = [
    ["wide.onnx.data", fromBase64(file.external)],
    ["wide.onnx", fromBase64(file.model)],
  ] as const;
  return { files, columns: 8, x: file.inputs[0].data, y: byThrees(file.output.data).flatMap(softmax) };
}

/** The class of a row of `tableOf`. */
export const kindOf = (row: number) => ["ash", "beech", "oak"][row % 3];

/** A table of numbers with a last column to learn, `it`. */
export function tableOf(columns: number, targetOf: (row: number) => string | number): string {
  const names = Array.from({ length: columns }, (_, j) => `c${j}`);
  const cell = (row: number, j: number) => ((row * 7 + j * 13 + ((row * j) % 5)) % 29) / 10;
  const rows = Array.from({ length: 60 }, (_, row) => [...names.map((_, j) => cell(row, j)), targetOf(row)].join(","));
  return [[...names, "it"].join(","), ...rows].join("\n");
}

export const threeKinds = (columns: number) => tableOf(columns, kindOf);
