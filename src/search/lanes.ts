/** Where the trainings of a search run: here, or in workers that are given the data once. */
import type { CheckedRuntime } from "../model/options.js";
import { fromPlainError } from "../model/worker/protocol.js";
import { detectFeatures } from "../runtime/features.js";
import { modulesFor } from "../runtime/select.js";
import { startThread, type Thread } from "../runtime/thread.js";
import type { LaneReply, LaneRequest } from "./host.js";
import type { Lane } from "./schedule.js";
import { type Problem, runTask, type Task, type TaskResult } from "./trial.js";

type TrainingLane = Lane<Task, TaskResult>;

/** More workers than this wait for memory, not for cores. */
const MOST_AUTO_WORKERS = 8;

/** Lanes for so many tasks: as many workers as are wished for, or one lane in this thread where there are none. */
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

/** A worker that trains. If it dies, its task and those that follow run in this thread. */
class WorkerLane implements TrainingLane {
  readonly #problem: Problem;
  #thread: Thread | null = null;
  #onReply: (reply: LaneReply | null) => void = () => {};

  private constructor(problem: Problem) {
    this.#problem = problem;
  }

  static async start(problem: Problem): Promise<WorkerLane> {
    const lane = new WorkerLane(problem);
    const { default: program } = await import("#worker");
    lane.#thread = await startThread(program, {
      onMessage: (reply) => lane.#onReply(reply as LaneReply),
      onEnd: () => {
        lane.#thread = null;
        lane.#onReply(null);
      },
    });
    lane.#post({ type: "problem", problem });
    return lane;
  }

  async run(task: Task): Promise<TaskResult> {
    this.#thread?.hold(true);
    const reply = await this.#ask(task);
    this.#thread?.hold(false);
    if (reply === null) return runTask(this.#problem, task);
    if (reply.type === "failed") throw fromPlainError(reply.error);
    return reply.result;
  }

  close(): void {
    this.#thread?.terminate();
  }

  /** The worker's reply; `null` where it is no more. */
  #ask(task: Task): Promise<LaneReply | null> {
    return new Promise((resolve) => {
      if (!this.#thread) return resolve(null);
      this.#onReply = resolve;
      this.#post({ type: "task", task });
    });
  }

  #post(request: LaneRequest): void {
    this.#thread?.post(request);
  }
}
