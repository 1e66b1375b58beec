/**
 * A training step that set a status, and the way to the error that says why. The search for the cause is loaded when a
 * step fails; what others may overwrite until then is kept here.
 */
import { NonFiniteError } from "../errors.js";
import type { Status } from "../plan/op.js";
import { sizeOf } from "../shape.js";
import type { Stepping } from "./fit.js";

/** The step that was not taken. */
export interface StepPosition {
  readonly epoch: number;
  readonly step: number;
  readonly rows: number;
  readonly learningRate: number;
}

/** Thrown by a step, and turned into an error by `explained` before it leaves the model. */
export class RefusedStep {
  readonly status: Status;
  readonly x: Float32Array;

  constructor(
    readonly stepping: Stepping,
    readonly position: StepPosition,
  ) {
    const { session, program } = stepping;
    this.status = session.status;
    this.x = new Float32Array(position.rows * sizeOf(program.x.shape));
    session.readRows(program.x, position.rows, this.x);
    session.resetSums(); // and the status, at which the next run would stop
  }
}

/** The error for what a step threw. @param checkAlive Throws when the model was disposed of meanwhile. */
export async function explained(error: unknown, checkAlive = () => {}): Promise<unknown> {
  if (!(error instanceof RefusedStep)) return error;
  const found = await import("./diagnose.js").catch(() => null);
  checkAlive();
  if (found) return found.diagnose(error);
  const { epoch, step } = error.position;
  const details = { epoch, step, tensor: "loss", cause: "unknown" };
  return new NonFiniteError(`fit: epoch ${epoch}, step ${step}: the step is not finite.`, details);
}
