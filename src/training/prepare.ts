/** From what `fit` was given to data that fit the model: rows or streams, cut for validation, weighted by class. */

import { OptionError } from "../base/errors.js";
import type { Data, Dataset } from "../data/dataset.js";
import { exactOf } from "../data/exact.js";
import type { Pipeline } from "../data/pipeline.js";
import { isStream, type Stream } from "../data/stream.js";
import { type BatchSource, RowBatches, type SourceContext, type Training } from "./batches.js";
import { BATCH_SIZE, type Expectation, Feed, fitData } from "./feed.js";
import type { CheckedFit } from "./options.js";
import type { RunConditions } from "./run.js";

export interface Prepared {
  readonly training: Training;
  readonly validation: Dataset | Pipeline<unknown> | null;
  /** Rows per step; of a stream, what is known before it is read. */
  readonly batchRows: number;
  readonly conditions: RunConditions;
}

/** @throws OptionError, ShapeError, DataError before anything changes. */
export async function prepareFit(
  data: Data | Stream,
  options: CheckedFit,
  expectation: Expectation,
  { seed, minimizer }: { seed: number; minimizer: string | undefined },
): Promise<Prepared> {
  const { batchSize: given, shuffle = true, stepsPerEpoch } = options;
  const validation = await prepareValidation(options, expectation);
  if (isStream(data)) {
    if (minimizer) throw new OptionError(`fit: ${minimizer} needs all rows at once, got a stream. Give it { x, y }.`);
    const { prepareStream } = await import("./streams.js");
    const batchSize = given ?? BATCH_SIZE;
    const conditions = { batchSize: null, rows: null, shuffle: null, stepsPerEpoch };
    return { training: prepareStream(data, options, expectation), validation, batchRows: batchSize, conditions };
  }
  const all = fitData("fit", data, expectation);
  const [dataset, held] = await holdBack(all, options, expectation, seed);
  const { classWeight } = options;
  const weights =
    classWeight === undefined
      ? dataset.sampleWeight
      : (await import("./classWeight.js")).combineWeights(dataset, classWeight, expectation);
  if (exactOf(dataset.x)) (await import("./merged.js")).warnOfMerged(dataset, options.onWarning);
  const batchSize = given ?? (minimizer ? dataset.length : BATCH_SIZE);
  if (minimizer && batchSize < dataset.length) {
    const rows = `${dataset.length} rows`;
    throw new OptionError(
      `fit: batchSize: ${minimizer} needs all ${rows} in one batch, got ${batchSize}. Leave it out.`,
    );
  }
  const batchRows = Math.min(batchSize, dataset.length);
  const conditions = { batchSize, rows: dataset.length, shuffle, stepsPerEpoch };
  return { training: { kind: "rows", dataset, weights }, validation: held ?? validation, batchRows, conditions };
}

async function prepareValidation(
  { batchSize = BATCH_SIZE, validationData }: CheckedFit,
  expectation: Expectation,
): Promise<Prepared["validation"]> {
  const where = "fit: validationData";
  if (validationData === undefined) return null;
  if (!isStream(validationData)) return fitData(where, validationData, expectation);
  const { toBatches } = await import("./streams.js");
  return toBatches(where, validationData, batchSize);
}

async function holdBack(
  all: Dataset,
  options: CheckedFit,
  expectation: Expectation,
  seed: number,
): Promise<[dataset: Dataset, held: Dataset | null]> {
  if (options.validationSplit === 0) return [all, null];
  const { holdBackRows } = await import("./holdBack.js");
  return holdBackRows(all, options, expectation, seed);
}

/** The source of what was prepared. */
export function openSource({ training, conditions, batchRows }: Prepared, context: SourceContext): BatchSource {
  if (training.kind === "stream") return training.open(context);
  const { session, program, seed } = context;
  const feed = new Feed(session, program, training.dataset, training.weights);
  return new RowBatches(feed, { batchSize: batchRows, shuffle: conditions.shuffle !== false, seed });
}
