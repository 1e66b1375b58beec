/** Numbers in JSON of other libraries, checked before they become tensors. */

import { bytesOf } from "../base/bytes.js";
import { counted } from "../base/counted.js";
import { FormatError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { otherFile } from "../formats/otherFile.js";
import { keyTwice, repeatedKey } from "../formats/repeatedKey.js";
import { encodeText } from "../formats/safetensors.js";
import { checkDepth } from "./limits.js";
import type { PortableTensor } from "./portable.js";

/** A list, as it is. @throws FormatError */
export function listIn(where: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FormatError(`${where}: expected a list, got ${show(value)}.`);
}

/** A list of numbers as a tensor [n]. @throws FormatError for a value that float32 cannot hold, or another length */
export function vectorIn(where: string, value: unknown, length?: number): PortableTensor {
  const list = listIn(where, value);
  if (length !== undefined && list.length !== length) {
    throw new FormatError(`${where}: expected ${counted(length, "number")}, got ${list.length}.`);
  }
  const data = Float32Array.from(list, (number, i) => numberIn(`${where}[${i}]`, number));
  return { shape: [data.length], data };
}

/** A list of rows as a tensor [rows, columns]. @throws FormatError for rows of different lengths, or none */
export function matrixIn(where: string, value: unknown): PortableTensor {
  const rows = listIn(where, value);
  const columns = rows.length > 0 ? listIn(`${where}[0]`, rows[0]).length : 0;
  if (columns === 0) throw new FormatError(`${where}: expected rows of numbers, got ${show(value)}.`);
  const data = new Float32Array(rows.length * checkedColumns(where, rows, columns));
  rows.forEach((row, r) => {
    (row as readonly unknown[]).forEach((number, c) => {
      data[r * columns + c] = numberIn(`${where}[${r}][${c}]`, number);
    });
  });
  return { shape: [rows.length, columns], data };
}

/** All rows are there, so that no number in a file can ask for more memory than the file itself has. */
function checkedColumns(where: string, rows: readonly unknown[], columns: number): number {
  rows.forEach((row, r) => {
    const { length } = listIn(`${where}[${r}]`, row);
    if (length !== columns)
      throw new FormatError(`${where}[${r}]: expected ${counted(columns, "number")}, got ${length}.`);
  });
  return columns;
}

/** A finite number that float32 can hold. @throws FormatError */
export function numberIn(where: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(Math.fround(value))) return value;
  throw new FormatError(`${where}: expected a finite number, got ${show(value)}.`);
}

/** A tensor [rows, columns] as a list of rows. */
export function rowsOf({ shape: [rows, columns], data }: PortableTensor): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));
}

/**
 * The object in a JSON text, its bytes, or a plain object itself.
 * @throws FormatError for a key that is twice in an object; for another value it ends with `remedy`
 */
export function objectIn(where: string, source: unknown, remedy = ""): Readonly<Record<string, unknown>> {
  let value = source;
  let key: string | null = null;
  const bytes = bytesOf(value);
  try {
    if (bytes) value = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (typeof value === "string") {
      const text = value;
      value = JSON.parse(text);
      key = repeatedKey(text);
    }
  } catch (cause) {
    throw new FormatError(`${where}: this is not JSON. ${remedyFor(bytes ?? encodeText(String(source)))}`, { cause });
  }
  if (key !== null) throw keyTwice(where, key);
  if (value !== source) checkDepth(where, value);
  if (isPlainObject(value)) return value as Record<string, unknown>;
  throw new FormatError(`${where}: expected a JSON object, got ${show(value)}.${remedy}`);
}

/** The remedy for a text that is not JSON. */
function remedyFor(text: Uint8Array): string {
  if (text.length > 0 && OPENING.has(text[0])) return "It is truncated or altered: save or download it again.";
  return otherFile(text) || "Give the text or the bytes of the file, not its path.";
}

/** First bytes of JSON with parts: braces and brackets. */
const OPENING: ReadonlySet<number> = /* @__PURE__ */ new Set([0x7b, 0x5b]);

/** JSON of models by its format: what has it, keys of which it has one, and where it comes from. */
const MODELS = {
  tfjs: [
    "a layers model of TensorFlow.js",
    ["modelTopology", "format"],
    "Give model.json, which save() of its model writes.",
  ],
  sklearn: ["an MLP of scikit-learn", ["estimator", "coefs_"], "Give what to_json of sklearnCode returns."],
  brain: ["a network of brain.js", ["layers", "type"], "Give what toJSON() of its NeuralNetwork returns."],
} as const;

/** The JSON of a model of the format. @throws as `objectIn`, and for JSON of another library, or of no model */
export function modelJsonIn(
  where: string,
  source: unknown,
  format: keyof typeof MODELS,
): Readonly<Record<string, unknown>> {
  const [what, keys, remedy] = MODELS[format];
  const json = objectIn(where, source, ` ${remedy}`);
  const other = otherFile(json, format);
  if (other) throw new FormatError(`${where}: this is JSON of another library. ${other}`);
  if (keys.some((key) => key in json)) return json;
  throw new FormatError(`${where}: expected the JSON of ${what}, with ${keys.join(" or ")}, got neither. ${remedy}`);
}
