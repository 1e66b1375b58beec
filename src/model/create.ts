/** The steps of `Sequential.create`. */

import type { Kept } from "../base/options.js";
import { selectBackend } from "../runtime/select.js";
import { loadUpdates } from "../specs/optimizers/updates.js";
import type { Carried } from "./carry.js";
import { ModelCore } from "./core.js";
import { needsOnlyCommonKernels } from "./kernels.js";
import { hasUnknown, weightsOf } from "./layers.js";
import {
  type CheckedRuntime,
  checkSequential,
  type ModelSpec,
  type SequentialOptions,
  type workerOptions,
} from "./options.js";
import { loadParts } from "./parts.js";

/** The options, checked, and the weights that layers bring along. @throws OptionError */
export async function readSequential(
  options: SequentialOptions,
  args: ArrayLike<unknown>,
): Promise<[checked: ModelSpec & CheckedRuntime & Kept<typeof workerOptions>, carried: Carried]> {
  if (hasUnknown(options?.layers)) (await import("../specs/layers/every.js")).addEveryLayer();
  return [checkSequential(options, args), await weightsOf(options.layers)];
}

/** A model of these options, with the fastest backend that satisfies them. @throws BackendError */
export async function openCore(checked: ModelSpec & CheckedRuntime): Promise<ModelCore> {
  await loadParts(checked);
  const backend = await selectBackend(checked, () => needsOnlyCommonKernels(checked));
  if (!backend.whole) await loadUpdates();
  return new ModelCore(checked, checked.threads, backend);
}
