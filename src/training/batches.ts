/** The contract of sources of training batches: rows in memory in `feed.ts`, streams in `streams.ts`. */
import type { Batches } from "../runtime/backend.js";

/** The next batch must be fetched first. */
export const NOT_READY = -1;

/** One pass over the data, batch by batch. */
export interface BatchReader extends Batches {
  /** Rows of the next batch; 0 when the pass is over; or NOT_READY. */
  readonly nextRows: number;
  /** Makes the next batch ready. Returns early if training is aborted, with no batch ready. */
  fetch(): Promise<void>;
  /** Ends the pass at its current position. */
  close(): Promise<void> | null;
}

/** Data that can be read in many passes: the same pass gives the same batches. */
export interface BatchSource {
  /** `null` if unknown. */
  readonly stepsPerPass: number | null;
  /** `null` if unknown. */
  readonly totalRows: number | null;
  /** Begins pass number `pass` after its first `skip` batches. */
  open(pass: number, skip: number): BatchReader;
}
