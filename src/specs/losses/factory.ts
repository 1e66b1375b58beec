/** Makers of the functions that give losses with options. */

import { checkArguments } from "../../base/errors.js";
import type { Given } from "../../base/options.js";
import { addLosses } from "./addLosses.js";
import type { LossEntry, LossOptions } from "./options.js";
import { addOutputWeights, type WeighableLoss } from "./outputWeights.js";
import type { OutputWeightsOptions } from "./outputWeightsOption.js";
import { addReductions } from "./reduction.js";
import { type LossName, type LossSpec, type lossTable, makeLoss } from "./table.js";

/** Options of one loss; documentation comes from the options of all. */
type OptionsOf<Table> = Pick<LossOptions, (keyof Table & keyof LossOptions) | "reduction"> & Given<Table>;

/** The factory of a loss that every program has. */
export function factory<Name extends keyof typeof lossTable>(
  type: Name,
): (
  options?: OptionsOf<(typeof lossTable)[Name]["options"]> &
    (Name extends WeighableLoss ? OutputWeightsOptions : unknown),
) => LossSpec {
  return moreFactory<typeof lossTable, Name>({} as typeof lossTable, type);
}

/** The factory of another loss. It makes all of `losses` known when it is called. */
export function moreFactory<Losses extends Readonly<Record<string, LossEntry>>, Name extends keyof Losses & LossName>(
  losses: Losses,
  type: Name,
): (options?: OptionsOf<Losses[Name]["options"]>) => LossSpec {
  return function (options = {} as never) {
    checkArguments(type, arguments, 1);
    addLosses(losses);
    addOutputWeights();
    addReductions();
    return makeLoss(type, type, options);
  };
}
