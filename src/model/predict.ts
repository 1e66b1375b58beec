/** Outputs for rows of input, chunk by chunk. */

import { DataError, newArray, ShapeError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { type Shape, sizeOf } from "../base/shape.js";
import { type Numbers, refuseNonFinite, toUncheckedRows } from "../data/matrix.js";
import { Status } from "../plan/op.js";
import type { Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { checkInput } from "../specs/layers/facts.js";
import { CHUNK_ROWS } from "../training/feed.js";
import type { ModelCore } from "./core.js";

/** With `into`, outputs go there instead of into a new array. @throws the errors of `Sequential.predict`. */
export function predict(core: ModelCore, x: Numbers, method: string, into?: Float32Array): Float32Array {
  const where = `${method}: x`;
  core.checkUsable(method);
  const { inputShape } = core.spec;
  const rows = toUncheckedRows(where, x, inputShape);
  checkInput(where, core.layers, rows);
  const count = rows.length / sizeOf(inputShape);
  const session = core.openSession(Math.min(count, CHUNK_ROWS), "predict");
  if (into) checkInto(method, core, rows, into, session.capacity);
  return outputsFor(where, session, core.state.program, rows, into);
}

/** @throws ShapeError, DataError, OptionError, all of them before a number of `out` changes. */
export function predictInto(core: ModelCore, x: Numbers, out: Float32Array): Float32Array {
  if (kindOf(out) === "Float32Array") return predict(core, x, "predictInto", out);
  throw new DataError(`predictInto: out: expected a Float32Array, got ${show(out)}.`);
}

/** Also rejects what a later chunk would find after earlier ones were written. */
function checkInto(method: string, core: ModelCore, rows: Float32Array, out: Float32Array, capacity: number): void {
  const inputs = sizeOf(core.spec.inputShape);
  const count = rows.length / inputs;
  const length = count * core.outputs;
  if (out.length !== length) {
    throw new ShapeError(`${method}: out: expected length ${length} for ${count} rows, got ${out.length}.`);
  }
  if (count <= capacity) return;
  const end = rows.byteOffset + rows.byteLength;
  if (out.buffer === rows.buffer && out.byteOffset < end && rows.byteOffset < out.byteOffset + out.byteLength) {
    throw new DataError(`${method}: out: shares memory with x. Use another array.`);
  }
  refuseNonFinite(`${method}: x`, rows, inputs);
}

/** Runs `rows` through the section `predict`, as many at a time as the session holds. @throws DataError */
export function outputsFor(
  where: string,
  session: Session,
  { x, predictions }: Pick<Program, "x" | "predictions">,
  rows: Float32Array,
  into?: Float32Array,
): Float32Array {
  const inputs = sizeOf(x.shape);
  const outputs = sizeOf(predictions.shape);
  const count = rows.length / inputs;
  const out = into ?? newArray(Float32Array, count * outputs, where);
  const { capacity } = session;
  for (let begin = 0; begin < count; begin += capacity) {
    const chunk = Math.min(capacity, count - begin);
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
