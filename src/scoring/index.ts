/** `simdgrad/scoring`: predictions for files larger than memory. Node only. */
export type { ScoringExecutor } from "./executor.js";
export type { JobOptions, Part, PartResult, ScoringJob, TableFormat } from "./job.js";
export type { Manifest } from "./manifest.js";
export type { ScoreOptions, ScoringProgress } from "./options.js";
export { type Scored, scoreFile } from "./scoreFile.js";
export { scorePart } from "./scorePart.js";
