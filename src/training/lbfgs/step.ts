/** An L-BFGS step of a model: its weights are the point, and a session tells loss and gradients. */

import type { Session } from "../../runtime/session.js";
import type { LbfgsSpec } from "../../specs/optimizers/lbfgs.js";
import type { Pair } from "../../state/pair.js";
import { Minimizer, type Place } from "./minimizer.js";

/** What an L-BFGS step works on. */
export interface LbfgsSubject {
  /** Its train section has just run: the sums contain the batch, and the gradients are there. */
  readonly session: Session;
  readonly spec: LbfgsSpec;
  readonly history: Pair[];
  /** Mean loss of the batch with the weights as they are. */
  readonly loss: number;
  readonly rows: number;
  readonly learningRate: number;
}

/** Up to `maxIterations` iterations. Returns whether the weights are at a minimum; the sums stay as they were. */
export function lbfgsStep({ session, spec, history, loss, rows, learningRate }: LbfgsSubject): boolean {
  const place: Place<Float32Array> = {
    x: session.readSlab("params"),
    gradient: session.readSlab("grads"),
    value: loss,
  };
  const sums = session.readSums();
  const evaluate = (x: Float32Array, gradient: Float32Array): number => {
    session.writeSlab("params", x);
    session.resetSums();
    session.run("accumulate");
    gradient.set(session.readSlab("grads"));
    return session.status === 0 && gradient.every(Number.isFinite) ? session.lossSum / rows : Infinity;
  };
  const minimizer = new Minimizer({ evaluate }, place, spec, history);
  let isMinimum = false;
  for (let i = 0; i < spec.maxIterations && !isMinimum; i++) isMinimum = minimizer.iterate(place, learningRate);
  session.writeSlab("params", place.x);
  session.resetSums();
  session.writeSums(sums);
  return isMinimum;
}
