/** `task`: runs tasks of a plan; a scheduler says which. */
import { openPlan, type Plan, type PlanTask } from "simdgrad/tasks";
import { Ending, FAILED, INTERRUPTED, misuse, OK } from "../failure.js";
import { sizeOf } from "../files/paths.js";
import type { Io } from "../io.js";
import { openProgress } from "../ui/progress.js";
import { Report } from "../ui/report.js";
import { count, countOf } from "../ui/text.js";

export interface TaskFlags {
  readonly index?: number[];
  readonly out?: string;
  readonly of?: number;
  readonly concurrency?: number;
  readonly count?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Variables in which schedulers put the index of a job, from 0. */
const VARIABLES = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"];

/** The indexes that are asked for: by the command line, or by the scheduler. */
function asked({ index }: TaskFlags, { env }: Io): number[] {
  if (index !== undefined) return index;
  const name = VARIABLES.find((each) => env[each] !== undefined && env[each] !== "");
  if (name === undefined) {
    throw misuse(`which task? Give --index 0, or start it by a scheduler, which sets one of ${VARIABLES.join(", ")}.`);
  }
  const text = env[name] as string;
  if (/^\d{1,15}$/.test(text)) return [Number(text)];
  throw misuse(`${name}: expected an index from 0, got ${JSON.stringify(text)}. Give --index 0.`);
}

/** The tasks to run: those asked for, or with `--of` every n-th from there on. */
function chosen(flags: TaskFlags, io: Io, tasks: number): number[] {
  const indexes = asked(flags, io);
  const { of } = flags;
  const limit = of ?? tasks;
  const wrong = indexes.find((index) => index >= limit);
  if (wrong !== undefined) {
    const what = of === undefined ? `the plan has ${countOf(tasks, "task")}` : `there are ${count(of)} shares`;
    const last = of === undefined ? "" : ", or let --of be the size of the array";
    throw misuse(`--index: ${what}, with indexes from 0 to ${limit - 1}; got ${wrong}. Give one of them${last}.`);
  }
  if (of === undefined) return indexes;
  return indexes.flatMap((first) => Array.from({ length: Math.ceil((tasks - first) / of) }, (_, i) => first + i * of));
}

const lineOf = ({ index, task, result, isNew }: PlanTask) => {
  const { subject, fold } = task;
  const what = subject.kind === "candidate" ? JSON.stringify(subject.options) : subject.kind;
  const score = result.error ? `failed: ${result.error.name}: ${result.error.message}` : result.score?.toFixed(4);
  return `${index}  ${what}, fold ${fold}: ${score}${isNew ? `  ${result.seconds.toFixed(2)} s` : "  (done before)"}`;
};

/** Runs the tasks, until one has no result or the command is stopped. */
async function runAll(plan: Plan, indexes: readonly number[], out: string, flags: TaskFlags, io: Io, report: Report) {
  const progress = openProgress(io, flags.quiet === true || indexes.length < 2);
  const done: PlanTask[] = [];
  let next = 0;
  let isOver = io.signal.aborted;
  const work = async () => {
    while (next < indexes.length && !isOver) {
      const task = await plan.run(indexes[next++], { out });
      done.push(task);
      progress.close();
      report.line(lineOf(task));
      progress.update(done.length / indexes.length, `${done.length}/${indexes.length} tasks`, null);
    }
  };
  const stop = new Promise<never>((_, reject) => {
    const onStop = () => reject(new Ending("stopped; tasks that are done are kept.", INTERRUPTED));
    if (io.signal.aborted) onStop();
    io.signal.addEventListener("abort", onStop, { once: true });
  });
  try {
    await Promise.race([stop, Promise.all(Array.from({ length: flags.concurrency ?? 1 }, work))]);
    return done;
  } finally {
    isOver = true;
    progress.close();
  }
}

export async function task(path: string, flags: TaskFlags, io: Io): Promise<number> {
  const report = new Report(io, flags);
  await sizeOf(path, "a plan");
  const { concurrency = 1, out } = flags;
  const plan = await openPlan(path, { concurrency, onWarning: (message) => report.warn(message) });
  try {
    if (flags.count) {
      if (flags.json) report.json({ command: "task", plan: path, tasks: plan.tasks });
      else io.stdout.write(`${plan.tasks}\n`);
      return OK;
    }
    if (out === undefined) throw misuse("where do the results go? Give --out results, a folder that gather reads.");
    const done = await runAll(plan, chosen(flags, io, plan.tasks), out, flags, io, report);
    const again = done.filter(({ isFinal }) => !isFinal);
    for (const { index, result } of again) {
      report.warn(`task ${index} failed because of this machine: ${result.error?.message} Run it again.`);
    }
    const facts = ({ index, task: own, result, file, isNew }: PlanTask) => ({ index, ...own, ...result, file, isNew });
    if (flags.json) report.json({ command: "task", plan: path, tasks: done.map(facts) });
    return again.length > 0 ? FAILED : OK;
  } finally {
    plan.close();
  }
}
