/** Times functions against each other: tinybench in interleaved rounds, samples pooled per side. */
import { Bench } from "tinybench";

/** Nanoseconds per call, or the unit of the samples. */
export interface Timing {
  median: number;
  /** Median absolute deviation from the median. */
  mad: number;
  /** Number of samples for the two. */
  n: number;
}

/** Timing of one side. */
export interface SideTiming extends Timing {
  /** Median of each of its rounds. */
  rounds: readonly number[];
}

export interface Effort {
  rounds: number;
  /** Milliseconds per side and round. */
  time: number;
  /** Milliseconds per side, before the first round. */
  warmup: number;
}

export const FULL: Effort = { rounds: 7, time: 150, warmup: 400 };
export const QUICK: Effort = { rounds: 3, time: 40, warmup: 250 };

/** Returns nothing to await, or a promise: the first call shows which. */
export type Run = () => unknown;

/** A sample shorter than this says more about the clock than about the function, so short calls are repeated. */
const SHORTEST_SAMPLE = 0.1;
/** Samples per round, unless a single sample takes longer than SLOW milliseconds. */
const MIN_SAMPLES = 3;
const SLOW = 500;
/** Milliseconds after which a slow side sits out the remaining rounds, unless it has had fewer than the minimum. */
const MOST_TIME = 20_000;
const LEAST_ROUNDS = 3;

interface Side {
  /** Makes one sample: calls the function `repeats` times. */
  sample: () => unknown;
  async: boolean;
  slow: boolean;
  /** Rounds it takes part in. */
  rounds: number;
  samples: number[];
  medians: number[];
}

/** One sample for tinybench: the mean of `repeats` calls; the whole time counts against the budget. */
function mean(elapsed: number, repeats: number) {
  return { overriddenDuration: elapsed / repeats, overriddenIterationCost: elapsed };
}

function syncSample(run: Run, repeats: number): Run {
  return () => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) run();
    return mean(performance.now() - start, repeats);
  };
}

function asyncSample(run: Run, repeats: number): Run {
  return async () => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) await run();
    return mean(performance.now() - start, repeats);
  };
}

/** Warms the function up and finds how many calls make a sample. */
async function prepare(run: Run, warmup: number): Promise<Side> {
  const end = performance.now() + warmup;
  let fastest = Infinity;
  let async = false;
  do {
    const start = performance.now();
    const result = run();
    async = result instanceof Promise;
    if (async) await result;
    fastest = Math.min(fastest, performance.now() - start);
  } while (performance.now() < end);
  const repeats = Math.max(1, Math.ceil(SHORTEST_SAMPLE / Math.max(fastest, 1e-5)));
  return {
    sample: async ? asyncSample(run, repeats) : syncSample(run, repeats),
    async,
    slow: fastest > SLOW,
    rounds: Math.max(LEAST_ROUNDS, Math.floor(MOST_TIME / fastest)),
    samples: [],
    medians: [],
  };
}

async function addSamples(side: Side, time: number): Promise<void> {
  const iterations = side.slow ? 1 : MIN_SAMPLES;
  const bench = new Bench({ time, iterations, warmup: false, retainSamples: true, throws: true });
  bench.add("side", side.sample, { async: side.async });
  const [task] = await bench.run();
  if (task?.result.state !== "completed") throw new Error(`measure: tinybench ended ${task?.result.state}`);
  const samples = (task.result.latency.samples ?? []).map((milliseconds) => milliseconds * 1e6);
  side.samples.push(...samples);
  side.medians.push(summarize(samples).median);
}

function median(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export function summarize(samples: readonly number[]): Timing {
  const middle = median(samples.toSorted((a, b) => a - b));
  const deviations = samples.map((sample) => Math.abs(sample - middle)).sort((a, b) => a - b);
  return { median: middle, mad: median(deviations), n: samples.length };
}

/** A, B, C, C, B, A, A, B, C …: drift of the machine then affects all sides alike. */
export async function measureInTurns(runs: readonly Run[], { rounds, time, warmup }: Effort): Promise<SideTiming[]> {
  const sides: Side[] = [];
  for (const run of runs) sides.push(await prepare(run, warmup));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? sides : sides.toReversed();
    for (const side of order) if (round < side.rounds) await addSamples(side, time);
  }
  return sides.map(({ samples, medians }) => ({ ...summarize(samples), rounds: medians }));
}

/** A rival's time over ours: the median of the rounds' ratios, as a slow second of the machine meets both sides. */
export function ratioInTurns(rival: SideTiming, ours: SideTiming): number {
  const rounds = Math.min(rival.rounds.length, ours.rounds.length);
  return summarize(Array.from({ length: rounds }, (_, i) => rival.rounds[i] / ours.rounds[i])).median;
}
