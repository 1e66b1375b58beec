/** Makes every metric known, for those who read metrics that others have written: files and workers. */
import { moreMetrics } from "./more.js";
import { addMetrics } from "./table.js";

/** Makes every metric known to `compile`. */
export function addEveryMetric(): void {
  addMetrics(moreMetrics);
}
