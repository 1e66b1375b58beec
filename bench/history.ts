/** The benchmark history: one JSON line per case and run, and changes since the last comparable line. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Times are nanoseconds per run; other figures name their unit. */
export interface HistoryEntry {
  date: string;
  commit: string;
  host: string;
  node: string;
  v8: string;
  variant: string;
  threads: number;
  case: string;
  median: number;
  mad: number;
  n: number;
  /** @default nanoseconds */
  unit?: string;
  rivals: Record<string, { median: number; mad: number }>;
}

const FILE = fileURLToPath(new URL("./history.jsonl", import.meta.url));

export function readHistory(): HistoryEntry[] {
  if (!existsSync(FILE)) return [];
  const lines = readFileSync(FILE, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as HistoryEntry);
}

export function appendHistory(entry: HistoryEntry): void {
  appendFileSync(FILE, `${JSON.stringify(entry)}\n`);
}

/** The last entry measured under equal conditions, whatever the commit. */
export function lastComparable(history: readonly HistoryEntry[], entry: HistoryEntry): HistoryEntry | undefined {
  const keys = ["host", "node", "variant", "threads", "case"] as const;
  return history.findLast((old) => keys.every((key) => old[key] === entry[key]));
}

/** Relative change of the median if it exceeds 3 MAD and 3 %; else 0. Negative is faster. */
export function notableChange(old: HistoryEntry, entry: HistoryEntry): number {
  const change = entry.median - old.median;
  const notable = Math.abs(change) > 3 * Math.max(old.mad, entry.mad) && Math.abs(change) > 0.03 * old.median;
  return notable ? change / old.median : 0;
}
