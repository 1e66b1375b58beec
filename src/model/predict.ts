/** Outputs for rows of input, chunk by chunk. */

import { newArray } from "../base/errors.js";
import { type Shape, sizeOf } from "../base/shape.js";
import { type Numbers, refuseNonFinite, toUncheckedRows } from "../data/matrix.js";
import { Status } from "../plan/op.js";
import type { Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { checkInput } from "../specs/layers/facts.js";
import { CHUNK_ROWS } from "../training/feed.js";
import type { ModelCore } from "./core.js";

/** @throws the errors of `Sequential.predict`. */
export function predict(core: ModelCore, x: Numbers, method: string): Float32Array {
  const where = `${method}: x`;
  core.checkUsable(method);
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

/** Rows of a shape, one after the other, as nested lists: [2, 3] gives lists of 2 lists of 3 numbers. */
export function nest(values: Float32Array, shape: Shape): unknown[] {
  return shape.reduceRight<unknown[]>(
    (list, size) => Array.from({ length: list.length / size }, (_, row) => list.slice(row * size, (row + 1) * size)),
    Array.from(values),
  );
}
