/**
 * `fit` and `trainOnBatch`, from the caller's arguments to steps that can be taken: prepares the data, and opens a
 * session and its parts. The loop itself is in `training/fit.ts`.
 */

import type { Evaluation, History } from "../callbacks/logTypes.js";
import type { Data } from "../data/dataset.js";
import { exactOf } from "../data/exact.js";
import type { Pipeline } from "../data/pipeline.js";
import type { DataRows } from "../data/rows.js";
import { heldRows, isInMemory } from "../data/rows.js";
import type { Stream } from "../data/stream.js";
import type { Compiled } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { lastActivation } from "../specs/layers/facts.js";
import { fuseLoss, logitsActivation } from "../specs/losses/facts.js";
import { optimizerFacts } from "../specs/optimizers/facts.js";
import type { BatchSource } from "../training/batches.js";
import { BATCH_SIZE, CHUNK_ROWS, type Expectation, Feed, fitData, RowBatches } from "../training/feed.js";
import { Fit } from "../training/fit.js";
import { type CheckedFit, checkFit, type FitOptions } from "../training/options.js";
import type { FitParts, StepParts } from "../training/parts.js";
import { explained, openCollector, readLogs, takeStep } from "../training/step.js";
import { beginRun, type RunConditions } from "../training/trainingState.js";
import type { ModelCore } from "./core.js";
import { saveModel } from "./file.js";

/** @throws the errors of `Sequential.fit`. */
export async function fitModel(core: ModelCore, data: Data | Stream, options: FitOptions): Promise<History> {
  const compiled = core.checkTrainable("fit");
  const checked = checkFit(options);
  return core.whileTraining(async () => {
    try {
      const forCallbacks = await partsForCallbacks(checked);
      await warnOfLastLayer(core, compiled, checked);
      await core.state.loadUpdate();
      const prepared = await prepareData(core, compiled, data, checked);
      const fit = await openFit(core, compiled, checked, prepared, forCallbacks);
      await fit.train();
      core.state.isAveraged = core.hasAverages(compiled);
      return await fit.end();
    } finally {
      core.training.end();
    }
  });
}

/** Checks the callbacks, and loads what they need; `null` without any. @throws OptionError */
async function partsForCallbacks({ callbacks = [], verbose }: CheckedFit) {
  if (Array.isArray(callbacks ?? []) && !callbacks?.length && verbose === 0) return null;
  const parts = await import("../training/trainer.js");
  parts.resolveCallbacks(callbacks ?? []);
  return parts;
}

/** Warns of a cross-entropy after a layer that does not give probabilities. */
async function warnOfLastLayer({ layers }: ModelCore, { loss }: Compiled, { onWarning }: CheckedFit): Promise<void> {
  if (!logitsActivation(loss) || fuseLoss(loss, lastActivation(layers[layers.length - 1].spec)).link.type !== "linear")
    return;
  const { doubtOf } = await import("../program/lastLayer.js");
  const doubt = doubtOf(layers, loss);
  if (doubt) await onWarning(`fit: ${doubt.message}. ${doubt.remedy}.`);
}

/** Data that fit the model. */
interface Prepared {
  readonly conditions: RunConditions;
  /** Rows per step; for a stream, the number known before it is read. */
  readonly batchRows: number;
  readonly validation: DataRows | Pipeline<unknown> | null;
  readonly openSource: (session: Session) => BatchSource;
}

/** Rows or a stream, cut for validation, weighted by class. @throws OptionError, ShapeError, DataError */
async function prepareData(
  core: ModelCore,
  compiled: Compiled,
  data: Data | Stream,
  options: CheckedFit,
): Promise<Prepared> {
  const { batchSize: given, shuffle = true, stepsPerEpoch = null, classWeight } = options;
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
    const source = prepareStream(data, options, expectation, program);
    const conditions = { batchSize: null, rows: null, shuffle: null, stepsPerEpoch };
    return { conditions, batchRows: given ?? BATCH_SIZE, validation, openSource: () => source };
  }
  const all = fitData("fit", data, expectation);
  const [dataset, held] = await cut(all, options, expectation, seed);
  const weighs = classWeight !== undefined || dataset.sampleWeight || compiled.loss.ignoreClass != null;
  const weights = weighs
    ? (await import("../training/rowWeights.js")).rowWeights(dataset, classWeight, expectation)
    : null;
  if (exactOf(heldRows(dataset).x)) {
    await (await import("../training/merged.js")).warnOfMerged("fit", dataset, options.onWarning);
  }
  const batchSize = given ?? (minimizer ? dataset.length : BATCH_SIZE);
  if (minimizer) (await import("../training/lbfgs/step.js")).checkBatch(minimizer, dataset.length, batchSize);
  const batchRows = Math.min(batchSize, dataset.length);
  return {
    conditions: { batchSize, rows: dataset.length, shuffle, stepsPerEpoch },
    batchRows,
    validation: held ?? validation,
    openSource: (session) => {
      const feed = new Feed(session, core.state.program, dataset, weights);
      return new RowBatches(feed, { batchSize: batchRows, shuffle, seed });
    },
  };
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

