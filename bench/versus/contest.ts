/** All rivals at one task: opened one by one, then sampled in turn while the others sleep. */
import { summarize } from "../measure.js";
import { Entrant, NotOffered } from "./entrant.js";
import type { Rival } from "./rivals.js";
import type { DataFiles, Task } from "./tasks.js";

export interface VersusEffort {
  rounds: number;
  /** Approximate length of a sample in milliseconds. */
  target: number;
}

/** A figure, or the reason why there is none. */
export type Result =
  | { kind: "figure"; seconds: number; mad: number; steps: number; isScaled: boolean }
  | { kind: "notOffered"; reason: string }
  | { kind: "failed"; reason: string };

export interface Standing {
  rival: Rival;
  result: Result;
  version: string;
  note: string;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0];
}

function failure(error: unknown): Result {
  return { kind: error instanceof NotOffered ? "notOffered" : "failed", reason: messageOf(error) };
}

export async function runContest(
  task: Task,
  rivals: readonly Rival[],
  files: DataFiles,
  { rounds, target }: VersusEffort,
): Promise<Standing[]> {
  const data = await files.of(task.net);
  const failed = new Map<Rival, Result>();
  const entrants: Entrant[] = [];
  for (const rival of rivals) {
    try {
      entrants.push(await Entrant.open(rival, task, data, target));
    } catch (error) {
      failed.set(rival, failure(error));
    }
  }
  try {
    for (let round = 0; round < rounds; round++) {
      for (const entrant of round % 2 === 0 ? entrants : entrants.toReversed()) {
        if (failed.has(entrant.rival)) continue;
        await entrant.sample().catch((error) => failed.set(entrant.rival, failure(error)));
      }
    }
  } finally {
    for (const entrant of entrants) entrant.close();
  }
  return rivals.map((rival) => {
    const entrant = entrants.find((candidate) => candidate.rival === rival);
    const { version = "", note = "" } = entrant?.opened ?? {};
    const wrong = failed.get(rival);
    if (wrong || !entrant) return { rival, version, note, result: wrong ?? failure("did not start") };
    const { median, mad } = summarize(entrant.samples);
    const isScaled = task.wholeSteps !== undefined && entrant.count < task.wholeSteps;
    return { rival, version, note, result: { kind: "figure", seconds: median, mad, steps: entrant.count, isScaled } };
  });
}
