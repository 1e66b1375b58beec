/** Outputs for rows of input, chunk by chunk. */

import { newArray } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { type Numbers, refuseNonFinite, toUncheckedRows } from "../data/matrix.js";
import { Status } from "../plan/op.js";
import type { Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { checkInput } from "../specs/layers/index.js";
import { CHUNK_ROWS } from "../training/feed.js";
import type { ModelCore } from "./core.js";

/** @throws the errors of `Sequential.predict`. */
export function predictRows(core: ModelCore, x: Numbers): Float32Array {
  const where = "predict: x";
  core.checkUsable("predict");
  const rows = toUncheckedRows(where, x, core.spec.inputShape);
  checkInput(where, core.layers, rows);
  const count = rows.length / sizeOf(core.spec.inputShape);
  return outputsFor(where, core.openSession(Math.min(count, CHUNK_ROWS), "predict"), core.state.program, rows);
}

/** Runs `rows` through the section `predict`, as many at a time as the session holds. @throws DataError */
export function outputsFor(
  where: string,
  session: Session,
  { x, predictions }: Pick<Program, "x" | "predictions">,
  rows: Float32Array,
): Float32Array {
  const [inputs, outputs] = [sizeOf(x.shape), sizeOf(predictions.shape)];
  const count = rows.length / inputs;
  const out = newArray(Float32Array, count * outputs, where);
  for (let begin = 0; begin < count; begin += session.capacity) {
    const chunk = Math.min(session.capacity, count - begin);
    session.rows = chunk;
    session.writeRows(x, rows, null, begin, chunk);
    session.clearStatus();
    session.run("predict");
    if (session.status === Status.InputNotFinite) {
      session.clearStatus();
      refuseNonFinite(where, rows, inputs);
    }
    session.readRows(predictions, chunk, out, begin * outputs);
  }
  return out;
}
