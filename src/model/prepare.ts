/** From what `fit` was given to data that fit the model: rows or streams, cut for validation, weighted by class. */
import { type Data, type DataArrays, Dataset } from "../data/dataset.js";
import { exactOf } from "../data/exact.js";
import type { Pipeline } from "../data/pipeline.js";
import type { Row } from "../data/row.js";
import { OptionError } from "../errors.js";
import type { BatchSource, SourceContext } from "./batches.js";
import { BATCH_SIZE, type Expectation, fitData } from "./feed.js";
import type { CheckedFit } from "./fitOptions.js";
import type { RunConditions } from "./run.js";

/** Rows that make one optimizer step. */
export type Batch = Dataset | DataArrays;

/** Data that are read batch by batch: a pipeline of rows or batches, or batches as they come. */
export type Stream =
  | Pipeline<Row>
  | Pipeline<Batch>
  | AsyncIterable<Batch>
  | Iterable<Batch>
  | ((epoch: number) => Iterable<Batch> | AsyncIterable<Batch>);

export function isStream(data: unknown): data is Stream {
  if (typeof data === "function") return true;
  if (typeof data !== "object" || data === null || data instanceof Dataset) return false;
  if (Array.isArray(data) || ArrayBuffer.isView(data) || "x" in data) return false;
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}

/** Data for training: rows with their weights, or a stream whose batches are fitted one by one. */
export type Training =
  | { readonly kind: "rows"; readonly dataset: Dataset; readonly weights: Float32Array | null }
  | {
      readonly kind: "stream";
      /** Batches as they come, each fitted by itself. */
      readonly open: (context: SourceContext) => BatchSource;
    };

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
  { seed, wantsAllRows }: { seed: number; wantsAllRows: boolean },
): Promise<Prepared> {
  const { batchSize: given, shuffle = true, stepsPerEpoch } = options;
  const validation = await prepareValidation(options, expectation);
  if (isStream(data)) {
    if (wantsAllRows) throw new OptionError("fit: L-BFGS needs all rows at once, got a stream. Give it { x, y }.");
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
  const batchSize = given ?? (wantsAllRows ? dataset.length : BATCH_SIZE);
  if (wantsAllRows && batchSize < dataset.length) {
    const rows = `${dataset.length} rows`;
    throw new OptionError(`fit: batchSize: L-BFGS needs all ${rows} in one batch, got ${batchSize}. Leave it out.`);
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
