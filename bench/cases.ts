/** Types of benchmark cases. Cases run in Node, and also in the page unless they need files or processes. */
import type { Effort, Run } from "./measure.js";

/** Settings of our side. */
export interface Setup {
  backend: "auto" | "wasm" | "reference";
  /** False allows relaxed SIMD. */
  deterministic: boolean;
  threads: "auto" | number;
}

/** Wasm variant and threads that our side ran on. */
export interface Engine {
  variant: string;
  threads: number;
}

/** The rivals of most cases: plain JavaScript with two versions of the matrix products. */
export const PLAIN = "pure JS";
export const TUNED = "tuned JS";
/** The rival of the other kernels: the reference backend, which is written to be read. */
export const REFERENCE = "reference";

/** All sides of a case, ready to run. */
export interface Contest {
  /** Read after the runs, because the first run may add threads. */
  engine(): Engine;
  /** Throws if the sides disagree. Runs first, so the timed runs may change state freely. */
  verify(): unknown;
  ours: Run;
  /** Rivals by name. */
  rivals: Readonly<Record<string, Run>>;
  close?(): void;
}

interface CaseName {
  group: string;
  name: string;
}

/** Our time against that of rivals. */
export interface ContestCase extends CaseName {
  /** Floating-point operations of one run, counted as 2 per multiply-add. */
  flops?: number;
  /** Number of times that one run does the named thing; times are given per thing. @default 1 */
  per?: number;
  /** Takes this many times as many rounds, for a side that learns while it runs. @default 1 */
  moreRounds?: number;
  /** Builds the sides only if the case is selected; they are dropped after it. */
  open(setup: Setup): Promise<Contest>;
}

/** A figure of our own without a rival. */
export interface FigureCase extends CaseName {
  unit: "ms" | "%" | "MB";
  /** Limit that the figure should not exceed. */
  limit?: number;
  measure(setup: Setup, effort: Effort): Promise<{ engine: Engine; values: number[] }>;
}

export type BenchCase = ContestCase | FigureCase;

export function caseName({ group, name }: CaseName): string {
  return `${group}/${name}`;
}
