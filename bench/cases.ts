/** What a benchmark case is. Cases run in Node and, but for those that need files or processes, in the page as well. */
import type { Effort, Run } from "./measure.js";

/** How our side is to run. */
export interface Setup {
  backend: "auto" | "wasm" | "reference";
  /** False allows relaxed SIMD. */
  deterministic: boolean;
  threads: "auto" | number;
}

/** What our side ran on. */
export interface Engine {
  variant: string;
  threads: number;
}

/** The rivals of most cases: plain JavaScript in two spellings of the matrix products. */
export const PLAIN = "pure JS";
export const TUNED = "tuned JS";

/** All sides of a case, ready to run. */
export interface Contest {
  /** Asked after the runs, because threads may be added at the first. */
  engine(): Engine;
  /** Throws when the sides disagree. Runs first, so the timed runs may change state as they like. */
  verify(): unknown;
  ours: Run;
  /** By name. */
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
  /** How often one run does the named thing: a time is given per thing. @default 1 */
  per?: number;
  /** Built only when the case is selected, and dropped after it. */
  open(setup: Setup): Promise<Contest>;
}

/** A figure of our own that has no rival. */
export interface FigureCase extends CaseName {
  unit: "ms" | "%" | "MB";
  /** What it should not exceed. */
  limit?: number;
  measure(setup: Setup, effort: Effort): Promise<{ engine: Engine; values: number[] }>;
}

export type BenchCase = ContestCase | FigureCase;

export function caseName({ group, name }: CaseName): string {
  return `${group}/${name}`;
}
