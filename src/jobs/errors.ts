/** Errors of jobs, whatever carries them. */
import { SimdgradError } from "../base/errors.js";

/** A job, its data or its result is not as it must be. The message says what would let the work go on. */
export class JobError extends SimdgradError {
  override name = "JobError";
}

/** The same task gave other bits on another machine. */
export class DeterminismError extends JobError {
  override name = "DeterminismError";
}
