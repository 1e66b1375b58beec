/** The option `reduction`, which every loss takes. */

import { checkName } from "../../base/errors.js";
import { type Given, optional, via } from "../../base/options.js";

const names = ["mean", "sum", "none", "meanWithSampleWeight"] as const;

/** The number that training lowers, from the weighted losses of the rows of a batch. */
export type Reduction = (typeof names)[number];

/** Names in other libraries. */
const ALIASES: Readonly<Record<string, Reduction>> = {
  sumOverBatchSize: "mean",
  sum_over_batch_size: "mean",
  batchmean: "mean",
  mean_with_sample_weight: "meanWithSampleWeight",
};

function checkReduction(where: string, value: unknown): Reduction {
  return checkName(where, value, names, ALIASES);
}

/** An option of every loss. */
export const reductionOptions = {
  /**
   * The number of a batch that training lowers: the `mean` over rows of their losses times their weights; their `sum`;
   * `none`, which trains as the sum, as in Keras; or `meanWithSampleWeight`, the sum divided by the sum of the weights,
   * as PyTorch's `mean` with class weights. The losses in logs, histories and results are means over rows in any case.
   * @default "mean"
   */
  reduction: optional(via<Reduction, Reduction>(checkReduction)),
};

/** An option of every loss. */
export interface ReductionOptions extends Given<typeof reductionOptions> {}
