/** `trainOnBatch`. Loaded with the first of them. */

import type { Evaluation } from "../callbacks/logTypes.js";
import type { Data } from "../data/dataset.js";
import { Feed } from "../training/feed.js";
import { explained, readLogs, takeStep } from "../training/step.js";
import { checkedData } from "./checkedData.js";
import type { ModelCore } from "./core.js";
import { openStepParts } from "./openFit.js";

/** One step of a model that is ready to train. @throws the errors of `Sequential.trainOnBatch`. */
export async function stepOnBatch(core: ModelCore, data: Data): Promise<Evaluation> {
  const { compiled, dataset } = checkedData(core, "trainOnBatch", data);
  const rows = dataset.length;
  const parts = await openStepParts(core, "trainOnBatch", compiled, { rows });
  const { session, program, collector } = parts;
  new Feed(session, program, dataset).write(null, 0, rows);
  session.resetSums();
  try {
    takeStep(parts, rows, { epoch: 0, step: 0 });
  } catch (thrown) {
    throw await explained(thrown, () => core.checkUsable("trainOnBatch"));
  }
  parts.average?.(true);
  return readLogs(session, compiled, rows, collector) as Evaluation;
}
