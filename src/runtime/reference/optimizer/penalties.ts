/** Penalties on weights: l1 sum |w| + l2 sum w^2, added to the loss, and their gradient. */
import { ControlField, Place, Status } from "../../../plan/op.js";
import type * as Op from "../../../plan/ops.js";
import type { Fields } from "../fields.js";
import type { Memory } from "../memory.js";

/** penalties[b] = l1 sum |p| + l2 sum p^2 over block b */
export function penalty({ floats: f }: Memory, { params, penalties, count, l1, l2 }: Fields<typeof Op.Penalty>): void {
  for (let begin = 0; begin < count; begin += Place.Block) {
    let [sum, squares] = [0, 0];
    for (let i = params + begin; i < params + Math.min(begin + Place.Block, count); i++) {
      sum += Math.abs(f[i]);
      squares += f[i] * f[i];
    }
    f[penalties + begin / Place.Block] = l1 * sum + l2 * squares;
  }
}

/** Adds all penalties to the loss of every row. */
export function penaltyTotal(memory: Memory, { penalties, blocks }: Fields<typeof Op.PenaltyTotal>): void {
  let sum = 0;
  for (let block = 0; block < blocks; block++) sum += memory.floats[penalties + block];
  if (!Number.isFinite(sum)) memory.status = Status.LossNotFinite;
  memory.addToSum(ControlField.LossSum, memory.rows * sum);
}

/** g += l1 sign(p) + 2 l2 p */
export function penaltyGradient(
  { floats: f }: Memory,
  { params, grads, count, l1, l2 }: Fields<typeof Op.PenaltyGradient>,
): void {
  for (let i = 0; i < count; i++) f[grads + i] += l1 * Math.sign(f[params + i]) + 2 * l2 * f[params + i];
}
