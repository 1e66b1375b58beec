/**
 * Tables of options. One line of a table says everything about an option: the values that callers may give, the value
 * that is kept, its check and its default. Types, the list of known names and the reading of options follow from it.
 * Knows no option by name.
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

/** Whether an option must be given ("needed"), has a default, or may be omitted ("optional"). */
type Presence = "needed" | "default" | "optional";

/** A default value, or a function that computes it from the other options. */
export type Fallback<T> = T | ((given: Readonly<Record<string, unknown>>) => T);

/** One option: `In` is the type that callers may give, `Out` the type that is kept. */
export interface Option<In, Out, Kind extends Presence = Presence> {
  readonly presence: Kind;
  /** Checks a value. @throws OptionError naming `where` */
  readonly check: (where: string, value: unknown) => Out;
  /** Value if the option is not given; a function computes it from the other options. */
  readonly fallback?: Fallback<In>;
  /** Exists only for the type checker. */
  readonly given?: In;
}

/** Options by name, in the order in which they are kept. */
// biome-ignore lint/suspicious/noExplicitAny: an option of any type
export type OptionTable = Readonly<Record<string, Option<any, any>>>;

type In<O> = O extends { readonly given?: infer I } ? I : never;
type Out<O> = O extends { readonly check: (where: string, value: unknown) => infer U } ? U : never;
type Are<T, Kind extends Presence, K extends keyof T> = T[K] extends { presence: Kind } ? K : never;

/** Options as callers give them. */
export type Given<T> = { -readonly [K in keyof T as Are<T, "needed", K>]: In<T[K]> } & {
  -readonly [K in keyof T as Are<T, "default" | "optional", K>]?: In<T[K]>;
};

/** Options after checking, with defaults filled in. */
export type Kept<T> = { readonly [K in keyof T as Are<T, "needed" | "default", K>]: Out<T[K]> } & {
  readonly [K in keyof T as Are<T, "optional", K>]?: Out<T[K]>;
};

/** Plain data: a type, and all its options. */
export type Spec<Type extends string, T> = { readonly type: Type } & Kept<T>;

/** An option read by `check`. Callers must give it if there is no fallback. */
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

/** Any value of a type; the user of the option checks it. */
export function unchecked<T>(): Option<T, T, "needed">;
export function unchecked<T>(fallback: Fallback<T>): Option<T, T, "default">;
// @__NO_SIDE_EFFECTS__
export function unchecked<T>(...fallback: [] | [Fallback<T>]): Option<T, T> {
  return via<T, T>((_, value) => value as T, ...(fallback as [Fallback<T>]));
}

/** The same option, but it may be omitted; then nothing is kept. */
// @__NO_SIDE_EFFECTS__
export function optional<In, Out>({ check }: Option<In, Out, "needed">): Option<In, Out, "optional"> {
  return { presence: "optional", check };
}

/** The same option, but it may also be `null`, which is the default. */
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

/** A function; `fallback` returns the default. */
export function func<F extends (...args: never[]) => unknown>(): Option<F, F, "needed">;
export function func<F extends (...args: never[]) => unknown>(fallback: () => F): Option<F, F, "default">;
// @__NO_SIDE_EFFECTS__
export function func<F extends (...args: never[]) => unknown>(...fallback: [] | [() => F]): Option<F, F> {
  return via<F, F>(checkFunction<F>, ...(fallback as [() => F]));
}

/** A list whose items follow another option; `expected` describes it in messages. A copy is kept. */
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
 * Reads options by their table: refuses unknown options, checks those that are given, and fills in defaults.
 * @param where Name of the function; messages begin with it.
 * @param args All arguments of the function. The options are the last one; more arguments are refused.
 * @param first Arguments that the function takes before its options; they are lines of the table, too.
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
  // A spread would miss inherited options.
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

/** Makes a spec of a type from the options of its factory. @throws OptionError */
export function makeSpec<Type extends string, T extends OptionTable>(
  type: Type,
  table: T,
  options: object,
  args?: ArrayLike<unknown>,
  first?: object,
): Spec<Type, T> {
  return { type, ...readOptions(type, table, options, args, first) };
}