/** The fit, ready to train. */
async function openFit(
  core: ModelCore,
  compiled: Compiled,
  options: CheckedFit,
  { conditions, batchRows, validation, openSource }: Prepared,
  forCallbacks: Awaited<ReturnType<typeof partsForCallbacks>>,
): Promise<Fit> {
  const { state, training } = core;
  const { epochs, signal = null, stepsPerEpoch = null, validationBatchSize, initialEpoch, validationFreq } = options;
  const run = options.resume
    ? (await import("../training/resume.js")).resumedRun(training, conditions)
    : beginRun(conditions, initialEpoch, training.progress.epoch);
  const callbacks = [...(options.callbacks ?? [])];
  if (options.verbose > 0) callbacks.push((await import("../callbacks/verbose.js")).verboseProgress());
  const forValidation = validation && (await import("./evaluate.js"));
  const rows = conditions.rows ?? CHUNK_ROWS;
  const validationRows = validation && "length" in validation ? validation.length : CHUNK_ROWS;
  const forSteps = await openStepParts(core, "fit", compiled, {
    rows: batchRows,
    collected: rows,
    // A stream may have fewer rows than a batch: the session grows as batches arrive.
    capacity: Math.max(Math.min(batchRows, rows), Math.min(validationBatchSize ?? 0, validationRows)),
  });
  const source = openSource(forSteps.session);
  const validate = validation && forValidation ? forValidation.openValidation(core, validation, options) : null;
  const fit = new Fit({ ...forSteps, host: core, source, epochs, stepsPerEpoch, callbacks, validate, signal }, run);
  training.begin(fit);
  forCallbacks?.openAudience(fit, {
    state,
    initialEpoch,
    validationFreq: validation && validationFreq,
    save: () => saveModel(core),
    resumeFrom: async (file) => (await import("./loadModel.js")).resumeFrom(core, file),
  });
  return fit;
}

/** Loads and opens the parts for steps of up to `rows` rows, with room for `collected` rows of an epoch. */
async function openStepParts(
  core: ModelCore,
  where: string,
  compiled: Compiled,
  { rows, collected = rows, capacity = rows }: { rows: number; collected?: number; capacity?: number },
): Promise<StepParts & Pick<FitParts, "average">> {
  const { state, training, progress } = core;
  await core.readyFor(rows);
  const { program } = state;
  const collector = await openCollector(program, collected);
  const lbfgs = program.minimizer ? await import("../training/lbfgs/step.js") : null;
  core.checkUsable(where);
  state.isAveraged = false;
  const session = state.open(capacity, "train");
  const average = optimizerFacts(compiled.optimizer).evaluatesAverages
    ? (use: boolean) => {
        state.isAveraged = use && core.hasAverages(compiled);
      }
    : null;
  const minimize = lbfgs?.openMinimizer(training, program, compiled) ?? null;
  return { session, program, compiled, progress, collector, minimize, average };
}

/** @throws the errors of `Sequential.trainOnBatch`. */
export async function stepOnBatch(core: ModelCore, data: Data): Promise<Evaluation> {
  core.checkTrainable("trainOnBatch");
  const { compiled, dataset } = core.check("trainOnBatch", data);
  const rows = dataset.length;
  return core.whileTraining(async () => {
    const parts = await openStepParts(core, "trainOnBatch", compiled, { rows });
    const { session, program, collector } = parts;
    new Feed(session, program, dataset).write(null, 0, rows);
    session.resetSums();
    try {
      takeStep(parts, rows, { epoch: 0, step: 0 });
    } catch (thrown) {
      throw await explained(thrown, () => core.checkUsable("trainOnBatch"));
    }
    parts.average?.(true);
    return readLogs(session, compiled, rows, collector) as Evaluation;
  });
}
