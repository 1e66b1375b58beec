/** The records that every activation emits, after a layer or as one. */
import * as Op from "../../plan/ops.js";
import type { Tape } from "../../plan/tape.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type ActivationSpec, activationCode, differentiatesFrom } from "../activations.js";
import type { EmitContext } from "./layer.js";

/** y = f(x) into a new tensor. */
export function emitActivation(tape: Tape, spec: ActivationSpec, x: TensorRef, name: string): TensorRef {
  const columns = x.shape[0];
  const y = tape.rows(name, columns);
  tape.emit({ op: Op.ActivationForward, x, y, columns, ...activationCode(spec) });
  return y;
}

/** dz = dy f'(z), in place of dy unless dy must be kept; no record for `linear`. If z was not kept, it is y. */
export function emitActivationBackward(
  { tape, stepwise }: Pick<EmitContext, "tape" | "stepwise">,
  spec: ActivationSpec,
  { z, y }: { readonly z: TensorRef; readonly y: TensorRef },
  dy: TensorRef,
  name: string,
): TensorRef {
  if (spec.type === "linear" && !stepwise) return dy;
  const columns = y.shape[0];
  const saved = differentiatesFrom(spec) === "z" ? z : y;
  const dx = stepwise ? tape.rows(name, columns) : dy;
  tape.emit({ op: Op.ActivationBackward, saved, dy, dx, columns, ...activationCode(spec) });
  return dx;
}
