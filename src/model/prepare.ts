/** From what `fit` was given to data that fit the model: rows or streams, cut for validation, weighted by class. */
import { classesOf, isSorted } from "../data/classes.js";
import { type Data, type DataArrays, Dataset } from "../data/dataset.js";
import { batchPipeline, Pipeline } from "../data/pipeline.js";
import type { Row } from "../data/row.js";
import { trainTestSplit } from "../data/split.js";
import { located, OptionError } from "../errors.js";
import { hasClasses } from "../losses.js";
import type { FittedBatch } from "./batches.js";
import { combineWeights, type Expectation, fitData } from "./feed.js";
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

/** Rows per optimizer step where nothing else is said. */
const BATCH_SIZE = 32;

export function isStream(data: unknown): data is Stream {
  if (data instanceof Pipeline || typeof data === "function") return true;
  if (typeof data !== "object" || data === null || data instanceof Dataset) return false;
  if (Array.isArray(data) || ArrayBuffer.isView(data) || "x" in data) return false;
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}

/** A stream as batches. */
export function toBatches(where: string, stream: Stream, batchSize: number): Pipeline<unknown> {
  const batches = batchPipeline(where, stream);
  return batches.isBatched ? batches : batches.batch(batchSize);
}

/** One batch of a stream. @throws ShapeError, DataError that say where it stands. */
export function fitBatch(where: string, batch: unknown, expectation: Expectation): Dataset {
  return located(where, () => fitData(where, batch as Batch, expectation));
}

/** Data for training: rows with their weights, or a stream whose batches are fitted one by one. */
export type Training =
  | { readonly kind: "rows"; readonly dataset: Dataset; readonly weights: Float32Array | null }
  | {
      readonly kind: "stream";
      readonly batches: Pipeline<unknown>;
      readonly fitBatch: (batch: unknown, index: number) => FittedBatch;
    };

export interface Prepared {
  readonly training: Training;
  readonly validation: Dataset | Pipeline<unknown> | null;
  /** Rows per step; of a stream, what is known before it is read. */
  readonly batchRows: number;
  readonly conditions: RunConditions;
}

/** @throws OptionError, ShapeError, DataError before anything changes. */
export function prepareFit(
  data: Data | Stream,
  options: CheckedFit,
  expectation: Expectation,
  { seed, wantsAllRows }: { seed: number; wantsAllRows: boolean },
): Prepared {
  const { batchSize: given, shuffle = true, stepsPerEpoch, validationData } = options;
  const where = "fit: validationData";
  const validation =
    validationData === undefined
      ? null
      : isStream(validationData)
        ? toBatches(where, validationData, given ?? BATCH_SIZE)
        : fitData(where, validationData, expectation);
  if (isStream(data)) {
    if (wantsAllRows) throw new OptionError("fit: L-BFGS needs all rows at once, got a stream. Give it { x, y }.");
    const batchSize = given ?? BATCH_SIZE;
    const conditions = { batchSize: null, rows: null, shuffle: null, stepsPerEpoch };
    return { training: prepareStream(data, options, expectation), validation, batchRows: batchSize, conditions };
  }
  const all = fitData("fit", data, expectation);
  const [dataset, held] = holdBackRows(all, options, expectation, seed);
  const weights = combineWeights(dataset, options.classWeight, expectation);
  const batchSize = given ?? (wantsAllRows ? dataset.length : BATCH_SIZE);
  if (wantsAllRows && batchSize < dataset.length) {
    const rows = `${dataset.length} rows`;
    throw new OptionError(`fit: batchSize: L-BFGS needs all ${rows} in one batch, got ${batchSize}. Leave it out.`);
  }
  const batchRows = Math.min(batchSize, dataset.length);
  const conditions = { batchSize, rows: dataset.length, shuffle, stepsPerEpoch };
  return { training: { kind: "rows", dataset, weights }, validation: held ?? validation, batchRows, conditions };
}

function prepareStream(data: Stream, options: CheckedFit, expectation: Expectation): Training {
  const { classWeight, batchSize = BATCH_SIZE } = options;
  const refuse = (name: string, hint: string) => {
    throw new OptionError(`fit: ${name}: a stream is never there as a whole. ${hint}`);
  };
  if (options.validationSplit !== 0) refuse("validationSplit", "Give validationData.");
  if (classWeight === "balanced") refuse("classWeight", 'Give { class: weight, … } instead of "balanced".');
  if (options.shuffle === true) refuse("shuffle", "Use pipeline(…).shuffle(bufferSize).");
  const batches = toBatches("fit", data, batchSize);
  const isBatched = !(data instanceof Pipeline) || data.isBatched;
  if (isBatched && options.batchSize !== undefined) {
    throw new OptionError("fit: batchSize: these are batches already. Leave out batchSize, or batch().");
  }
  return {
    kind: "stream",
    batches,
    fitBatch(batch, index) {
      const dataset = fitBatch(`fit: batch ${index}`, batch, expectation);
      return { dataset, weights: combineWeights(dataset, classWeight, expectation) };
    },
  };
}

/** Cuts off what is held back for validation. @throws OptionError, DataError */
export function holdBackRows(
  all: Dataset,
  { validationSplit, onWarning }: Pick<CheckedFit, "validationSplit" | "onWarning">,
  { loss }: Expectation,
  seed: number,
): [dataset: Dataset, held: Dataset | null] {
  if (validationSplit === 0) return [all, null];
  if (typeof validationSplit !== "number") {
    const { fraction, ...rest } = validationSplit;
    const testSize = all.length - Math.floor(all.length * (1 - fraction));
    const { train, test } = located("fit: validationSplit", () => trainTestSplit(all, { testSize, seed, ...rest }));
    return [train, test];
  }
  if (hasClasses(loss) && isSorted(classesOf(all))) {
    onWarning(
      "fit: validationSplit takes the last rows, and these labels are sorted: whole classes are only seen in " +
        "validation. Shuffle the data first, or give validationSplit: { fraction, stratify: true }.",
    );
  }
  return all.split({ fraction: validationSplit });
}
