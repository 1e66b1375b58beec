/**
 * Tables of options. One line of a table says everything about an option: what callers may give, what is kept, its check
 * and its default. Types, the list of known names and the reading of options follow from it. Knows no option by name.
 */
import {
  checkBoolean,
  checkFunction,
  checkKeys,
  checkName,
  checkNumber,
  checkText,
  type NumberRange,
  OptionError,
  show,
} from "./errors.js";

/** True for an option that must be given; it may be left out if it has a default, or if nothing takes its place. */
type Presence = "needed" | "default" | "optional";

/** A default, or how it follows from the other options. */
export type Fallback<T> = T | ((given: Readonly<Record<string, unknown>>) => T);

/** One option: `In` is what callers may give, `Out` what is kept of it. */
export interface Option<In, Out, Kind extends Presence = Presence> {
  readonly presence: Kind;
  /** Checks a value. @throws OptionError naming `where` */
  readonly check: (where: string, value: unknown) => Out;
  /** Taken if it is not given; a function makes it from the other options. */
  readonly fallback?: Fallback<In>;
  /** For the type checker alone. */
  readonly given?: In;
}

/** Options by name, in the order in which they are kept. */
// biome-ignore lint/suspicious/noExplicitAny: an option of any type
export type OptionTable = Readonly<Record<string, Option<any, any>>>;

type In<O> = O extends { readonly given?: infer I } ? I : never;
type Out<O> = O extends { readonly check: (where: string, value: unknown) => infer U } ? U : never;
type Are<T, Kind extends Presence, K extends keyof T> = T[K] extends { presence: Kind } ? K : never;

/** What a function with these options takes. */
export type Given<T> = { -readonly [K in keyof T as Are<T, "needed", K>]: In<T[K]> } & {
  -readonly [K in keyof T as Are<T, "default" | "optional", K>]?: In<T[K]>;
};

/** The options, checked, with their defaults. */
export type Kept<T> = { readonly [K in keyof T as Are<T, "needed" | "default", K>]: Out<T[K]> } & {
  readonly [K in keyof T as Are<T, "optional", K>]?: Out<T[K]>;
};

/** Plain data of a type, with its options spelled out. */
export type Spec<Type extends string, T> = { readonly type: Type } & Kept<T>;

/** An option that `check` reads; needed without a fallback. */
export function via<In, Out>(check: (where: string, value: unknown) => Out): Option<In, Out, "needed">;
export function via<In, Out>(
  check: (where: string, value: unknown) => Out,
  fallback: Fallback<In>,
): Option<In, Out, "default">;
// @__NO_SIDE_EFFECTS__
export function via<In, Out>(
  check: (where: string, value: unknown) => Out,
  ...fallback: [] | [Fallback<In>]
): Option<In, Out> {
  if (fallback.length === 0) return { presence: "needed", check };
  return { presence: "default", check, fallback: fallback[0] };
}

/** A finite number within a range. */
export function number(range: NumberRange): Option<number, number, "needed">;
export function number(range: NumberRange, fallback: Fallback<number>): Option<number, number, "default">;
// @__NO_SIDE_EFFECTS__
export function number(range: NumberRange, ...fallback: [] | [Fallback<number>]): Option<number, number> {
  return via<number, number>((where, value) => checkNumber(where, value, range), ...(fallback as [number]));
}

/** True or false. */
// @__NO_SIDE_EFFECTS__
export function flag(fallback: boolean): Option<boolean, boolean, "default"> {
  return via<boolean, boolean>(checkBoolean, fallback);
}

/** One of several names. */
export function oneOf<const Name extends string>(names: readonly Name[]): Option<Name, Name, "needed">;
export function oneOf<const Name extends string>(
  names: readonly Name[],
  fallback: Fallback<NoInfer<Name>>,
): Option<Name, Name, "default">;
// @__NO_SIDE_EFFECTS__
export function oneOf<const Name extends string>(
  names: readonly Name[],
  ...fallback: [] | [Fallback<Name>]
): Option<Name, Name> {
  return via<Name, Name>((where, value) => checkName(where, value, names), ...(fallback as [Name]));
}

