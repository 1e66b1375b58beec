/** Runs benchmark cases: verifies that sides agree, times them in turn, prints a row, appends a line to the history. */
import {
  type BenchCase,
  type Contest,
  type ContestCase,
  caseName,
  type Engine,
  type FigureCase,
  type Setup,
} from "./cases.js";
import { appendHistory, type HistoryEntry, lastComparable, notableChange, readHistory } from "./history.js";
import { type Host, hostName } from "./host.js";
import { type Effort, measureInTurns, ratioInTurns, summarize, type Timing } from "./measure.js";
import type { Peak } from "./peak.js";
import { contestCells, contestHeadings, figureText, printRow } from "./table.js";

export interface HarnessOptions {
  setup: Setup;
  host: Host;
  peak: Peak;
  effort: Effort;
  history: boolean;
}

function scaled({ median, mad, n }: Timing, per: number): Timing {
  return { median: median / per, mad: mad / per, n };
}

/** The line for the history, and the change of our side since the last comparable one. */
function record(
  bench: BenchCase,
  engine: Engine,
  ours: Timing,
  rivals: HistoryEntry["rivals"],
  { host, history }: HarnessOptions,
): number {
  const { date, commit, node, v8 } = host;
  const entry: HistoryEntry = {
    date,
    commit,
    host: hostName(host),
    node,
    v8,
    ...engine,
    case: caseName(bench),
    ...ours,
    ...("unit" in bench ? { unit: bench.unit } : {}),
    rivals,
  };
  const old = lastComparable(readHistory(), entry);
  if (history) appendHistory(entry);
  return old ? notableChange(old, entry) : 0;
}

async function runContest(bench: ContestCase, contest: Contest, options: HarnessOptions): Promise<void> {
  await contest.verify();
  const names = Object.keys(contest.rivals);
  const runs = [contest.ours, ...names.map((name) => contest.rivals[name])];
  const { moreRounds = 1, per = 1 } = bench;
  const sides = await measureInTurns(runs, { ...options.effort, rounds: options.effort.rounds * moreRounds });
  const [ours, ...rivals] = sides.map((timing) => scaled(timing, per));
  const ratios = sides.slice(1).map((rival) => ratioInTurns(rival, sides[0]));
  const engine = contest.engine();
  const byName = Object.fromEntries(rivals.map(({ median, mad }, i) => [names[i], { median, mad }]));
  const change = record(bench, engine, ours, byName, options);
  const rate = bench.flops === undefined ? undefined : bench.flops / per / ours.median;
  printRow(
    caseName(bench),
    contestHeadings(names),
    contestCells({ ours, rivals, ratios, rate, engine, change }, options.peak),
  );
}

async function runFigure(bench: FigureCase, options: HarnessOptions): Promise<void> {
  const { engine, values } = await bench.measure(options.setup, options.effort);
  const ours = summarize(values);
  const change = record(bench, engine, ours, {}, options);
  printRow(caseName(bench), null, [figureText(ours, bench, change)]);
}

/** Runs the cases one after another; throws at the first one whose sides disagree. */
export async function runCases(cases: readonly BenchCase[], options: HarnessOptions): Promise<void> {
  for (const bench of cases) {
    if ("measure" in bench) {
      await runFigure(bench, options);
      continue;
    }
    const contest = await bench.open(options.setup);
    try {
      await runContest(bench, contest, options);
    } finally {
      contest.close?.();
    }
  }
}
