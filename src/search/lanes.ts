/** Lanes that run the trainings of a search: this thread, or workers that receive the data once. */
import { BackendError } from "../base/errors.js";
import type { CheckedRuntime } from "../model/options.js";
import { detectFeatures } from "../runtime/features.js";
import { modulesFor } from "../runtime/select.js";
import { startThread, type Thread } from "../runtime/thread.js";
import type { LaneReply, LaneRequest } from "./host.js";
import type { Lane } from "./schedule.js";
import { failure, type Problem, runTask, type Task, type TaskResult } from "./trial.js";

type TrainingLane = Lane<Task, TaskResult>;

/** More workers than this would wait for memory, not for cores. */
const MOST_AUTO_WORKERS = 8;

/** Lanes for that many tasks: as many workers as requested, or one lane in this thread if there are none. */
export async function openLanes(
  problem: Problem,
  tasks: number,
  { workers, runtime }: { workers: "auto" | number; runtime: CheckedRuntime },
): Promise<TrainingLane[]> {
  const wish = workers === "auto" ? Math.min(detectFeatures().cores, MOST_AUTO_WORKERS) : workers;
  const count = Math.min(wish, tasks);
  const here: TrainingLane = { run: (task) => runTask(problem, task), close: () => {} };
  if (count <= 1) return [here];
  const wasm = await modulesFor({ ...runtime, threads: 1 });
  const shared = wasm.length > 0 ? { ...problem, wasm } : problem;
  const started = await Promise.allSettled(Array.from({ length: count }, () => WorkerLane.start(shared)));
  const lanes = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  return lanes.length > 0 ? lanes : [here];
}

/** Workers that may die on one task: one may die by accident, two die because of the task. */
const TRIES = 2;

/** A worker that trains. One that dies is replaced; if no worker can be started any more, this thread trains. */
class WorkerLane implements TrainingLane {
  readonly #problem: Problem;
  #thread: Thread | null = null;
  #onReply: (reply: LaneReply | null) => void = () => {};

  private constructor(problem: Problem) {
    this.#problem = problem;
  }

  static async start(problem: Problem): Promise<WorkerLane> {
    const lane = new WorkerLane(problem);
    await lane.#start();
    return lane;
  }

  async run(task: Task): Promise<TaskResult> {
    for (let lost = 0; lost < TRIES; lost++) {
      const hasWorker = this.#thread !== null || (await this.#restart());
      if (!hasWorker && lost === 0) return runTask(this.#problem, task);
      const reply = await this.#ask(task);
      if (reply) return reply.result;
    }
    return failure(new BackendError("Its worker ended, perhaps for want of memory. Try fewer workers."), 0);
  }

  close(): void {
    this.#thread?.terminate();
  }

  async #start(): Promise<void> {
    const { default: program } = await import("#worker");
    this.#thread = await startThread(program, {
      onMessage: (reply) => this.#onReply(reply as LaneReply),
      onEnd: () => {
        this.#thread = null;
        this.#onReply(null);
      },
    });
    this.#thread.post({ type: "problem", problem: this.#problem } satisfies LaneRequest);
  }

  /** False if no worker can be started. */
  #restart(): Promise<boolean> {
    return this.#start().then(
      () => true,
      () => false,
    );
  }

  /** The worker's reply; `null` if the worker is gone. */
  async #ask(task: Task): Promise<LaneReply | null> {
    const thread = this.#thread;
    if (!thread) return null;
    thread.hold(true);
    const reply = new Promise<LaneReply | null>((resolve) => {
      this.#onReply = resolve;
    });
    thread.post({ type: "task", task } satisfies LaneRequest);
    const received = await reply;
    thread.hold(false);
    return received;
  }
}
