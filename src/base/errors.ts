/**
 * Every error simdgrad throws, and the helpers that word them.
 * A message says where it happened, what was expected, what was given, and how to fix it.
 * Knows nothing about models, tapes or WebAssembly.
 */
import { counted } from "./counted.js";
import { kindOf } from "./kinds.js";

/** Base class of all errors thrown by simdgrad; catch this to catch them all. */
export class SimdgradError extends Error {
  override name = "SimdgradError";
}

/** A shape does not fit: wrong column count, ragged rows, or layers that do not fit together. */
export class ShapeError extends SimdgradError {
  override name = "ShapeError";
}

/** An option is unknown, of the wrong type or out of range. */
export class OptionError extends SimdgradError {
  override name = "OptionError";
}

/** Values in the data cannot be used: NaN, labels out of range, nothing to train on. */
export class DataError extends SimdgradError {
  override name = "DataError";
}

/** A file cannot be read: it is truncated, altered or of another format. */
export class FormatError extends SimdgradError {
  override name = "FormatError";
}

/** Details of a value that is not finite: where training met it, and why. */
export interface NonFiniteDetails {
  /** Epoch of this `fit` call, counted from 0. */
  epoch: number;
  /** Step within the epoch, counted from 0. */
  step: number;
  /** First tensor with values that are not finite, for example `dense_2/z`. */
  tensor: string;
  /** The most likely cause, and a way to fix it. */
  cause: string;
}

/** Training met NaN or infinity. Every weight keeps its last finite value. */
export class NonFiniteError extends SimdgradError {
  override name = "NonFiniteError";
  constructor(
    message: string,
    /** Place and cause; `undefined` if the values were found outside a training loop. */
    readonly details?: NonFiniteDetails,
  ) {
    super(message);
  }
}

/** The backend cannot do what was asked: there is no WebAssembly SIMD, or the model was used after `dispose()`. */
export class BackendError extends SimdgradError {
  override name = "BackendError";
}

/** A number of bytes as it should appear in a message: `26 MiB`. */
export function formatBytes(bytes: number): string {
  const [unit, size] = bytes < 2 ** 30 ? ["MiB", 2 ** 20] : ["GiB", 2 ** 30];
  return `${(bytes / size).toFixed(bytes < 10 * size ? 1 : 0)} ${unit}`;
}

/**
 * Returns the result of `make`, which may ask for more memory than there is; `problem` words the error.
 * @throws BackendError if there is not enough memory
 */
export function allocate<T>(make: () => T, problem: () => string): T {
  try {
    return make();
  } catch (cause) {
    throw withoutMemory(cause, problem());
  }
}

/** `new Kind(length)`. @throws BackendError saying how much memory was requested, if there is not enough */
export function newArray<Kind extends Float32ArrayConstructor | Uint8ArrayConstructor>(
  kind: Kind,
  length: number,
  what: string,
): InstanceType<Kind> {
  // Not by `allocate`, for which each `predict` would make two closures.
  try {
    return new kind(length) as InstanceType<Kind>;
  } catch (cause) {
    throw withoutMemory(cause, `${what}: could not get ${formatBytes(length * kind.BYTES_PER_ELEMENT)} of memory.`);
  }
}

/** The error for `cause`, which says that there is not enough memory, or something else that stays as it is. */
function withoutMemory(cause: unknown, problem: string): unknown {
  return (cause as Error | null)?.name === "RangeError" ? new BackendError(problem, { cause }) : cause;
}

/** A value as it should appear in a message: short, with an unmistakable type. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value == null) return String(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "symbol") return "a symbol";
  if (Array.isArray(value)) {
    const isShort = value.length <= 6 && value.every((item) => typeof item !== "object" || item === null);
    return isShort ? `[${Array.from(value, show).join(", ")}]` : `an array of ${value.length}`;
  }
  if (ArrayBuffer.isView(value)) return `a ${kindOf(value)} of ${value.byteLength} bytes`;
  const kind = kindOf(value);
  if (kind === "Promise") return "a promise, which needs await";
  if (kind !== "Object") return `an object of type ${kind}`;
  const type = (value as { type?: unknown }).type;
  return typeof type === "string" ? `{ type: ${JSON.stringify(type)} }` : "an object";
}

/** Edit distance between two names (Levenshtein 1966), computed with one rolling row. */
function distance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0];
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const substitution = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = Math.min(substitution, row[j] + 1, row[j - 1] + 1);
    }
  }
  return row[b.length];
}

