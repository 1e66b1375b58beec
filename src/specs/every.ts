/** Every layer, loss, metric and optimizer, for programs whose specs come from elsewhere and may name any: files, messages. */
import { addEveryLayer } from "./layers/every.js";
import { addEveryLoss } from "./losses/every.js";
import { addEveryMetric } from "./metrics/every.js";
import { addEveryOptimizer } from "./optimizers/more.js";
import { addOrthogonalRegularizer } from "./orthogonalRegularizer.js";

/** Makes them all known. */
export function addEverySpec(): void {
  addEveryLayer();
  addEveryLoss();
  addOrthogonalRegularizer();
  addEveryMetric();
  addEveryOptimizer();
}
