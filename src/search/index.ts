/** `simdgrad/search`: searches for the options of estimators. No logic. */

export type { Lane } from "../base/lanes.js";
export type {
  Executor,
  ExecutorContext,
  NetworkResult,
  PlainProblem,
  Split,
  Subject,
  Task,
  TaskResult,
} from "../data/executor.js";
export type { Build, BuildContext, Built, ModelPlan, ModelToFit } from "./build.js";
export { type BuildScorerOptions, buildScorer } from "./buildScorer.js";
export { formatSearch } from "./formatSearch.js";
export { type LocalExecutorOptions, localExecutor } from "./localExecutor.js";
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
export { type Problem, runTask } from "./trial.js";
