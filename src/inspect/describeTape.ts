/** `describeTape`: the tape of a model, as text. */
import { checkArguments } from "../base/errors.js";
import { insideOf } from "../model/insideOf.js";
import { describePlan } from "../plan/describe.js";
import type { Sequential } from "../sequential.js";

/**
 * The work of a model when it predicts, evaluates and trains: every record of its tape, one per line, with its tensors
 * and constants. Before `compile` there is only `predict`. `*` stands for the rows of a batch.
 *
 * @example console.log(describeTape(model));
 * @throws OptionError for anything that is not a model.
 */
export function describeTape(model: Sequential): string {
  checkArguments("describeTape", arguments, 1);
  return describePlan(insideOf("describeTape", model).state.program.plan);
}
