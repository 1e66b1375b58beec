/** `fit` and `trainOnBatch`: from a model, data and options to steps that can be taken. */

import type { Evaluation, History } from "../callbacks/logTypes.js";
import type { Data } from "../data/dataset.js";
import type { Stream } from "../data/stream.js";
import type { Compiled } from "../program/types.js";
import { lastActivation } from "../specs/layers/index.js";
import { fuseLoss, logitsActivation } from "../specs/losses.js";
import { optimizerFacts } from "../specs/optimizers/index.js";
import { CHUNK_ROWS, Feed } from "../training/feed.js";
import { openCollector, readLogs } from "../training/logs.js";
import { type FitPlan, runFit, type Stepping, takeStep } from "../training/loop.js";
import { explained } from "../training/nonFinite.js";
import { type CheckedFit, checkFit, type FitOptions } from "../training/options.js";
import { openSource, type Prepared, prepareFit } from "../training/prepare.js";
import type { ModelCore } from "./core.js";
import { saveModel } from "./file.js";

/** @throws what `Sequential.fit` throws. */
export async function fitModel(core: ModelCore, data: Data | Stream, options: FitOptions): Promise<History> {
  const compiled = core.checkTrainable("fit");
  const checked = checkFit(options);
  return core.whileTraining(async () => {
    try {
      await warnOfLastLayer(core, compiled, checked);
      const prepared = await prepareFit(data, checked, core.expectation(compiled), {
        seed: core.spec.seed,
        minimizer: optimizerFacts(compiled.optimizer).minimizer,
      });
      const plan = await planFit(core, compiled, checked, prepared);
      core.training.begin(plan);
      return await runFit(plan);
    } finally {
      core.training.end();
    }
  });
}

/** Warns of a cross-entropy after a layer that does not give probabilities. */
async function warnOfLastLayer({ layers }: ModelCore, { loss }: Compiled, { onWarning }: CheckedFit): Promise<void> {
  if (!logitsActivation(loss) || fuseLoss(loss, lastActivation(layers[layers.length - 1].spec)).link.type !== "linear")
    return;
  const { doubtOf } = await import("../program/lastLayer.js");
  const doubt = doubtOf(layers, loss);
  if (doubt) onWarning(`fit: ${doubt.message}. ${doubt.remedy}.`);
}

async function planFit(core: ModelCore, compiled: Compiled, options: CheckedFit, prepared: Prepared): Promise<FitPlan> {
  const { state, training, spec } = core;
  const { epochs, signal, stepsPerEpoch, validationBatchSize } = options;
  const { batchRows, conditions } = prepared;
  const run = training.openRun(options, conditions);
  const { validation } = prepared;
  const validationRows = validation && "length" in validation ? validation.length : CHUNK_ROWS;
  const stepping = await openSteps(core, "fit", compiled, {
    rows: batchRows,
    collected: conditions.rows ?? CHUNK_ROWS,
    // A stream may have fewer rows than a batch: the session grows with what comes.
    capacity: Math.max(
      Math.min(batchRows, conditions.rows ?? CHUNK_ROWS),
      Math.min(validationBatchSize ?? 0, validationRows),
    ),
  });
  const { session, program } = stepping;
  const callbacks = [...options.callbacks];
  if (options.verbose === 1) callbacks.push((await import("../callbacks/verbose.js")).verboseProgress());
  const opened = callbacks.length > 0 ? await import("../training/trainer.js") : null;
  const plan: FitPlan = {
    ...stepping,
    enlarge: (rows) => core.enlarge(rows),
    source: openSource(prepared, { session, program, seed: spec.seed, signal }),
    epochs,
    stepsPerEpoch,
    hasBegun: false,
    resuming: null,
    run,
    callbacks,
    trainer:
      opened?.openTrainer(() => plan, {
        signal,
        epochs,
        state,
        metrics: compiled.metrics,
        initialEpoch: options.initialEpoch,
        validationFreq: prepared.validation && options.validationFreq,
        save: () => saveModel(core),
        resumeFrom: async (file) => (await import("./loadModel.js")).resumeFrom(core, file),
      }) ?? null,
    stopTraining: false,
    // Loaded only where there is something to evaluate.
    validate: validation ? (await import("./evaluate.js")).openValidation(core, validation, options) : () => null,
    signal,
    finish: () => {
      state.isAveraged = core.hasAverages(compiled);
    },
    checkAlive: () => core.checkUsable("fit"),
  };
  return plan;
}

/** What training steps of up to `rows` rows need, loaded and opened; of an epoch, `collected` rows are kept. */
async function openSteps(
  core: ModelCore,
  where: string,
  compiled: Compiled,
  { rows, collected = rows, capacity = rows }: { rows: number; collected?: number; capacity?: number },
): Promise<Stepping> {
  const { state, training, progress } = core;
  await core.addThreads(rows);
  const collector = await openCollector(state.program, collected);
  const { minimizer } = optimizerFacts(compiled.optimizer);
  const lbfgs = minimizer ? await import("../training/lbfgs/step.js") : null;
  core.checkUsable(where);
  state.isAveraged = false;
  const session = state.open(capacity, "train");
  const minimize = lbfgs?.openMinimizer(training, state.program, compiled) ?? null;
  return { session, program: state.program, compiled, collector, minimize, progress };
}

/** @throws what `Sequential.trainOnBatch` throws. */
export async function stepOnBatch(core: ModelCore, data: Data): Promise<Evaluation> {
  core.checkTrainable("trainOnBatch");
  const { compiled, dataset } = core.check("trainOnBatch", data);
  const rows = dataset.length;
  return core.whileTraining(async () => {
    const stepping = await openSteps(core, "trainOnBatch", compiled, { rows });
    const { session, program, collector } = stepping;
    new Feed(session, program, dataset).write(null, 0, rows);
    session.resetSums();
    try {
      takeStep(stepping, rows, { epoch: 0, step: 0 });
    } catch (thrown) {
      throw await explained(thrown, () => core.checkUsable("trainOnBatch"));
    }
    return readLogs(session, compiled, rows, collector) as Evaluation;
  });
}
