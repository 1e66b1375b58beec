/** Scalers and encoders as JSON, and the checks when they are read back. Knows forms, not meanings. */
import { DataError, FormatError, OptionError, ShapeError, show } from "../../base/errors.js";

const VERSION = 1;

/** A plain object of a known type and version. */
export interface Saved {
  readonly type: string;
  readonly version: number;
  readonly [key: string]: unknown;
}

/** @throws FormatError for anything but an object that a `toJSON` of one of the types has made. */
export function checkSaved(where: string, json: unknown, types: readonly string[]): Saved {
  const hint = typeof json === "string" ? " Pass what JSON.parse makes of the text." : "";
  const expected = `what toJSON returns of ${types.join(", ")}`;
  if (typeof json !== "object" || json === null) {
    throw new FormatError(`${where}: expected ${expected}, got ${show(json)}.${hint}`);
  }
  const { type, version } = json as Partial<Saved>;
  if (typeof type !== "string" || !types.includes(type)) {
    throw new FormatError(`${where}: type: expected ${expected}, got ${show(type)}.`);
  }
  if (version !== VERSION) {
    throw new FormatError(`${where}: version: expected ${VERSION}, got ${show(version)}. It is of another release.`);
  }
  return json as Saved;
}

/** @throws FormatError unless the field passes. */
export function checkField<T>(
  where: string,
  saved: Saved,
  key: string,
  expected: string,
  is: (v: unknown) => boolean,
): T {
  const value = saved[key];
  if (is(value)) return value as T;
  throw new FormatError(`${where}: ${key}: expected ${expected}, got ${show(value)}. The JSON was altered.`);
}

/** A list of finite numbers, of a given length if there is one. @throws FormatError */
export function checkNumbers(where: string, saved: Saved, key: string, length?: number): Float64Array {
  const expected = `${length ?? "some"} finite numbers`;
  const isList = (v: unknown) => Array.isArray(v) && v.length === (length ?? v.length) && v.every(Number.isFinite);
  const values = checkField<number[]>(where, saved, key, expected, (v) => isList(v) && (v as unknown[]).length > 0);
  return Float64Array.from(values);
}

/** The head of what `toJSON` returns. */
export function savedHead<Type extends string>(type: Type): { type: Type; version: number } {
  return { type, version: VERSION };
}

/** Options as a factory takes them. @throws FormatError for those that it refuses. */
export function savedOptions<T>(where: string, saved: Saved, read: (options: object) => T): T {
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const options = checkField<object>(where, saved, "options", "an object of options", isObject);
  return asFormat(`${where}: options`, () => read(options));
}

/** Runs `work`; what it refuses is an error of the JSON. @throws FormatError */
export function asFormat<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const isOurs = cause instanceof OptionError || cause instanceof DataError || cause instanceof ShapeError;
    if (!isOurs) throw cause;
    throw new FormatError(`${where}: ${cause.message} The JSON was altered.`, { cause });
  }
}

/** A copy of plain data that shares nothing with it; NaN becomes null. */
export function plainCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
