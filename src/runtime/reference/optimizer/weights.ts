/** Changes of the weights around the update: decay before it, averages after it. */

import { flush } from "../../../plan/flush.js";
import { commit } from "../../../plan/guard.js";
import type * as Op from "../../../plan/ops.js";
import type { Fields } from "../fields.js";
import type { Memory } from "../memory.js";

/** p -= lr decay p */
export function decayWeights(memory: Memory, { params, count, decay }: Fields<typeof Op.DecayWeights>): void {
  const { floats: f, learningRate: lr } = memory;
  for (let i = params; i < params + count; i++) commit(memory, i, f[i] - lr * decay * f[i]);
}

/** average += (1 - momentum) (p - average); after the first step average = p */
export function averageWeights(
  memory: Memory,
  { params, average, count, momentum }: Fields<typeof Op.AverageWeights>,
): void {
  const { floats: f, step } = memory;
  const keep = step === 1 ? 1 : 1 - momentum;
  for (let i = 0; i < count; i++) f[average + i] += keep * (f[params + i] - f[average + i]);
  flush(memory, average, count);
}
