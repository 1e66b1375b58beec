/** `simdgrad/search`: searches for the options of estimators. No logic. */
export { formatSearch } from "./formatSearch.js";
export {
  type PartialSearchResult,
  type Recorded,
  type Resumable,
  SearchError,
  type SearchResult,
  type Trial,
  type TrialError,
} from "./result.js";
export type { EstimatorName, ScoringName } from "./scoring.js";
export {
  type GridSearchOptions,
  gridSearch,
  type HalvingOptions,
  type RandomSearchOptions,
  randomSearch,
  type SearchOptions,
  type SearchProgress,
  successiveHalving,
} from "./search.js";
export {
  type Candidate,
  choice,
  type Distribution,
  type Grid,
  integer,
  logUniform,
  type Space,
  uniform,
} from "./space.js";
