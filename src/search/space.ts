/** Search spaces: lists and distributions of option values, drawn by seed. Knows no models. */
import { checkArguments, checkKeys, checkNumber, located, OptionError, show } from "../base/errors.js";
import { exp, log } from "../base/math.js";
import type { Random } from "../base/random.js";
import type { MLPClassifierOptions, MLPRegressorOptions } from "../estimators/options.js";

/** Distribution of one option; plain data. */
export type Distribution<T = unknown> =
  | { readonly type: "choice"; readonly values: readonly T[] }
  | { readonly type: "uniform" | "logUniform" | "integer"; readonly low: number; readonly high: number };

/** A search has at most this many candidates. */
export const MOST_CANDIDATES = 1e6;

/** Options that can be searched: all except those that cannot be sent to a worker. */
type Searchable = Required<
  Omit<MLPClassifierOptions & MLPRegressorOptions, "callbacks" | "signal" | "onWarning" | "wasm">
>;

/**
 * Options of the steps of a pipeline, such as `"standardScaler.withMean"`, and steps, such as `"steps.standardScaler"`.
 */
type StepPath = `${string}.${string}`;

/**
 * Values of each option, tried in all combinations. Of a pipeline also options of its steps, as in
 * `"standardScaler.withMean": [true, false]`, and other steps, as in
 * `"steps.standardScaler": [standardScaler(), robustScaler()]`.
 */
export type Grid = { readonly [Name in keyof Searchable]?: readonly Searchable[Name][] } & {
  readonly [path: StepPath]: readonly unknown[];
};

/** Values or a distribution of each option. */
export type Space = {
  readonly [Name in keyof Searchable]?: readonly Searchable[Name][] | Distribution<Searchable[Name]>;
} & { readonly [path: StepPath]: readonly unknown[] | Distribution };

/** Options of an estimator, as plain data. */
export type Candidate = Readonly<Record<string, unknown>>;

/** One of the values, all equally likely. @throws OptionError for no values. */
export function choice<T>(values: readonly T[]): Distribution<T> {
  checkArguments("choice", arguments, 1);
  return { type: "choice", values: checkValues("choice", values) as T[] };
}

/** A number in [low, high). @throws OptionError unless low < high. */
export function uniform(low: number, high: number): Distribution<number> {
  checkArguments("uniform", arguments, 2);
  return { type: "uniform", ...checkBounds("uniform", low, high) };
}

/**
 * A number in [low, high) whose logarithm is uniform: for learning rates and penalties. @throws OptionError unless 0 <
 * low < high.
 */
export function logUniform(low: number, high: number): Distribution<number> {
  checkArguments("logUniform", arguments, 2);
  checkNumber("logUniform: low", low, { above: 0 });
  return { type: "logUniform", ...checkBounds("logUniform", low, high) };
}

/** An integer from low to high, both included. @throws OptionError unless low < high are integers. */
export function integer(low: number, high: number): Distribution<number> {
  checkArguments("integer", arguments, 2);
  const whole = { min: -(2 ** 31), max: 2 ** 31, integer: true };
  checkNumber("integer: low", low, whole);
  checkNumber("integer: high", high, whole);
  return { type: "integer", ...checkBounds("integer", low, high) };
}

function checkBounds(where: string, low: number, high: number): { low: number; high: number } {
  checkNumber(`${where}: low`, low);
  checkNumber(`${where}: high`, high, { above: low });
  return { low, high };
}

function checkValues(where: string, values: unknown): readonly unknown[] {
  if (Array.isArray(values) && values.length > 0) return values;
  throw new OptionError(`${where}: expected a list with at least one value, got ${show(values)}.`);
}

/** The options to try, by name. @throws OptionError for anything but an object with at least one. */
export function entriesOf(where: string, space: unknown): [string, unknown][] {
  if (typeof space !== "object" || space === null || Array.isArray(space) || Object.keys(space).length === 0) {
    throw new OptionError(`${where}: expected options to try, such as { alpha: [1e-4, 1e-2] }, got ${show(space)}.`);
  }
  return Object.entries(space);
}

/** Every combination of the values; the last option varies fastest. @throws OptionError */
export function combinations(where: string, grid: unknown): Candidate[] {
  const lists = entriesOf(where, grid).map(
    ([name, values]) => [name, checkValues(`${where}: ${name}`, values)] as const,
  );
  const count = lists.reduce((product, [, { length }]) => product * length, 1);
  if (count > MOST_CANDIDATES) {
    const most = `expected at most ${MOST_CANDIDATES} combinations`;
    throw new OptionError(`${where}: ${most}, got ${count}. Give fewer values, or draw some with randomSearch.`);
  }
  return lists.reduce<Candidate[]>(
    (found, [name, values]) => found.flatMap((candidate) => values.map((value) => ({ ...candidate, [name]: value }))),
    [{}],
  );
}

/** `count` draws of each option, in their order. @throws OptionError for anything but a list or a distribution. */
export function draws(where: string, space: unknown, count: number, random: Random): Candidate[] {
  const distributions = entriesOf(where, space).map(
    ([name, given]) => [name, checkDistribution(`${where}: ${name}`, given)] as const,
  );
  return Array.from({ length: count }, () =>
    Object.fromEntries(distributions.map(([name, distribution]) => [name, drawOne(distribution, random)])),
  );
}

function checkDistribution(where: string, given: unknown): Distribution {
  if (Array.isArray(given)) return choice(checkValues(where, given));
  const distribution = (given ?? {}) as Distribution;
  switch (distribution.type) {
    case "choice":
      checkKeys(where, distribution, ["type", "values"]);
      checkValues(where, distribution.values);
      return distribution;
    case "uniform":
    case "logUniform":
    case "integer":
      checkKeys(where, distribution, ["type", "low", "high"]);
      located(where, () => RANGES[distribution.type](distribution.low, distribution.high));
      return distribution;
    default:
      throw new OptionError(
        `${where}: expected a list, choice(), uniform(), logUniform() or integer(), got ${show(given)}.`,
      );
  }
}

const RANGES = { uniform, logUniform, integer };

function drawOne(distribution: Distribution, random: Random): unknown {
  switch (distribution.type) {
    case "choice":
      return distribution.values[random.integerBelow(distribution.values.length)];
    case "uniform":
      return random.uniformBetween(distribution.low, distribution.high);
    case "logUniform":
      return exp(random.uniformBetween(log(distribution.low), log(distribution.high)));
    case "integer":
      return distribution.low + random.integerBelow(distribution.high - distribution.low + 1);
    default:
      return distribution satisfies never;
  }
}
