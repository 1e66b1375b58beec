/**
 * Derivatives of activations by the model's own kernels: a tape of one activation and its backward pass, with an output
 * gradient of 1. A training step never forms them by themselves.
 */

import { Tape } from "../plan/tape.js";
import type { BackendFactory } from "../runtime/backend.js";
import { Session } from "../runtime/session.js";
import { type ActivationSpec, isElementwise } from "../specs/activations.js";
import { emitActivation, emitActivationBackward } from "../specs/layers/emitActivation.js";

/**
 * f′(z): [1, n] for an activation that works element by element; the matrix ∂hᵢ/∂zⱼ [n, n] for one that takes whole
 * rows, such as softmax. Row i comes from a gradient of 1 at hᵢ alone.
 */
export function slopesOf(spec: ActivationSpec, sums: Float32Array, create: BackendFactory) {
  const n = sums.length;
  const rows = isElementwise(spec) ? 1 : n;
  const tape = new Tape();
  const [z, dh] = [tape.rows("z", n), tape.rows("dh", n)];
  let dz = dh;
  tape.begin("predict");
  const h = emitActivation(tape, spec, z, "h");
  dz = emitActivationBackward({ tape, stepwise: true }, spec, { z, y: h }, dh, "dz");
  tape.end();
  const session = new Session(tape.build(), rows, create);
  const upstream = Float32Array.from({ length: rows * n }, (_, at) => Number(rows === 1 || at % (n + 1) === 0));
  session.rows = rows;
  session.writeRows(
    z,
    Float32Array.from({ length: rows * n }, (_, at) => sums[at % n]),
    null,
    0,
    rows,
  );
  session.writeRows(dh, upstream, null, 0, rows);
  session.run("predict");
  const data = session.read(dz, rows);
  session.release();
  return { shape: [rows, n], data };
}
