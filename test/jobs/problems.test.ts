// Problems in memory: each job has its own data, whatever becomes of those of others.
import { expect, it } from "vitest";
import { moons } from "../../src/datasets/index.js";
import { JobError } from "../../src/jobs/errors.js";
import type { JobData } from "../../src/jobs/messages.js";
import { Problems } from "../../src/jobs/problems.js";
import { gridSearch } from "../../src/search/index.js";
import { makePlan } from "../../src/tasks/index.js";

/** A job, and its data file. */
async function jobOf(seed: number) {
  const plan = await makePlan(gridSearch, moons({ samples: 20, seed }), {
    estimator: "classifier",
    options: { hiddenLayerSizes: [2], maxEpochs: 1 },
    folds: 2,
    grid: { alpha: [1e-3] },
  });
  const { tasks, v, library, data, problem } = JSON.parse(plan.text);
  return { job: { v, library, data, problem, task: tasks[0] } as JobData, files: plan.files };
}

it.each<[fate: string, isThere: () => boolean, ends: RegExp]>([
  ["come late", () => true, /^0\.\d+$/],
  ["never come", () => false, /JobError.*not in its store/],
  [
    "cannot be read",
    () => {
      throw new JobError("gone");
    },
    /JobError: gone/,
  ],
])("three jobs have their results, and not the fault of a fourth whose data %s", async (_, isThere, ends) => {
  const [slow, ...others] = await Promise.all([1, 2, 3, 4].map(jobOf));
  const files = new Map(others.flatMap((other) => [...other.files]));
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const late = async (name: string) => {
    await gate;
    return isThere() ? (slow.files.get(name) ?? null) : null;
  };
  const problems = new Problems({ read: async (name) => files.get(name) ?? late(name), write: async () => {} }, 1);
  const first = problems.run("here", slow.job).then(({ score }) => String(score), String);
  // Twice, so that the slow one is the one that was not used for longest.
  for (const { job } of [...others, ...others]) expect((await problems.run("here", job)).score).toBeGreaterThan(0);
  open();
  expect(await first).toMatch(ends);
  problems.close();
});
