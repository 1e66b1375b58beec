/** Names of the numbers that a fit puts into its logs by itself, and their aliases. */
import { didYouMean } from "../base/errors.js";
import { validationName } from "../specs/metrics/metric.js";
import type { Trainer } from "./callback.js";

/** Short names of metrics in other libraries. */
const SHORT = { acc: "accuracy", mse: "meanSquaredError", mae: "meanAbsoluteError", rmse: "rootMeanSquaredError" };

/** `loss` and the metrics, and their twins on the validation data, even if there is none. */
export function logNamesOf({ metrics }: Pick<Trainer, "metrics">): { own: string[]; validation: string[] } {
  const own = ["loss", ...metrics.map(({ name }) => name)];
  return { own, validation: own.map(validationName) };
}

/**
 * ` Did you mean "valAccuracy"?` of `val_acc`, and the other way round for a metric that was given as "acc"; nothing if
 * no known name is near.
 */
export function didYouMeanLog(name: string, known: readonly string[]): string {
  const aliases = Object.entries(SHORT)
    .flatMap(([short, long]) => [
      [short, long],
      [validationName(short), validationName(long)],
    ])
    .flatMap(([short, long]) => [
      [short, long],
      [long, short],
    ]);
  return didYouMean(name, known, Object.fromEntries(aliases.filter(([, other]) => known.includes(other))));
}
