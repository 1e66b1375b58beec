/** The option `outputWeights` of losses of numbers. */

import { counted } from "../../base/counted.js";
import { OptionError, show } from "../../base/errors.js";
import { type Given, listOf, number, optional, via } from "../../base/options.js";

const { check } = /* @__PURE__ */ listOf("a weight >= 0 for each output", number({ min: 0 }), 1);

function checkWeights(where: string, value: unknown): readonly number[] {
  const weights = check(where, value);
  if (weights.some((weight) => weight > 0)) return weights;
  throw new OptionError(`${where}: expected a weight above 0 for at least one output, got ${show(value)}.`);
}

/** The option, as an entry of a table. */
const outputWeightsOptions = {
  /**
   * Losses of numbers: a weight >= 0 for each output. L is the mean over rows and outputs of weight times loss.
   * @default all 1
   */
  outputWeights: optional(via<readonly number[], readonly number[]>(checkWeights)),
};

/** The option of losses of numbers. */
export interface OutputWeightsOptions extends Given<typeof outputWeightsOptions> {}

export const { outputWeights } = outputWeightsOptions;

/** Refuses weights for another number of outputs. @throws OptionError */
export function checkOutputWeights(outputs: number, loss: OutputWeightsOptions & { readonly type: string }): void {
  const { length } = loss.outputWeights ?? { length: outputs };
  if (length === outputs) return;
  throw new OptionError(
    `compile: ${loss.type}: outputWeights: expected ${counted(outputs, "number")}, one for each output, got ${length}.`,
  );
}
