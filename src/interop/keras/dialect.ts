/**
 * The three dialects of Keras's layers as plain data: those of Keras 3, of Keras 2 and of TensorFlow.js; and helpers for
 * objects that name their class.
 */
import { FormatError, show } from "../../base/errors.js";

/** A dialect. */
export type Dialect = "keras3" | "keras2" | "tfjs";

/** The name of a dialect in messages. */
export const dialectNames: Readonly<Record<Dialect, string>> = {
  keras3: "Keras 3",
  keras2: "Keras 2",
  tfjs: "TensorFlow.js",
};

/** The circumstances in which parts of a model are read or written. */
export interface Context {
  /** Name of the function; messages begin with it. */
  readonly where: string;
  readonly dialect: Dialect;
  /** Takes a sentence about something that is left out. */
  note(sentence: string): void;
}

/** An object as JSON has it. */
export type Config = Readonly<Record<string, unknown>>;

/** An object with its class: `{ class_name, config }`. */
export interface ClassObject {
  readonly className: string;
  readonly config: Config;
  /** Its own name, if it stands beside the configuration. */
  readonly object: Config;
}

/** True for a JSON object. */
export function isConfig(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads `{ class_name, config }`. @throws FormatError */
export function readClass({ where }: Context, what: string, value: unknown): ClassObject {
  const { class_name: className, config = {} } = isConfig(value) ? value : {};
  if (typeof className !== "string" || !isConfig(config)) {
    throw new FormatError(`${where}: ${what}: expected { class_name, config }, got ${show(value)}.`);
  }
  return { className, config, object: value as Config };
}

/** An object with its class. Keras 3 also wants the module. */
export function writeClass({ dialect }: Context, module: string, className: string, config: Config): Config {
  if (dialect !== "keras3") return { class_name: className, config };
  return { module: `keras.${module}`, class_name: className, config, registered_name: null };
}

/** `kernelInitializer` to `kernel_initializer`, `beta1` to `beta_1`. */
export function toSnake(name: string): string {
  return name.replace(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);
}

/** The names of attributes that Keras gives to objects of a class: `PReLU` becomes `p_re_lu`. */
export function classToSnake(name: string): string {
  const words = name.replace(/\W+/g, "").replace(/(.)([A-Z][a-z]+)/g, "$1_$2");
  return words.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}

/** A number that Python reads as a float even if it is whole; `toJson` writes it. */
export class Float {
  constructor(readonly value: number) {}
  toJSON(): string {
    return `\u0001${Number.isInteger(this.value) && Math.abs(this.value) < 1e21 ? `${this.value}.0` : this.value}\u0001`;
  }
}

/** JSON text in which each `Float` has a decimal point. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replace(/"\\u0001([^"\\]*)\\u0001"/g, "$1");
}
