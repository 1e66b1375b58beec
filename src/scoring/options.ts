/** Options of `scoreFile`: a table and its types. */
import {
  flag,
  func,
  type Given,
  type Kept,
  listOf,
  number,
  numberOr,
  oneOf,
  optional,
  text,
  via,
} from "../base/options.js";
import { signalOption } from "../base/signal.js";
import { checkPath } from "../node/atomicFile.js";
import { checkScoringExecutor, type ScoringExecutor } from "./executor.js";

const path = () => via<string, string>(checkPath);

export const scoreOptions = {
  /** Path of the model: a table model, or a network with `features`. */
  model: path(),
  /** Path of the rows: Parquet or CSV. */
  input: path(),
  /** The folder that the parts and `manifest.json` are written to. */
  output: path(),
  /** Format of the parts. @default that of the input */
  format: optional(oneOf(["parquet", "csv"])),
  /** For a network: the columns that are its inputs, in order. */
  features: optional(listOf("an array of names", text(), 1)),
  /** Columns of the input to write before the predictions. @default none */
  keep: optional(listOf("an array of names", text())),
  /** Refuse rows with values that are missing, unknown or unreadable, instead of filling them in. @default false */
  strict: flag(false),
  /** For two classes: the probability of the second from which it is predicted. @default that of the model */
  threshold: optional(number({ above: 0, below: 1 })),
  /** Rows of a part, at most; parts of CSV have about as many. @default 131072 */
  partRows: number({ min: 1, max: 2 ** 20, integer: true }, 2 ** 17),
  /** Threads of this machine; "auto": as many as cores, up to 8. @default "auto" */
  threads: numberOr("auto", { min: 1, max: 256, integer: true }),
  /** Scores on other machines: `bullExecutor` of `simdgrad/bullmq`. @default threads of this machine */
  executor: optional(via<ScoringExecutor, ScoringExecutor>(checkScoringExecutor)),
  /** Called after each part; its promise is waited for. */
  onProgress: optional(func<(progress: ScoringProgress) => unknown>()),
  /** Ends the scoring after the parts that are in work. */
  signal: signalOption,
};

/** Options of `scoreFile`. */
export interface ScoreOptions extends Given<typeof scoreOptions> {}

export type CheckedScore = Kept<typeof scoreOptions>;

/** The state of a scoring. */
export interface ScoringProgress {
  /** Parts that are done, and all. */
  readonly parts: number;
  readonly totalParts: number;
  /** Rows of the parts that are done. */
  readonly rows: number;
  /** Rows of parts that were there before. */
  readonly oldRows: number;
  /** From 0 to 1: the share of the rows of Parquet, or of the bytes of CSV. */
  readonly share: number;
}
