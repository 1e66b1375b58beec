/** Options as plain data, which travels to workers and into JSON. */
import { OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { plainCopy } from "./preprocess/json.js";
import type { Transformer } from "./preprocess/transformer.js";

/** Limit on the nesting depth of options. */
const MOST_DEPTH = 16;

/** A copy that JSON preserves: undefined values are dropped, and a number that is not finite becomes its name. */
export function toPlain(where: string, value: unknown, depth: number): unknown {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (depth < MOST_DEPTH && Array.isArray(value)) {
    return Array.from(value, (item, i) => toPlain(`${where}[${i}]`, item ?? null, depth + 1));
  }
  if (depth < MOST_DEPTH && isPlainObject(value)) {
    const given = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(given.map(([key, item]) => [key, toPlain(`${where}: ${key}`, item, depth + 1)]));
  }
  const { getConfig } = (value ?? {}) as Partial<Transformer>;
  if (typeof getConfig === "function") return toPlain(where, plainCopy(getConfig.call(value)), depth);
  const hint = typeof value === "function" ? " A schedule such as exponentialDecay({ … }) is plain data." : "";
  throw new OptionError(`${where}: expected plain data, which JSON can keep, got ${show(value)}.${hint}`);
}
