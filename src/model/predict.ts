/** Outputs for rows of input, chunk by chunk. */

import { counted } from "../base/counted.js";
import { DataError, newArray, ShapeError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import type { Shape } from "../base/shape.js";
import { type Numbers, type NumericArray, refuseNonFinite, toUncheckedRows } from "../data/matrix.js";
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
  const { inputs } = core;
  let rows = toUncheckedRows(where, x, core.spec.inputShape);
  if (core.checksInput) checkInput(where, core.layers, { x: rows });
  const count = rows.length / inputs;
  const session = core.openSession(Math.min(count, CHUNK_ROWS), "predict");
  if (into) {
    const length = count * core.outputs;
    if (into.length !== length) {
      throw new ShapeError(
        `${method}: out: expected length ${length} for ${counted(count, "row")}, got ${into.length}.`,
      );
    }
    if (count > session.capacity) {
      // What a later chunk would refuse or read is checked, and kept, before earlier ones are written.
      refuseNonFinite(where, rows, inputs);
      if (into.buffer === rows.buffer) rows = rows.slice();
    }
  }
  return outputsFor(where, session, core.state.program, rows, into);
}

/** @throws ShapeError, DataError, OptionError, all of them before a number of `out` changes. */
export function predictInto(core: ModelCore, x: Numbers, out: Float32Array): Float32Array {
  if (kindOf(out) === "Float32Array") return predict(core, x, "predictInto", out);
  throw new DataError(`predictInto: out: expected a Float32Array, got ${show(out)}.`);
}

/** Runs `rows` through the section `predict`, as many at a time as the session holds. @throws DataError */
export function outputsFor(
  where: string,
  session: Session,
  { x, predictions }: Pick<Program, "x" | "predictions">,
  rows: NumericArray,
  into?: Float32Array,
): Float32Array {
  const [inputs] = x.shape;
  const [outputs] = predictions.shape;
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
