/** Runs benchmark cases: verify both sides agree, time them in turns, print a row, append a line to the history. */
import { appendHistory, type HistoryEntry, lastComparable, notableChange, readHistory } from "./history.js";
import { type Host, hostName } from "./host.js";
import { type Effort, measurePair, type Run, type Timing } from "./measure.js";
import type { Peak } from "./peak.js";

/** How our side is to run. */
export interface Setup {
  backend: "auto" | "wasm" | "reference";
  /** False allows relaxed SIMD. */
  deterministic: boolean;
}

/** Both sides of a case, ready to run. */
export interface Contest {
  variant: string;
  threads: number;
  /** Throws when the two sides disagree. Runs first, so the timed runs may change state as they like. */
  verify(): unknown;
  ours: Run;
  pureJs: Run;
  close?(): void;
}

export interface BenchCase {
  group: string;
  name: string;
  /** Floating-point operations of one run, counted as 2 per multiply-add. */
  flops?: number;
  /** How often one run does the named thing: a time is given per thing. @default 1 */
  per?: number;
  /** Built only when the case is selected, and dropped after it. */
  open(setup: Setup): Promise<Contest>;
}

export interface HarnessOptions {
  setup: Setup;
  host: Host;
  peak: Peak;
  effort: Effort;
  history: boolean;
}

const HEADINGS = ["pure JS", "ours", "ratio", "GFLOP/s", "% peak"];
const WIDTH = 10;

const UNITS = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
] as const;

export function formatTime(nanoseconds: number): string {
  const [scale, unit] = UNITS.find(([size]) => nanoseconds >= size) ?? [1, "ns"];
  return `${(nanoseconds / scale).toPrecision(3)} ${unit}`;
}

function formatChange(change: number): string {
  if (change === 0) return "";
  return `  ${change > 0 ? "SLOWER" : "faster"} by ${Math.abs(100 * change).toFixed(1)} %`;
}

/** GFLOP/s, and their share of what the threads in use could do at most in the mode in use. */
function rates(flops: number | undefined, median: number, { variant, threads }: Contest, peak: Peak): string[] {
  if (flops === undefined) return ["", ""];
  const rate = flops / median;
  const limit = variant.startsWith("relaxed") ? (peak.relaxed ?? peak.strict) : peak.strict;
  const share = variant === "reference" ? "" : ((100 * rate) / (limit * threads)).toFixed(0);
  return [rate.toFixed(rate < 10 ? 2 : 1), share];
}

export function caseName({ group, name }: BenchCase): string {
  return `${group}/${name}`;
}

function scaled({ median, mad, n }: Timing, per: number): Timing {
  return { median: median / per, mad: mad / per, n };
}

async function runCase(bench: BenchCase, contest: Contest, { host, peak, effort, history }: HarnessOptions) {
  await contest.verify();
  const [slow, fast] = await measurePair(contest.pureJs, contest.ours, effort);
  const rival = scaled(slow, bench.per ?? 1);
  const ours = scaled(fast, bench.per ?? 1);
  const { date, commit, node, v8 } = host;
  const { variant, threads } = contest;
  const entry: HistoryEntry = {
    ...{ date, commit, host: hostName(host), node, v8, variant, threads, case: caseName(bench) },
    ...ours,
    rival: { median: rival.median, mad: rival.mad },
  };
  const old = lastComparable(readHistory(), entry);
  if (history) appendHistory(entry);
  const cells = [
    formatTime(rival.median),
    formatTime(ours.median),
    `${(rival.median / ours.median).toFixed(2)}×`,
    ...rates(bench.flops, fast.median, contest, peak),
  ];
  const noise = `  ±${((100 * ours.mad) / ours.median).toFixed(1)} %`;
  return (
    cells.map((cell) => cell.padStart(WIDTH)).join("") + noise + (old ? formatChange(notableChange(old, entry)) : "")
  );
}

/** Runs the cases one after the other; throws at the first whose sides disagree. */
export async function runCases(cases: readonly BenchCase[], options: HarnessOptions): Promise<void> {
  const width = Math.max(...cases.map((bench) => caseName(bench).length));
  const headings = HEADINGS.map((heading) => heading.padStart(WIDTH)).join("");
  console.log(`${"".padEnd(width)}${headings}  MAD of ours`);
  for (const bench of cases) {
    const contest = await bench.open(options.setup);
    try {
      console.log(caseName(bench).padEnd(width) + (await runCase(bench, contest, options)));
    } finally {
      contest.close?.();
    }
  }
}
