/** The numbers of training by name, as types: editors complete the names, and a misspelled one does not compile. */
import type { MetricName, MetricType } from "../specs/metrics/table.js";

/** The key of a number's twin on the validation data: `valLoss` of `loss`. */
type Twin<Name extends string> = `val${Capitalize<Name>}`;

/** The loss, and metrics under the names that they have by default. */
export type LogName = "loss" | MetricType | Exclude<MetricName, "customMetric">;

/** A number that a callback may watch: one of these names, its twin on the validation data, or a name of your own. */
export type MonitorName = LogName | Twin<LogName> | (string & {});

/**
 * A value for each tracked number; those that are not tracked are undefined. `Custom` lists the names given to
 * metrics.
 */
type Named<Value, Names extends string> = { [Name in Names]: Value };

/** Loss and metrics by name. */
export type Evaluation<Custom extends string = never> = Named<number, LogName | Custom>;

/** Numbers of an epoch or batch by name: `loss`, `accuracy`, `valLoss`, … */
export type Logs<Custom extends string = never> = Readonly<
  Named<number, LogName | Twin<LogName> | Custom | Twin<Custom>>
>;

/**
 * Numbers per epoch: `epoch` counts them, then `loss`, the metrics, and `val…` of each if there was validation. Numbers
 * that were not tracked are undefined. If metrics have names of their own, list them: `fit<"sensitivity">(data)`.
 */
export type History<Custom extends string = never> = Named<
  number[],
  "epoch" | LogName | Twin<LogName> | Custom | Twin<Custom>
>;

/** Numbers of an epoch, or with `every: "batch"` running means after a step. `epoch` and `step` count from 0. */
export type TrainLog<Custom extends string = never> = { epoch: number; step: number } & Logs<Custom>;
