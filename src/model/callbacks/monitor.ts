/** Watching one number of the logs: what callbacks that compare epochs have in common. */
import { checkName, checkNumber, OptionError, show } from "../../errors.js";
import { isLargerBetter } from "../../metrics/metric.js";
import type { Logs } from "./callback.js";

/** Is less better, or more? `auto` knows the metrics: more accuracy, less error. */
export type MonitorMode = "auto" | "min" | "max";

/** Options that every such callback has. */
export interface MonitorOptions {
  /** The number to watch. @default "valLoss" */
  monitor?: string;
  /** Is less better, or more? `auto` knows the metrics: more accuracy, less error. @default "auto" */
  mode?: MonitorMode;
}

/** One watched number. */
export interface Monitor {
  readonly name: string;
  /** Worse than every number. */
  readonly worst: number;
  /** Is `value` better than `best` by more than `minDelta`? */
  improves(value: number, best: number): boolean;
  /** @throws OptionError where the logs have no such number. */
  read(logs: Logs): number;
}

/** @throws OptionError */
export function openMonitor(where: string, options: MonitorOptions & { minDelta?: number | undefined }): Monitor {
  const { monitor: name = "valLoss", mode = "auto" } = options;
  if (typeof name !== "string") throw new OptionError(`${where}: monitor: expected a name, got ${show(name)}.`);
  checkName(`${where}: mode`, mode, ["auto", "min", "max"]);
  const minDelta = checkNumber(`${where}: minDelta`, options.minDelta ?? 0, { min: 0 });
  const sign = mode === "max" || (mode === "auto" && isLargerBetter(name)) ? -1 : 1;
  return {
    name,
    worst: sign * Infinity,
    improves: (value, best) => sign * value < sign * best - minDelta,
    read(logs) {
      const value = logs[name];
      if (typeof value === "number") return value;
      const names = Object.keys(logs).join(", ");
      throw new OptionError(
        `${where}: monitor: nothing is called "${name}"; there is ${names}.` +
          (name.startsWith("val") ? ` Give fit validationData or validationSplit.` : ""),
      );
    },
  };
}

/** Infinity is not JSON; before the first epoch nothing is best. */
export function toStored(best: number): number | null {
  return Number.isFinite(best) ? best : null;
}
