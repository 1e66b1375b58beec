/** Plain JSON values stored in files: their types, and a checked copy. Knows nothing about models. */
import { OptionError, show } from "./errors.js";

/** A value that survives a round trip through JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

const DEEPEST = 100;

/** Copies values that JSON cannot represent; returns `undefined` for all others. */
type CopyOther = (value: unknown) => unknown;

/**
 * A frozen copy of a JSON object.
 * @throws OptionError naming the path of a cycle, or of anything that JSON would drop or change: undefined, functions,
 * NaN, dates, maps, class instances.
 */
export function copyJson(where: string, value: unknown): JsonObject {
  return copyObject(where, value, () => undefined, Object.freeze) as JsonObject;
}

/** A copy of a plain object that holds JSON and values that `other` can copy. @throws OptionError like `copyJson` */
export function copyObject(
  where: string,
  value: unknown,
  other: CopyOther,
  seal = (made: object) => made,
): Record<string, unknown> {
  const copy = (path: string, value: unknown, depth: number): unknown => {
    if (depth > DEEPEST) throw new OptionError(`${path}: nested more than ${DEEPEST} deep, or in a circle.`);
    const own = other(value);
    if (own !== undefined) return own;
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value + 0; // JSON has no -0
    if (Array.isArray(value)) return seal(Array.from(value, (item, i) => copy(`${path}[${i}]`, item, depth + 1)));
    if (isPlainObject(value)) {
      const entries = Object.entries(value).map(([key, item]) => [key, copy(`${path}.${key}`, item, depth + 1)]);
      return seal(Object.fromEntries(entries));
    }
    throw new OptionError(
      `${path}: expected JSON (null, booleans, finite numbers, text, arrays, objects), got ${show(value)}.`,
    );
  };
  if (!isPlainObject(value)) throw new OptionError(`${where}: expected a plain object, got ${show(value)}.`);
  return copy(where, value, 0) as Record<string, unknown>;
}

/** True for objects made by a literal, by JSON or without a prototype, from any realm. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
