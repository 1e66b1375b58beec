/**
 * Steps of transformers that hold others: their names, and what makes them. Knows names, not transformers of any kind.
 */
import { OptionError, show } from "../../base/errors.js";
import { distinctNames } from "../distinctNames.js";
import { plainCopy } from "./json.js";
import type { Transformer, TransformerConfig } from "./transformer.js";

/** Something with its name. */
export type Step<T> = readonly [name: string, step: T];

/** A step as a caller gives it: with a name of its own, or named by its type. */
export type NamedStep<T> = T | Step<T>;

/** Makes transformers of every type, those that hold others among them. */
export interface Maker {
  /** A transformer that has learned nothing. @throws OptionError */
  make(where: string, config: TransformerConfig): Transformer;
  /** Reads the output of any transformer's `toJSON`. @throws FormatError */
  read(where: string, json: unknown): Transformer;
}

/**
 * A name for each step: that which was given, else that of its type, with a number where it is there already.
 * @throws OptionError for names that are not different, are empty or have a dot.
 */
export function nameSteps(where: string, steps: readonly { name: string | null; type: string }[]): string[] {
  const given = steps.flatMap(({ name }) => (name === null ? [] : [name]));
  for (const [i, name] of given.entries()) {
    if (name === "" || name.includes(".")) {
      throw new OptionError(`${where}: expected a name without dots, got ${show(name)}.`);
    }
    if (given.indexOf(name) < i) throw new OptionError(`${where}: expected different names, got ${show(name)} twice.`);
  }
  const types = steps.flatMap(({ name, type }) => (name === null ? [type] : []));
  const made = distinctNames([...given, ...types]).slice(given.length);
  return steps.map(({ name }) => name ?? (made.shift() as string));
}

/** Splits a step into its name, if it has one, and itself. @throws OptionError for a pair of anything else. */
export function splitStep<T>(where: string, step: NamedStep<T>): { name: string | null; step: T } {
  if (!Array.isArray(step)) return { name: null, step: step as T };
  if (step.length === 2 && typeof step[0] === "string") return { name: step[0], step: step[1] as T };
  throw new OptionError(`${where}: expected a step or [name, step], got ${show(step)}.`);
}

/** A copy of the step of that name, which the caller may change. @throws OptionError for another name. */
export function copyStep(where: string, name: string, steps: readonly Step<Transformer>[], maker: Maker): Transformer {
  const found = steps.find(([own]) => own === name)?.[1];
  if (found) return maker.read(where, plainCopy(found.toJSON()));
  const known = steps.map(([own]) => show(own));
  throw new OptionError(`${where}: no step is called ${show(name)}. Known: ${known.join(", ")}.`);
}
