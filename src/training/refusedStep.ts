/** A training step that set a status, with what others may overwrite until the cause is found. */
import { sizeOf } from "../base/shape.js";
import type { Status } from "../plan/op.js";
import type { Compiled, Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import type { Progress } from "./progress.js";

/** What took the step. */
interface Stepper {
  readonly session: Session;
  readonly program: Program;
  readonly compiled: Compiled;
  readonly progress: Progress;
}

/** The step that was not taken. */
export interface StepPosition {
  readonly epoch: number;
  readonly step: number;
  readonly rows: number;
  readonly learningRate: number;
}

/** Thrown by a step, and turned into an error by `explained` (nonFinite.ts) before it leaves the model. */
export class RefusedStep {
  readonly status: Status;
  readonly x: Float32Array;

  constructor(
    readonly stepping: Stepper,
    readonly position: StepPosition,
  ) {
    const { session, program } = stepping;
    this.status = session.status;
    this.x = new Float32Array(position.rows * sizeOf(program.x.shape));
    session.readRows(program.x, position.rows, this.x);
    session.resetSums(); // and the status, at which the next run would stop
  }
}
