/** Runs the cases off the page's main thread, where threads may be waited for. */
import { type ContestCase, caseName, PLAIN, type Setup, TUNED } from "../cases.js";
import { kernelCases } from "../kernels.bench.js";
import { type Effort, FULL, measureInTurns, QUICK } from "../measure.js";
import { predictCases } from "../predict.bench.js";
import { trainStepCases } from "../trainStep.bench.js";
import type { Message, Order, Row } from "./messages.js";

/** The small activations say little in a browser, where the clock is coarse. */
const CASES = [...kernelCases, ...trainStepCases, ...predictCases].filter(({ name }) => !/ 32x128 /.test(name));

function tell(message: Message): void {
  postMessage(message);
}

async function runCase(bench: ContestCase, setup: Setup, effort: Effort): Promise<Row> {
  const contest = await bench.open(setup);
  try {
    await contest.verify();
    const tunedRun = Object.entries(contest.rivals).find(([name]) => name === TUNED)?.[1];
    const runs = [contest.ours, contest.rivals[PLAIN], ...(tunedRun ? [tunedRun] : [])];
    const per = bench.per ?? 1;
    const [ours, plain, tuned] = (await measureInTurns(runs, effort)).map(({ median }) => median / per);
    const row: Row = { type: "row", name: caseName(bench), engine: contest.engine(), ours, plain };
    if (tunedRun) row.tuned = tuned;
    if (bench.flops !== undefined) row.rate = bench.flops / per / ours;
    return row;
  } finally {
    contest.close?.();
  }
}

self.addEventListener("message", async ({ data: { setup, quick } }: MessageEvent<Order>) => {
  try {
    for (const [done, bench] of CASES.entries()) {
      tell({ type: "progress", name: caseName(bench), done, total: CASES.length });
      tell(await runCase(bench, setup, quick ? QUICK : FULL));
    }
    tell({ type: "end" });
  } catch (error) {
    tell({ type: "error", message: error instanceof Error ? error.message : String(error) });
  }
});
