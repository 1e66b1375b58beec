/**
 * Loss and metrics over data, chunk by chunk: `evaluate`, and the validation of `fit`. Loaded when first used. Leaves
 * the sums of a running training unchanged.
 */

import { NonFiniteError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import type { Evaluation } from "../callbacks/logTypes.js";
import type { Pipeline } from "../data/pipeline.js";
import type { DataRows } from "../data/rows.js";
import type { Compiled, Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { Breather } from "../runtime/yield.js";
import type { Collector } from "./collector.js";
import { counts, noneCounts } from "./counts.js";
import { CHUNK_ROWS, Feed } from "./feed.js";
import { openCollector, readLogs } from "./step.js";

/** The parts of a model that evaluation needs. */
export interface EvaluationHost {
  /** The caller, named at the start of errors. */
  readonly where: string;
  readonly program: Program;
  readonly compiled: Compiled;
  /** A session for chunks of up to `rows` rows; it may have room for fewer during training. */
  openSession(rows: number): Session;
  /** One batch of a stream as a Dataset that fits the model. */
  fitBatch(batch: unknown, index: number): DataRows;
  /** Waits for the caller's code. @throws BackendError as soon as the model is disposed of */
  wait<T>(work: Promise<T>): Promise<T>;
}

/** Sums over everything that was added. */
class Totals {
  readonly #host: EvaluationHost;
  readonly #batchSize: number;
  readonly #collector: Collector | null;
  #sums: Float64Array | null = null;
  #rows = 0;
  /** True once a row has counted. */
  #counts = false;

  constructor(host: EvaluationHost, batchSize: number, collector: Collector | null) {
    this.#host = host;
    this.#batchSize = batchSize;
    this.#collector = collector;
    collector?.reset();
  }

  /** Adds all rows of `dataset`. Between chunks, others may use the session. */
  *add(dataset: DataRows): Generator<void, void> {
    const { program, compiled, openSession } = this.#host;
    this.#counts ||= counts(dataset, dataset.sampleWeight, compiled.loss);
    let feed: Feed | null = null;
    let fed: Session | null = null;
    for (let begin = 0; begin < dataset.length; ) {
      const session = openSession(Math.min(this.#batchSize, dataset.length));
      if (!feed || session !== fed)
        feed = new Feed(session, program, dataset, dataset.sampleWeight, { evaluates: true });
      fed = session;
      const rows = Math.min(this.#batchSize, session.capacity, dataset.length - begin);
      feed.write(null, begin, rows);
      this.#run(session, rows, feed.factor);
      begin += rows;
      yield;
    }
  }

  logs(): Evaluation {
    const { where, compiled, openSession } = this.#host;
    if (!this.#counts) throw noneCounts(where, compiled.loss);
    const session = openSession(1);
    return this.#withSums(session, () => readLogs(session, compiled, this.#rows, this.#collector)) as Evaluation;
  }

  #run(session: Session, rows: number, factor: number | null): void {
    const first = this.#rows;
    this.#withSums(session, () => {
      session.run("evaluate");
      if (!session.status) return;
      throw new NonFiniteError(
        `${this.#host.where}: the loss of the rows from ${first} on is not finite. Scale x and y to about -1 to 1, as for training.`,
      );
    });
    this.#collector?.add(session, "evaluate", rows, factor);
    this.#rows += rows;
  }

  /** Runs `work` on the sums so far, then restores the sums it found in the session. */
  #withSums<T>(session: Session, work: () => T): T {
    const found = session.readSums();
    session.resetSums();
    if (this.#sums) session.writeSums(this.#sums);
    try {
      return work();
    } finally {
      this.#sums = session.readSums();
      session.resetSums();
      session.writeSums(found);
    }
  }
}

/** Evaluates rows in one go. @throws NonFiniteError */
export function evaluateRows(
  host: EvaluationHost,
  dataset: DataRows,
  batchSize: number,
  collector: Collector | null,
): Evaluation {
  const totals = new Totals(host, batchSize, collector);
  for (const _ of totals.add(dataset));
  return totals.logs();
}

/** A collector for all rows, or for the first ones of a stream; `null` if no metric needs one. */
export function collectorFor(program: Program, data: DataRows | Pipeline<unknown>): Promise<Collector | null> {
  return openCollector(program, "iterate" in data ? CHUNK_ROWS : data.length);
}

interface PatientOptions {
  /** By default its own. */
  readonly collector?: Collector | null;
  /** Ends the reading of a stream. */
  readonly signal?: Signal | null;
}

/** Evaluates rows and yields to the event loop; `null` if the signal came within a stream. @throws NonFiniteError */
export async function evaluatePatiently(
  host: EvaluationHost,
  data: DataRows | Pipeline<unknown>,
  batchSize: number,
  { collector, signal = null }: PatientOptions = {},
): Promise<Evaluation | null> {
  const totals = new Totals(host, batchSize, collector ?? (await collectorFor(host.program, data)));
  const breather = new Breather();
  const addAll = async (dataset: DataRows) => {
    for (const _ of totals.add(dataset)) if (breather.isDue()) await breather.rest();
  };
  if (!("iterate" in data)) {
    await addAll(data);
    return totals.logs();
  }
  const { batchesUntil, noBatches } = await import("./streams.js");
  let index = 0;
  for await (const batch of batchesUntil(signal, data, host.wait)) await addAll(host.fitBatch(batch, index++));
  if (signal?.aborted) return null;
  if (index === 0) throw noBatches(host.where);
  return totals.logs();
}
