/**
 * Tells the kind of an object by its tag. `instanceof` fails for objects from another realm, such as those of an iframe
 * or a `vm` context, or those of Node under Jest and Vitest with jsdom. Knows nothing about models.
 */

/** Returns the name of a typed array of any realm, `undefined` for any other value. It costs less than a tag. */
const { get: arrayKind } = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
) as { get(this: unknown): string | undefined };

/** `Uint8Array`, `ArrayBuffer`, `Map`, `AbortSignal`, …; `Object` for plain objects and most instances of classes. */
export function kindOf(value: unknown): string {
  return arrayKind.call(value) ?? Object.prototype.toString.call(value).slice(8, -1);
}

/** The typed arrays of numbers. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array;

/** True for a typed array of numbers; false for a DataView or an array of bigints. */
export function isNumericArray(value: unknown): value is NumericArray {
  const kind = arrayKind.call(value);
  return kind !== undefined && kind[0] !== "B"; // BigInt64Array or BigUint64Array
}

/** AbortSignal if the program's types have one, as those of Node and the DOM do; otherwise the part used here. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Own } }
  ? Own
  : {
      readonly aborted: boolean;
      addEventListener(type: "abort", listener: () => void): void;
      removeEventListener(type: "abort", listener: () => void): void;
    };
