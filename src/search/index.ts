/** `simdgrad/search`: searches for the options of estimators. No logic. */
export type { Build, BuildContext, Built, ModelPlan, ModelToFit } from "./build.js";
export { type BuildScorerOptions, buildScorer } from "./buildScorer.js";
export type { ExecutorContext, SearchExecutor } from "./executor.js";
export { formatSearch } from "./formatSearch.js";
export type {
  BuildGridSearchOptions,
  BuildHalvingOptions,
  BuildRandomSearchOptions,
  GridSearchOptions,
  HalvingOptions,
  RandomSearchOptions,
  SearchOptions,
  SearchProgress,
} from "./options.js";
export {
  type PartialSearchResult,
  type Recorded,
  type Resumable,
  SearchError,
  type SearchResult,
  type Trial,
  type TrialError,
} from "./result.js";
export type { Lane } from "./schedule.js";
export type { EstimatorName, ScoringName } from "./scoring.js";
export { gridSearch, randomSearch, successiveHalving } from "./search.js";
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
export { type Problem, runTask, type Split, type Subject, type Task, type TaskResult } from "./trial.js";
