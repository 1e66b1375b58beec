/**
 * Writes the next batch while other threads still update the weights. The caller's thread has a smaller share of the
 * update, which follows the times of both; no bit depends on it. Loaded with threads.
 */
import type { TapeRecord } from "../plan/record.js";
import type { Batches, Receiver } from "./backend.js";

/** First parts, and most: at 64 the caller's share is so nearly half that waiting for it costs nothing. */
const FIRST_PARTS = 4;
const MOST_PARTS = 64;
/** Steps that one side must be first more often than the other before the shares change. */
const DOUBT = 8;

/** The rows of a batch, and of the next one if it is written early. */
export class Ahead {
  /** Parts of the update for each thread but the first, which takes one fewer. */
  #parts = FIRST_PARTS;
  /** Times that the caller was first, less times that it was not. */
  #tally = 0;
  #session: Receiver | null = null;
  /** The records of a training step if it ends with an update, which reads no rows. */
  #records: readonly [begin: number, end: number] = [0, 0];
  /** Source of the batch of this step, its first row, and the session's number of writes after it was written. */
  #batches: Batches | null = null;
  #begin = 0;
  #writes = 0;
  /** True if rows of the next batch lie in memory, and if all of them do. */
  #isBegun = false;
  #isWritten = false;
  /** True if all of this is forgotten before others have their turn: they may change the data, or use the memory. */
  #isEnding = false;

  /** Writes the next batch, unless it was written during the last step: then returns true. */
  writeNext(batches: Batches, session: Receiver): boolean {
    const isWritten = this.#isWritten;
    if (session !== this.#session) this.#meet(session);
    this.#batches = batches.begin === undefined ? null : batches;
    this.#begin = batches.begin ?? 0;
    if (isWritten) batches.begin = this.#begin + batches.nextRows;
    else batches.write(session);
    this.#isBegun = false;
    this.#isWritten = false;
    this.#writes = session.writes;
    if (!this.#isEnding) Promise.resolve().then(() => this.#forget());
    this.#isEnding = true;
    return isWritten;
  }

  /** The parts of the last record of a run; 0 if it is no step, or if there is no batch to write. */
  partsOf(begin: number, end: number): number {
    const [first, last] = this.#records;
    const isStep = begin === first && end === last && this.#session?.writes === this.#writes;
    return isStep && this.#batches !== null && this.#batches.nextRows > 0 ? this.#parts : 0;
  }

  /** Writes the next batch early. Its source stays where it is, so that it can write the batch again. */
  write(): void {
    const batches = this.#batches as Batches;
    const at = batches.begin;
    this.#isBegun = true;
    try {
      batches.write(this.#session as Receiver);
      this.#isWritten = true;
    } catch {} // data that are gone: the next `writeNext` throws in its turn
    batches.begin = at as number;
  }

  /** Writes the batch of this step again, because the step was refused. */
  undo(): void {
    if (!this.#isBegun) return;
    this.#isBegun = false;
    this.#isWritten = false;
    const batches = this.#batches as Batches;
    batches.begin = this.#begin;
    batches.write(this.#session as Receiver);
  }

  /** Notes who was first after a step: the others have ended their shares, or the caller its share and the batch. */
  adapt(othersWereFirst: boolean): void {
    this.#tally += othersWereFirst ? -1 : 1;
    if (Math.abs(this.#tally) < DOUBT) return;
    const change = 1 + (this.#parts >> 2);
    this.#parts = Math.min(Math.max(this.#parts + Math.sign(this.#tally) * change, 1), MOST_PARTS);
    this.#tally = 0;
  }

  #forget(): void {
    this.#isEnding = false;
    this.#isBegun = false;
    this.#isWritten = false;
    this.#batches = null;
  }

  #meet(session: Receiver): void {
    const { records, sections } = session.plan;
    const [begin, end] = sections.train ?? [0, 0];
    this.#session = session;
    this.#records = isUpdate(records[end - 1]) ? [begin, end] : [0, 0];
  }
}

/** True for the record of an optimizer. Its kernel reads nothing of a batch. */
function isUpdate(record: TapeRecord | undefined): boolean {
  return record !== undefined && "params" in record && "grads" in record;
}
