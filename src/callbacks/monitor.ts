/** Watches one number of the logs: the part shared by callbacks that compare epochs. */

import { OptionError, show } from "../base/errors.js";
import { type Given, type Kept, oneOf, via } from "../base/options.js";
import { isLargerBetter } from "../specs/metrics/better.js";
import type { Trainer } from "./callback.js";
import { didYouMeanLog, logNamesOf } from "./logNames.js";
import type { Logs, MonitorName } from "./logTypes.js";

/** The direction that is better: down, up, or as the definition of the metric says. */
export type MonitorMode = "auto" | "min" | "max";

/** Options that every such callback has. */
export const monitorOptions = {
  /** The number to watch. If it is one of validation, epochs without validation are skipped. @default "valLoss" */
  monitor: via<MonitorName, string>(checkLogName, "valLoss"),
  /**
   * The direction that is better. `auto` takes it from the metric, whatever its name: more recall is better, and less
   * loss or error. For a number that your own callback adds to the logs, give "min" or "max". @default "auto"
   */
  mode: oneOf<MonitorMode>(["auto", "min", "max"], "auto"),
};

/** Options that every such callback has. */
export interface MonitorOptions extends Given<typeof monitorOptions> {}

function checkLogName(where: string, name: unknown): string {
  if (typeof name === "string") return name;
  throw new OptionError(`${where}: expected a name, got ${show(name)}.`);
}

/** The period that logs cover. */
export type Moment = "epoch" | "step";

/** One watched number. */
export interface Monitor {
  /** Called in `onTrainBegin`. @throws OptionError if the logs will not have the number. */
  begin(trainer: Trainer): void;
  /** True if `value` is better than `best` by more than `minDelta`; every number is better than `null`. */
  improves(value: number, best: number | null): boolean;
  /** `null` for an epoch that was not validated. @throws OptionError if the logs lack the number. */
  read(logs: Logs<string>): number | null;
}

/** @param options Options as read by their table. @param moment The period that the logs cover. */
export function openMonitor(
  where: string,
  { monitor: name, mode, minDelta = 0 }: Kept<typeof monitorOptions> & { readonly minDelta?: number },
  moment: Moment = "epoch",
): Monitor {
  let sign = mode === "max" ? -1 : 1;
  /** True if `fit` itself puts the number into the logs. */
  let isExpected = false;
  let twins: string[] = [];
  let validates = false;

  function missing(present: readonly string[]): OptionError {
    const isOfValidation = name.startsWith("val") && didYouMeanLog(name, twins) !== "";
    let hint = twins.includes(name) ? "" : didYouMeanLog(name, [...present, ...twins]);
    if (isOfValidation && moment === "step") {
      hint += ' There is no validation after a step: use saveFreq: "epoch", or monitor: "loss".';
    } else if (isOfValidation && !validates) {
      hint += " Give fit validationData or validationSplit; validationFreq must name an epoch of this fit.";
    } else if (mode === "auto") {
      hint += ' For a number that a callback of yours adds to the logs, give mode: "max" or mode: "min".';
    }
    return new OptionError(
      `${where}: monitor: nothing is called ${show(name)}; there is ${present.join(", ")}.${hint}`,
    );
  }

  return {
    begin(trainer) {
      const { own, validation } = logNamesOf(trainer);
      const areLarger = [false, ...trainer.metrics.map(isLargerBetter)];
      twins = validation;
      validates = isEverValidated(trainer);
      const names = validates && moment === "epoch" ? [...own, ...twins] : own;
      const place = names.indexOf(name);
      isExpected = place >= 0;
      if (mode !== "auto") return;
      if (!isExpected) throw missing(names);
      const isLarger = areLarger[place % own.length];
      if (isLarger === null) {
        throw new OptionError(
          `${where}: mode: ${show(name)} is a metric of yours that does not say which way is better. ` +
            'Give mode: "max" or mode: "min", here or in customMetric.',
        );
      }
      sign = isLarger ? -1 : 1;
    },
    improves: (value, best) => sign * value < (best === null ? Infinity : sign * best - minDelta),
    read(logs) {
      if (Object.hasOwn(logs, name) && typeof logs[name] === "number") return logs[name];
      if (isExpected) return null;
      throw missing(Object.keys(logs));
    },
  };
}

/** True if an epoch of the fit is validated, or if there is no epoch. */
function isEverValidated({ validationFreq, initialEpoch, epochs }: Trainer): boolean {
  if (validationFreq === null) return false;
  if (initialEpoch >= epochs) return true;
  if (typeof validationFreq !== "number")
    return validationFreq.some((epoch) => epoch > initialEpoch && epoch <= epochs);
  return Math.floor(epochs / validationFreq) > Math.floor(initialEpoch / validationFreq);
}

/** JSON has no infinity. */
export function toStored(best: number | null): number | null {
  return Number.isFinite(best) ? best : null;
}
