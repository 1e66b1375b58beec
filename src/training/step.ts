/** One training step: taking it, the sums over steps, and the handling of a refused one. */

import { NonFiniteError } from "../base/errors.js";
import type { Status } from "../plan/op.js";
import type { Compiled, Program } from "../program/types.js";
import { finishSum } from "../specs/metrics/metric.js";
import { isSummed } from "../specs/metrics/table.js";
import { learningRateAt } from "../specs/schedules/learningRate.js";
import type { Collector } from "./collector.js";
import type { Refusal, RefusedPosition } from "./diagnose.js";
import type { Judge } from "./judge.js";
import type { StepParts } from "./parts.js";
import type { Progress } from "./trainingState.js";

/** Optimizer steps taken in the first `step` batches since `compile`. */
export function updatesTaken({ optimizer }: Compiled, step: number): number {
  const { gradientAccumulationSteps } = optimizer;
  return gradientAccumulationSteps === 1 ? step : Math.floor(step / gradientAccumulationSteps);
}

/** The rate of the next step, in epoch `epoch`. @throws OptionError if a function returns an invalid rate. */
export function nextLearningRate(compiled: Compiled, progress: Progress, epoch: number): number {
  return rateAfter(updatesTaken(compiled, progress.step), compiled, progress, epoch);
}

/** The rate after `updates` updates. Most rates are plain numbers, which need no call. */
function rateAfter(updates: number, { optimizer }: Compiled, progress: Progress, epoch: number): number {
  if (progress.learningRate !== null) return progress.learningRate;
  const { learningRate } = optimizer;
  return typeof learningRate === "number" ? learningRate : learningRateAt(learningRate, updates, epoch);
}

/**
 * One optimizer step on the `rows` rows that were written; `at` is its place in the run. Returns true if a
 * minimum was found, from which there is no lower point. Allocates nothing but the box of the learning rate.
 * @throws RefusedStep if a number would become infinite or NaN; then the step is not taken.
 */
export function takeStep(
  parts: StepParts,
  rows: number,
  at: { readonly epoch: number; readonly step: number },
): boolean {
  const { session, compiled, progress, collector, minimize } = parts;
  const updates = updatesTaken(compiled, progress.step);
  const learningRate = rateAfter(updates, compiled, progress, at.epoch);
  const lossBefore = minimize ? session.lossSum : 0;
  const batch = progress.step + 1;
  const isUpdate = updatesTaken(compiled, batch) > updates;
  session.step = updates + 1;
  session.batch = batch;
  session.learningRate = learningRate;
  session.run(isUpdate ? "train" : "accumulate");
  if (session.status) throw new RefusedStep(parts, { epoch: at.epoch, step: at.step, rows, learningRate });
  collector?.add(session, "train", rows);
  progress.step = batch;
  if (!minimize) return false;
  return minimize(session, { loss: (session.lossSum - lossBefore) / rows, rows, learningRate });
}

/** A collector for about `rows` rows; `null` if the program does not collect. */
export async function openCollector({ training }: Program, rows: number): Promise<Collector | null> {
  if (!training?.collected) return null;
  const { Collector } = await import("./collector.js");
  return new Collector(training, training.collected.train.shape[0], rows);
}

/** Gives sums over rows: of the weighted losses, then of each summed metric. Implemented by sessions. */
export interface Sums {
  sum(slot: number): number;
}

/** Loss and metrics of `rows` rows: means of sums, and metrics of the collected rows. */
export function readLogs(sums: Sums, compiled: Compiled, rows: number, judge: Judge | null): Record<string, number> {
  const { loss, metrics } = compiled;
  const mean = sums.sum(0) / rows;
  if (metrics.length === 0) return { loss: mean };
  const counted = loss.ignoreClass == null ? rows : sums.sum(1 + metrics.filter(isSummed).length);
  let slot = 1;
  const values = metrics.map((spec): [string, number] => [
    spec.name,
    isSummed(spec) ? finishSum(spec, sums.sum(slot++) / counted) : (judge?.metric(spec, compiled) ?? NaN),
  ]);
  // Any string may be a name: assigned, "__proto__" would not be an entry.
  return Object.fromEntries([["loss", mean], ...values]);
}

/**
 * Thrown by a step that set a status. Holds the values that others may overwrite before the cause is found. `explained`
 * turns it into an error before it leaves the model.
 */
export class RefusedStep implements Refusal {
  readonly status: Status;
  readonly x: Float32Array;

  constructor(
    readonly parts: StepParts,
    readonly position: RefusedPosition,
  ) {
    const { session, program } = parts;
    this.status = session.status;
    this.x = session.read(program.x, position.rows);
    session.resetSums(); // and the status, at which the next run would stop
  }
}

/**
 * The error to report for one that a step threw. The search for the cause is loaded when a step fails.
 * @param checkAlive Throws if the model was disposed of meanwhile.
 */
export async function explained(error: unknown, checkAlive = () => {}): Promise<unknown> {
  if (!(error instanceof RefusedStep)) return error;
  const found = await import("./diagnose.js").catch(() => null);
  checkAlive();
  if (found) return found.diagnose(error);
  const { epoch, step } = error.position;
  const details = { epoch, step, tensor: "loss", cause: "unknown" };
  return new NonFiniteError(`fit: epoch ${epoch}, step ${step}: the step is not finite.`, details);
}
