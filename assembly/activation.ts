/** Runs the records of activations; `ops/activate.ts` maps kinds to functions. */
import { activate, activateBackward } from "./ops/activate";
import { ActivationBackward, ActivationForward } from "./ops/records";
import { partBegin } from "./split";

/** y = f(x) */
export function activationForward(op: ActivationForward, rows: i32, tid: i32, threads: i32): void {
  const begin = partBegin(rows, tid, threads);
  const part = partBegin(rows, tid + 1, threads) - begin;
  const x = op.x + <usize>begin * op.xStride;
  const y = op.y + <usize>begin * op.yStride;
  const numbers = changetype<usize>(op) + offsetof<ActivationForward>("alpha");
  activate(op.activation, x, op.xStride, y, op.yStride, part, op.columns, op.alpha, numbers);
}

/** dx = dy f'(z), with f' taken from `saved`. */
export function activationBackward(op: ActivationBackward, rows: i32, tid: i32, threads: i32): void {
  const begin = partBegin(rows, tid, threads);
  const part = partBegin(rows, tid + 1, threads) - begin;
  const saved = op.saved + <usize>begin * op.savedStride;
  const dy = op.dy + <usize>begin * op.dyStride;
  const dx = op.dx + <usize>begin * op.dxStride;
  const numbers = changetype<usize>(op) + offsetof<ActivationBackward>("alpha");
  activateBackward(
    op.activation, saved, op.savedStride, dy, op.dyStride, dx, op.dxStride, part, op.columns, op.alpha, numbers,
  );
}
