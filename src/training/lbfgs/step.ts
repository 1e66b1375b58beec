/** An L-BFGS step of a model: its weights are the point; a session gives loss and gradients. Loaded when first used. */

import { OptionError } from "../../base/errors.js";
import type { Compiled, Program } from "../../program/types.js";
import type { Minimize } from "../parts.js";
import type { TrainingState } from "../trainingState.js";
import { memoryIn } from "./memory.js";
import { Minimizer, type Point } from "./minimizer.js";

/** @throws OptionError unless all rows are in one batch. */
export function checkBatch(minimizer: string, rows: number, batchSize: number): void {
  if (batchSize >= rows) return;
  throw new OptionError(
    `fit: batchSize: ${minimizer} needs all ${rows} rows in one batch, got ${batchSize}. Leave it out.`,
  );
}

/**
 * Up to `maxIterations` iterations in each step, with the memory of earlier ones. The sums stay unchanged.
 * @throws OptionError for another reduction than the mean
 */
export function openMinimizer(training: TrainingState, program: Program, compiled: Compiled): Minimize {
  const { reduction = "mean" } = compiled.loss;
  if (reduction !== "mean") {
    throw new OptionError(
      `fit: ${program.minimizer} moves by the mean loss, whose minimum is that of the sum: compile the loss without ` +
        `reduction, got "${reduction}".`,
    );
  }
  const { pairs, spec } = memoryIn(training, program, compiled);
  return (session, { loss, rows, learningRate }) => {
    const place: Point<Float32Array> = {
      x: session.readSlab("params"),
      gradient: session.readSlab("grads"),
      value: loss,
    };
    const sums = session.readSums();
    const evaluate = (x: Float32Array, gradient: Float32Array): number => {
      session.writeSlab("params", x);
      session.resetSums();
      session.run("accumulate");
      gradient.set(session.readSlab("grads"));
      return session.status === 0 && gradient.every(Number.isFinite) ? session.lossSum / rows : Infinity;
    };
    const minimizer = new Minimizer({ evaluate }, place, spec, pairs);
    let isMinimum = false;
    for (let i = 0; i < spec.maxIterations && !isMinimum; i++) isMinimum = minimizer.iterate(place, learningRate);
    session.writeSlab("params", place.x);
    session.resetSums();
    session.writeSums(sums);
    return isMinimum;
  };
}
