/** `evaluate`: from a model, data and options to passes over rows. */

import type { Data } from "../data/dataset.js";
import type { ModelCore } from "./core.js";
import { type EvaluationHost, evaluatePatiently, evaluateRows } from "./evaluate.js";
import { fitData, refuseRows } from "./feed.js";
import { collects, openCollector } from "./logs.js";
import type { Evaluation } from "./logTypes.js";
import { checkEvaluate, type EvaluateOptions } from "./options.js";
import { isStream, type Stream } from "./prepare.js";

/** @throws what `Sequential.evaluate` throws. */
export async function evaluateModel(
  core: ModelCore,
  data: Data | Stream,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const host = hostOf(core, "evaluate");
  refuseRows("evaluate", data);
  const { batchSize } = checkEvaluate(options);
  if (isStream(data)) {
    const { toBatches } = await import("./streams.js");
    return evaluatePatiently(host, toBatches("evaluate", data, batchSize), batchSize);
  }
  const { dataset } = core.check("evaluate", data);
  const collector = collects(host.program) ? await openCollector(host.program, dataset.length) : null;
  return evaluateRows(host, dataset, batchSize, collector);
}

/** What evaluation sees of a model. @throws OptionError before `compile`, BackendError */
export function hostOf(core: ModelCore, where: string): EvaluationHost {
  const compiled = core.checkCompiled(where);
  return {
    where,
    program: core.state.program,
    compiled,
    openSession: (rows) => {
      core.checkUsable(where);
      return core.openSession(rows, "evaluate");
    },
    fitBatch: (batch, index) => fitData(`${where}: batch ${index}`, batch as Data, core.expectation(compiled)),
  };
}
