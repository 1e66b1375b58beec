/**
 * `fit` with whatever a call may have: all options, streams, validation, weights, callbacks, resuming, warnings, and the
 * refusal in words of options and data. Loaded with the first call that has any of it.
 */

import type { Data } from "../data/dataset.js";
import { exactOf } from "../data/exact.js";
import type { OnWarning } from "../data/onWarning.js";
import type { Pipeline } from "../data/pipeline.js";
import { isInMemory } from "../data/readArrays.js";
import { type DataRows, heldRows } from "../data/rows.js";
import type { Stream } from "../data/stream.js";
import type { Compiled } from "../program/types.js";
import { BATCH_SIZE, CHUNK_ROWS, type Expectation } from "../training/feed.js";
import type { Fit } from "../training/fit.js";
import { fitData } from "../training/fitData.js";
import { type CheckedFit, checkFit, type FitOptions } from "../training/options.js";
import { beginRun } from "../training/trainingState.js";
import { whileUsable } from "../training/whileUsable.js";
import type { ModelCore } from "./core.js";
import { saveModel } from "./file.js";
import { batchesOf, type FitPlan, isDoubtful, openFit } from "./openFit.js";

/** The fit, ready to train. @throws the errors of `Sequential.fit`. */
export async function openFullFit(
  core: ModelCore,
  compiled: Compiled,
  data: Data | Stream,
  given: FitOptions,
): Promise<Fit> {
  const checked = checkFit(given);
  const onWarning: OnWarning = (message) => whileUsable(core, "fit", checked.onWarning(message));
  const options = { ...checked, onWarning };
  const { state, training } = core;
  const { epochs, signal = null, stepsPerEpoch = null, validationBatchSize, initialEpoch, validationFreq } = options;
  const forCallbacks = await partsForCallbacks(options);
  await warnOfLastLayer(core, compiled, options);
  const { validation, ...prepared } = await prepareData(core, compiled, data, options);
  const conditions = { ...prepared.conditions, stepsPerEpoch };
  const run = options.resume
    ? (await import("../training/resume.js")).resumedRun(training, conditions)
    : beginRun(conditions, initialEpoch, training.progress.epoch);
  const callbacks = [...(options.callbacks ?? [])];
  if (options.verbose > 0) callbacks.push((await import("../callbacks/verbose.js")).verboseProgress());
  const forValidation = validation && (await import("./evaluate.js"));
  const rows = conditions.rows ?? CHUNK_ROWS;
  const validationRows = validation && "length" in validation ? validation.length : CHUNK_ROWS;
  const fit = await openFit(core, compiled, {
    ...{ ...prepared, conditions, run, epochs, stepsPerEpoch, callbacks, signal, collected: rows },
    // A stream may have fewer rows than a batch: the session grows as batches arrive.
    capacity: Math.max(Math.min(prepared.batchRows, rows), Math.min(validationBatchSize ?? 0, validationRows)),
    openValidation: () =>
      validation && forValidation ? forValidation.openValidation(core, validation, options) : null,
  });
  forCallbacks?.openAudience(fit, {
    state,
    initialEpoch,
    validationFreq: validation && validationFreq,
    save: () => saveModel(core),
    resumeFrom: async (file) => (await import("./loadModel.js")).resumeFrom(core, file),
  });
  return fit;
}

/** Checks the callbacks, and loads what they need; `null` without any. @throws OptionError */
async function partsForCallbacks({ callbacks = [], verbose }: CheckedFit) {
  if (Array.isArray(callbacks ?? []) && !callbacks?.length && verbose === 0) return null;
  const parts = await import("../training/trainer.js");
  parts.resolveCallbacks(callbacks ?? []);
  return parts;
}

/** Warns of a cross-entropy after a layer that does not give probabilities. */
async function warnOfLastLayer(core: ModelCore, compiled: Compiled, { onWarning }: CheckedFit): Promise<void> {
  if (!isDoubtful(core, compiled)) return;
  const { doubtOf } = await import("../program/lastLayer.js");
  const doubt = doubtOf(core.layers, compiled.loss);
  if (doubt) await onWarning(`fit: ${doubt.message}. ${doubt.remedy}.`);
}

/** Data that fit the model, with those to validate on. */
interface Prepared extends Pick<FitPlan, "conditions" | "batchRows" | "openSource"> {
  readonly validation: DataRows | Pipeline<unknown> | null;
}

/** Rows or a stream, cut for validation, weighted by class. @throws OptionError, ShapeError, DataError */
async function prepareData(
  core: ModelCore,
  compiled: Compiled,
  data: Data | Stream,
  options: CheckedFit,
): Promise<Prepared> {
  const { batchSize: given, shuffle = true, classWeight } = options;
  const { seed } = core.spec;
  const { program } = core.state;
  const { minimizer } = program;
  const expectation = core.expectation(compiled);
  const validation =
    options.validationData === undefined
      ? null
      : await (await import("./evaluate.js")).prepareValidation(options, expectation);
  if (!isInMemory(data)) {
    const { prepareStream } = await import("../training/streams.js");
    const source = prepareStream(data, options, expectation, { program, host: core });
    const conditions = { batchSize: null, rows: null, shuffle: null, stepsPerEpoch: null };
    return { conditions, batchRows: given ?? BATCH_SIZE, validation, openSource: () => source };
  }
  const all = fitData("fit", data, expectation);
  const [dataset, held] = await cut(all, options, expectation, seed);
  const weighs = classWeight !== undefined || dataset.sampleWeight || compiled.loss.ignoreClass != null;
  const weights = weighs
    ? (await import("../training/rowWeights.js")).rowWeights("fit", dataset, classWeight, expectation)
    : null;
  if (exactOf(heldRows(dataset).x)) {
    await (await import("../training/merged.js")).warnOfMerged("fit", dataset, options.onWarning);
  }
  const batchSize = given ?? (minimizer ? dataset.length : BATCH_SIZE);
  if (minimizer) (await import("../training/lbfgs/step.js")).checkBatch(minimizer, dataset.length, batchSize);
  return { ...batchesOf(core, dataset, { batchSize, shuffle, weights }), validation: held ?? validation };
}

async function cut(
  all: DataRows,
  options: CheckedFit,
  expectation: Expectation,
  seed: number,
): Promise<[dataset: DataRows, held: DataRows | null]> {
  if (options.validationSplit === 0) return [all, null];
  const { holdBack } = await import("../training/holdBack.js");
  return holdBack(all, options, expectation, seed);
}
