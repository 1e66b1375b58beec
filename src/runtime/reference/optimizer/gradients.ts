/** Treatment of gradients before the update: accumulation over steps, clipping. */
import { Place, Status } from "../../../plan/op.js";
import type * as Op from "../../../plan/ops.js";
import type { Fields } from "../fields.js";
import type { Memory } from "../memory.js";

/** sums += g */
export function accumulateGradients(
  { floats: f }: Memory,
  { grads, sums, count }: Fields<typeof Op.AccumulateGradients>,
): void {
  for (let i = 0; i < count; i++) f[sums + i] += f[grads + i];
}

/** g = sums / steps, sums = 0 */
export function meanGradients(
  { floats: f }: Memory,
  { grads, sums, count, steps }: Fields<typeof Op.MeanGradients>,
): void {
  for (let i = 0; i < count; i++) f[grads + i] = f[sums + i] / steps;
  f.fill(0, sums, sums + count);
}

/** Clips g to between -limit and limit. */
export function clipValue({ floats: f }: Memory, { grads, count, limit }: Fields<typeof Op.ClipValue>): void {
  for (let i = grads; i < grads + count; i++) f[i] = Math.min(Math.max(f[i], -limit), limit);
}

/** norms[b] = norm of block b of x */
export function blockNorms({ floats: f }: Memory, { x, norms, count }: Fields<typeof Op.BlockNorms>): void {
  for (let begin = 0; begin < count; begin += Place.Block) {
    let sum = 0;
    for (let i = begin; i < Math.min(begin + Place.Block, count); i++) sum += f[x + i] * f[x + i];
    f[norms + begin / Place.Block] = Math.sqrt(sum);
  }
}

/** g *= min(1, limit / norm), with the norm over all blocks. A norm that is not finite ends the step. */
export function clipNorm(memory: Memory, { grads, norms, count, blocks, limit }: Fields<typeof Op.ClipNorm>): void {
  const { floats: f } = memory;
  let sum = 0;
  for (let block = norms; block < norms + blocks; block++) sum += f[block] * f[block];
  const norm = Math.sqrt(sum);
  if (!Number.isFinite(norm)) memory.status = Status.UpdateNotFinite;
  else if (norm > limit) for (let i = grads; i < grads + count; i++) f[i] *= limit / norm;
}
