/** The parts of a fit and of its steps, from data that fit the model. */

import type { DataRows } from "../data/rows.js";
import type { Compiled } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { lastActivation } from "../specs/layers/facts.js";
import { fuseLoss, logitsActivation } from "../specs/losses/facts.js";
import { optimizerFacts } from "../specs/optimizers/facts.js";
import type { BatchSource } from "../training/batches.js";
import { Feed, RowBatches } from "../training/feed.js";
import { Fit } from "../training/fit.js";
import type { FitParts, StepParts } from "../training/parts.js";
import { openCollector } from "../training/step.js";
import { beginRun, type Run, type RunConditions } from "../training/trainingState.js";
import type { ModelCore } from "./core.js";

/** True for a cross-entropy after a layer that does not give probabilities, of which `fit` may warn. */
export function isDoubtful({ layers }: ModelCore, { loss }: Compiled): boolean {
  if (!logitsActivation(loss)) return false;
  return fuseLoss(loss, lastActivation(layers[layers.length - 1].spec)).link.type === "linear";
}

/** The beginning of a fit, and the decisions that come before its session. */
export interface FitPlan
  extends Pick<FitParts, "epochs">,
    Partial<Pick<FitParts, "stepsPerEpoch" | "callbacks" | "signal">> {
  readonly conditions: RunConditions;
  /** Rows per step; for a stream, the number known before it is read. */
  readonly batchRows: number;
  /** Room for rows, if it is not for those of a step. */
  readonly capacity?: number;
  readonly collected?: number;
  readonly openSource: (session: Session) => BatchSource;
  readonly openValidation?: () => FitParts["validate"];
  readonly run?: Run;
}

/** Steps over rows in memory. */
export function batchesOf(
  core: ModelCore,
  dataset: DataRows,
  {
    batchSize,
    shuffle,
    weights = dataset.sampleWeight,
  }: { batchSize: number; shuffle: boolean; weights?: Float32Array | null },
): Pick<FitPlan, "conditions" | "batchRows" | "openSource"> {
  const rows = dataset.length;
  const batchRows = Math.min(batchSize, rows);
  return {
    conditions: { batchSize, rows, shuffle, stepsPerEpoch: null },
    batchRows,
    openSource: (session) => {
      const feed = new Feed(session, core.state.program, dataset, weights);
      return new RowBatches(feed, { batchSize: batchRows, shuffle, seed: core.spec.seed });
    },
  };
}

/** The fit, ready to train. */
export async function openFit(core: ModelCore, compiled: Compiled, plan: FitPlan): Promise<Fit> {
  const { training } = core;
  const {
    conditions,
    batchRows,
    collected = conditions.rows ?? batchRows,
    capacity,
    openSource,
    openValidation,
    ...given
  } = plan;
  const { run = beginRun(conditions, 0, training.progress.epoch), ...rest } = given;
  const parts = await openStepParts(core, "fit", compiled, { rows: batchRows, collected, capacity });
  const source = openSource(parts.session);
  const validate = openValidation?.() ?? null;
  const usual = { stepsPerEpoch: null, callbacks: [], signal: null };
  const fit = new Fit({ ...parts, ...usual, ...rest, host: core, source, validate }, run);
  training.begin(fit);
  return fit;
}

/** Loads and opens the parts for steps of up to `rows` rows, with room for `collected` rows of an epoch. */
export async function openStepParts(
  core: ModelCore,
  where: string,
  compiled: Compiled,
  { rows, collected = rows, capacity = rows }: { rows: number; collected?: number; capacity?: number | undefined },
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