/** Any value of a type; whoever uses it checks it. */
export function unchecked<T>(): Option<T, T, "needed">;
export function unchecked<T>(fallback: Fallback<T>): Option<T, T, "default">;
// @__NO_SIDE_EFFECTS__
export function unchecked<T>(...fallback: [] | [Fallback<T>]): Option<T, T> {
  return via<T, T>((_, value) => value as T, ...(fallback as [Fallback<T>]));
}

/** The same option, which may be left out; then nothing is kept. */
// @__NO_SIDE_EFFECTS__
export function optional<In, Out>({ check }: Option<In, Out, "needed">): Option<In, Out, "optional"> {
  return { presence: "optional", check };
}

/** The same option, which may also be `null`, and is by default. */
// @__NO_SIDE_EFFECTS__
export function nullable<In, Out>({ check }: Option<In, Out, "needed">): Option<In | null, Out | null, "default"> {
  return via<In | null, Out | null>((where, value) => (value === null ? null : check(where, value)), null);
}

/** A name, which is the default, or a finite number within a range. */
// @__NO_SIDE_EFFECTS__
export function numberOr<const Name extends string>(
  name: Name,
  range: NumberRange,
): Option<Name | number, Name | number, "default"> {
  return via<Name | number, Name | number>((where, value) => {
    return value === name ? name : checkNumber(where, value, range, `${show(name)} or `);
  }, name);
}

/** A function; `fallback` makes the default. */
export function func<F extends (...args: never[]) => unknown>(): Option<F, F, "needed">;
export function func<F extends (...args: never[]) => unknown>(fallback: () => F): Option<F, F, "default">;
// @__NO_SIDE_EFFECTS__
export function func<F extends (...args: never[]) => unknown>(...fallback: [] | [() => F]): Option<F, F> {
  return via<F, F>(checkFunction<F>, ...(fallback as [() => F]));
}

/** A list whose items are what another option may be; `expected` words it for messages. A copy is kept. */
// @__NO_SIDE_EFFECTS__
export function listOf<In, Out>(
  expected: string,
  { check }: Option<In, Out, "needed">,
  leastLength = 0,
): Option<readonly In[], readonly Out[], "needed"> {
  return via<readonly In[], readonly Out[]>((where, value) => {
    if (!Array.isArray(value) || value.length < leastLength) {
      throw new OptionError(`${where}: expected ${expected}, got ${show(value)}.`);
    }
    return Array.from(value, (item, i) => check(`${where}[${i}]`, item));
  });
}

/** Text. */
export function text(): Option<string, string, "needed">;
export function text(fallback: Fallback<string>): Option<string, string, "default">;
// @__NO_SIDE_EFFECTS__
export function text(...fallback: [] | [Fallback<string>]): Option<string, string> {
  return via<string, string>(checkText, ...(fallback as [string]));
}

/**
 * Reads options by their table: refuses unknown ones, checks those that are given, and fills in defaults.
 * @param where Name of the function, with which messages begin.
 * @param args The arguments of the function whose last one the options are: there may be no more.
 * @param first What the function takes before its options; lines of the table, too.
 * @throws OptionError
 */
export function readOptions<T extends OptionTable>(
  where: string,
  table: T,
  options: object,
  args?: ArrayLike<unknown>,
  first: object = {},
): Kept<T> {
  const known = Object.keys(table).filter((name) => !Object.hasOwn(first, name));
  checkKeys(where, options, known, args);
  const given: Record<string, unknown> = { ...first };
  // Not a spread: inherited options count, too.
  for (const name of known) given[name] = (options as Record<string, unknown>)[name];
  const kept: Record<string, unknown> = {};
  for (const [name, { presence, check, fallback }] of Object.entries(table)) {
    let value = given[name];
    if (value === undefined && presence === "optional") continue;
    if (value === undefined) value = typeof fallback === "function" ? fallback(given) : fallback;
    kept[name] = check(`${where}: ${name}`, value);
  }
  return kept as Kept<T>;
}

/** A spec of a type from the options of its factory. @throws OptionError */
export function makeSpec<Type extends string, T extends OptionTable>(
  type: Type,
  table: T,
  options: object,
  args?: ArrayLike<unknown>,
  first?: object,
): Spec<Type, T> {
  return { type, ...readOptions(type, table, options, args, first) };
}
