/** Messages between the page and its worker. */
import type { Engine, Setup } from "../cases.js";

/** To the worker: run all cases. */
export interface Order {
  setup: Setup;
  quick: boolean;
}

/** One case's medians, in nanoseconds per run. */
export interface Row {
  type: "row";
  name: string;
  engine: Engine;
  ours: number;
  plain: number;
  /** Absent if both rivals would be the same. */
  tuned?: number;
  /** GFLOP/s of our side. */
  rate?: number;
}

/** To the page. */
export type Message =
  | Row
  | { type: "progress"; name: string; done: number; total: number }
  | { type: "end" }
  | { type: "error"; message: string };
