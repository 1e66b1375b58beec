/** Results of searches as they are compared: without the times, and the best estimator by its options. */
import type { PartialSearchResult } from "../../src/search/index.js";

export const timeless = ({ seconds: _, trials, baselines, best, records, ...rest }: PartialSearchResult) => ({
  ...rest,
  best: best?.options,
  trials: trials.map(({ seconds: _s, ...trial }) => trial),
  baselines: baselines.map(({ seconds: _s, ...trial }) => trial),
  records: records.map(({ seconds: _s, ...record }) => record),
});