/** ` Did you mean "relu"?`, or an empty string if no known name is close. `aliases` maps other names to known ones. */
export function didYouMean(
  name: string,
  known: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): string {
  if (name.length > 99) return ""; // the distance takes time proportional to the product of lengths
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const meant = Object.keys(aliases).find((alias) => plain(alias) === plain(name) && known.includes(aliases[alias]));
  if (meant) return ` Did you mean ${JSON.stringify(aliases[meant])}?`;
  let best = "";
  let bestDistance = Infinity;
  for (const candidate of known) {
    const d = distance(plain(name), plain(candidate));
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return bestDistance <= Math.max(2, Math.floor(name.length / 3)) ? ` Did you mean ${JSON.stringify(best)}?` : "";
}

/** Names that other libraries use for options. */
const OPTION_ALIASES: Readonly<Record<string, string>> = { lr: "learningRate", eps: "epsilon" };

/** True for an object of named values. Decides by tag, because a Map, a list or a promise has no keys to check. */
export function isNamed(value: unknown): boolean {
  return /^(Object|Module)$/.test(kindOf(value));
}

/** Refuses anything that is not an options object. @throws OptionError */
export function checkOptions(where: string, options: unknown, hint = () => ""): void {
  if (isNamed(options)) return;
  throw new OptionError(`${where}: expected an options object, got ${show(options)}.${hint()}`);
}

/**
 * Refuses unknown options, and anything that is not an options object.
 * @param args All arguments of the function. The options are the last one; more arguments are refused.
 * @throws OptionError with the closest known name.
 */
export function checkKeys(
  where: string,
  options: object,
  known: readonly string[],
  args: ArrayLike<unknown> = [],
): void {
  const list = () => (known.length > 0 ? ` Known: ${known.join(", ")}.` : " There are none.");
  checkOptions(where, options, list);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const hint = /^activity_?reg/i.test(key)
      ? " Put activityRegularization({ l2: 0.01 }) after the layer."
      : didYouMean(key, known, OPTION_ALIASES);
    throw new OptionError(`${where}: unknown option ${JSON.stringify(key)}.${hint}${list()}`);
  }
  checkArguments(where, args, Array.prototype.indexOf.call(args, options) + 1 || args.length);
}

/** Refuses extra arguments, except the index and the list that `list.map(f)` passes. @throws OptionError */
export function checkArguments(where: string, args: ArrayLike<unknown>, most: number): void {
  if (args.length <= most) return;
  const [value, place, list] = Array.from(args);
  if (most === 1 && args.length === 3 && (list as unknown[])?.[place as number] === value) return;
  const surplus = show(args[most]);
  throw new OptionError(
    `${where}: expected ${counted(most, "argument")}, got ${args.length}: ${surplus} would be ignored.`,
  );
}

/**
 * Refuses a name that is not in the list.
 * @param aliases Names that other libraries use for the known ones: they give a hint, but are not accepted.
 * @throws OptionError with the closest known name.
 */
export function checkName<Name extends string>(
  where: string,
  value: unknown,
  known: readonly Name[],
  aliases: Readonly<Record<string, Name>> = {},
  remedy = "",
): Name {
  if (typeof value === "string" && (known as readonly string[]).includes(value)) return value as Name;
  const hint = (typeof value === "string" && didYouMean(value, known, aliases)) || remedy;
  throw new OptionError(
    `${where}: expected one of ${known.map((n) => `"${n}"`).join(", ")}, got ${show(value)}.${hint}`,
  );
}

/** Replaces a short name by its full name; returns anything else unchanged. */
export function fromShort(short: Readonly<Record<string, string>>, name: unknown): unknown {
  return typeof name === "string" && Object.hasOwn(short, name) ? short[name] : name;
}

/** Runs `work`. Errors of simdgrad that it throws get `where` as a prefix. */
export function located<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SimdgradError) error.message = `${where}: ${error.message}`;
    throw error;
  }
}

/** Bounds for `checkNumber`; exclusive ones say so in their names. */
export interface NumberRange {
  min?: number;
  max?: number;
  above?: number;
  below?: number;
  integer?: boolean;
}

/**
 * Refuses anything that is not a finite number within the range.
 * @param others Other values that may be given, for the message.
 * @throws OptionError naming the range and the value.
 */
export function checkNumber(where: string, value: unknown, range: NumberRange = {}, others = ""): number {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity, integer = false } = range;
  const ok =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= min &&
    value <= max &&
    value > above &&
    value < below;
  if (ok && (!integer || Number.isSafeInteger(value))) return value;
  const bounds = [
    min > -Infinity && `>= ${min}`,
    above > -Infinity && `> ${above}`,
    max < Infinity && `<= ${max}`,
    below < Infinity && `< ${below}`,
  ].filter(Boolean);
  const kind = integer ? "an integer" : "a finite number";
  throw new OptionError(
    `${where}: expected ${others}${kind}${bounds.length ? ` ${bounds.join(" and ")}` : ""}, got ${show(value)}.`,
  );
}

/** Refuses values without a usable `length`. @throws DataError. */
export function checkArrayLike(where: string, value: unknown): void {
  const isList = typeof value === "object" && value !== null && kindOf(value) !== "DataView";
  const { length } = (isList ? value : {}) as { length?: number };
  if (Number.isSafeInteger(length) && (length as number) >= 0) return;
  throw new DataError(`${where}: expected an array or a typed array, got ${show(value)}.`);
}

/** Refuses anything that is not a boolean. @throws OptionError. */
export function checkBoolean(where: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new OptionError(`${where}: expected true or false, got ${show(value)}.`);
}

/** Refuses anything that is not a string. @throws OptionError. */
export function checkText(where: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new OptionError(`${where}: expected text, got ${show(value)}.`);
}

/** Refuses anything that is not a function. @throws OptionError. */
export function checkFunction<F>(where: string, value: unknown): F {
  if (typeof value === "function") return value as F;
  throw new OptionError(`${where}: expected a function, got ${show(value)}.`);
}
