/** Every layer, loss, metric and optimizer: a candidate that comes from elsewhere may name any. */
import { addEveryLayer } from "../specs/layers/every.js";
import { addEveryLoss } from "../specs/losses/every.js";
import { addEveryMetric } from "../specs/metrics/every.js";
import { addEveryOptimizer } from "../specs/optimizers/more.js";
import { addOrthogonalRegularizer } from "../specs/orthogonalRegularizer.js";

export function addEveryPart(): void {
  addEveryLayer();
  addEveryLoss();
  addOrthogonalRegularizer();
  addEveryMetric();
  addEveryOptimizer();
}
