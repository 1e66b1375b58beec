/** Fields of a configuration: our name, the name in a dialect, and the form that values have there. */
import { FormatError, show } from "../../base/errors.js";
import { type Config, type Context, Float, isConfig, toSnake } from "./dialect.js";

/** A way to read and write a value. */
export interface Codec {
  /** @throws FormatError for a value that there is not here; `undefined` for our default */
  read(context: Context, what: string, value: unknown): unknown;
  write(context: Context, what: string, value: unknown): unknown;
}

/** One field. */
export interface Field {
  /** The name in a dialect. @default our name in snake case */
  readonly key?: string;
  /** Other names in some dialects or versions, which are read, and written in those dialects. */
  readonly keys?: Readonly<Partial<Record<Context["dialect"], string>>>;
  readonly codec?: Codec;
}

/** Fields by our names. */
export type Fields = Readonly<Record<string, Field>>;

const unchanged = (_: Context, __: string, value: unknown) => value;

/** A value that both have in the same form. */
export const plain: Codec = { read: unchanged, write: unchanged };

/** A number that Python wants as a float. */
export const float: Codec = {
  read: unchanged,
  write: (_, __, value) => (typeof value === "number" ? new Float(value) : value),
};

/** A name in camel case here, in snake case there. */
export const name: Codec = {
  read: (_, __, value) =>
    typeof value === "string" ? value.replace(/_(.)/g, (___, letter: string) => letter.toUpperCase()) : value,
  write: (_, __, value) => toSnake(value as string),
};

/** A value that is `none` here, and null there, when it is absent. */
export function nullAs(none: unknown, codec: Codec = plain): Codec {
  return {
    read: (context, what, value) => (value === null ? none : codec.read(context, what, value)),
    write: (context, what, value) => (value === none ? null : codec.write(context, what, value)),
  };
}

/** The name of a field in a dialect. */
function keyOf(own: string, { key, keys }: Field, { dialect }: Context): string {
  return keys?.[dialect] ?? key ?? toSnake(own);
}

/** A configuration that knows which of its fields were read. */
export class Reading {
  readonly #read = new Set<string>();

  constructor(
    readonly context: Context,
    /** Name in messages. */
    readonly what: string,
    readonly config: Config,
  ) {}

  /** The value of a field. */
  take(key: string): unknown {
    this.#read.add(key);
    return Object.hasOwn(this.config, key) ? this.config[key] : undefined;
  }

  /** Refuses a field that has another value than those that mean our behavior. @throws FormatError */
  expect(
    key: string,
    allowed: readonly unknown[],
    remedy = "Use another layer for it, or train the model here.",
  ): void {
    const value = this.take(key);
    if (value === undefined || allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) return;
    const { where } = this.context;
    throw new FormatError(`${where}: ${this.what}: ${key}: ${show(value)} does not exist here. ${remedy}`);
  }

  /** Our options, those that are given. @throws FormatError */
  fields(fields: Fields): Record<string, unknown> {
    const options: Record<string, unknown> = {};
    for (const [own, field] of Object.entries(fields)) {
      const names = new Set([
        keyOf(own, field, this.context),
        field.key ?? toSnake(own),
        ...Object.values(field.keys ?? {}),
      ]);
      const given = [...names].map((key) => this.take(key)).find((value) => value !== undefined);
      if (given === undefined) continue;
      const value = (field.codec ?? plain).read(
        this.context,
        `${this.what}: ${keyOf(own, field, this.context)}`,
        given,
      );
      if (value !== undefined) options[own] = value;
    }
    return options;
  }

  /** Marks fields that change nothing. */
  ignore(...keys: string[]): void {
    for (const key of keys) this.#read.add(key);
  }

  /** Marks fields that change training alone: a note for each that is set. */
  noteSet(...keys: string[]): void {
    for (const key of keys) {
      const value = this.take(key);
      if (isSet(value)) this.context.note(`${this.what}: ${key} is left out: there is none here.`);
    }
  }

  /** Refuses fields that nobody knows, unless their values say that they are not used. @throws FormatError */
  end(): void {
    const stray = Object.keys(this.config).find((key) => !this.#read.has(key) && isSet(this.config[key]));
    if (stray === undefined) return;
    const { where } = this.context;
    const got = show(this.config[stray]);
    throw new FormatError(`${where}: ${this.what}: unknown setting ${JSON.stringify(stray)}: ${got}. Leave it out.`);
  }
}

/** False for values by which Keras says that something is not used. */
function isSet(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== false && !(isConfig(value) && Object.keys(value).length === 0)
  );
}

/** The fields of a spec in a dialect. */
export function writeFields(context: Context, what: string, fields: Fields, spec: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([own, field]) => {
      const value = (spec as Config)[own];
      return [keyOf(own, field, context), (field.codec ?? plain).write(context, `${what}: ${own}`, value)];
    }),
  );
}
