/** Lanes that run the trainings of a search: this thread, or workers that receive the data once. */
import { BackendError } from "../base/errors.js";
import type { Lane } from "../base/lanes.js";
import type { Failure, Task, TaskResult } from "../data/executor.js";
import type { CheckedRuntime } from "../model/options.js";
import { cores } from "../runtime/cores.js";
import { modulesFor } from "../runtime/modulesFor.js";
import { startThread, type Thread } from "../runtime/thread.js";
import type { LaneReply, LaneRequest } from "./host.js";
import type { Candidate } from "./space.js";
import { failure, type Prediction, type Problem, runTask, runTraining } from "./trial.js";
import type { WrappedSearch } from "./wrapped.js";

type TrainingLane = Lane<Task, TaskResult>;

/** More workers than this would wait for memory, not for cores. */
const MOST_AUTO_WORKERS = 8;

/** Lanes for that many tasks: as many workers as requested, or one lane in this thread if there are none. */
export async function openLanes(
  problem: Problem,
  tasks: number,
  { workers, runtime, wrapped }: { workers: "auto" | number; runtime: CheckedRuntime; wrapped: WrappedSearch | null },
): Promise<TrainingLane[]> {
  // A function stays where it is.
  const isBound = typeof problem.builder?.build === "function";
  const wish = isBound ? 1 : workers === "auto" ? Math.min(cores(), MOST_AUTO_WORKERS) : workers;
  const count = Math.min(wish, tasks);
  const here: TrainingLane = { run: (task) => runHere(problem, wrapped, task), close: () => {} };
  if (count <= 1) return [here];
  const wasm = await modulesFor({ ...runtime, threads: 1 });
  const shared = wasm.length > 0 ? { ...problem, wasm } : problem;
  const started = await Promise.allSettled(Array.from({ length: count }, () => WorkerLane.start(shared, wrapped)));
  const lanes = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  return lanes.length > 0 ? lanes : [here];
}

/** Trains in this thread. */
function runHere(problem: Problem, wrapped: WrappedSearch | null, task: Task): Promise<TaskResult> {
  if (!wrapped || task.subject.kind === "constant") return runTask(problem, task);
  return wrapped.run(problem, task, runTraining);
}

/** Workers that may end while they train one task: one may do so by accident, two do because of the task. */
const TRIES = 2;

const LOST = () => new BackendError("Its worker ended, perhaps for want of memory. Try fewer workers.");

/** A worker that trains. One that ends is replaced; where none can be had any more, this thread trains. */
class WorkerLane implements TrainingLane {
  readonly #problem: Problem;
  readonly #wrapped: WrappedSearch | null;
  #thread: Thread | null = null;
  #onReply: (reply: LaneReply | null) => void = () => {};
  #isClosed = false;

  private constructor(problem: Problem, wrapped: WrappedSearch | null) {
    this.#problem = problem;
    this.#wrapped = wrapped;
  }

  static async start(problem: Problem, wrapped: WrappedSearch | null): Promise<WorkerLane> {
    const lane = new WorkerLane(problem, wrapped);
    await lane.#start();
    return lane;
  }

  /** The result; `null` if the lane was closed first. */
  async run(task: Task): Promise<TaskResult | null> {
    const result = await this.#resultOf(task);
    return this.#isClosed ? null : result;
  }

  async #resultOf(task: Task): Promise<TaskResult> {
    if (this.#wrapped && task.subject.kind !== "constant") {
      return this.#wrapped.run(this.#problem, task, (problem, options) => this.#train(problem, options));
    }
    const reply = await this.#askTwice({ type: "task", task });
    if (reply === "none") return runTask(this.#problem, task);
    return reply?.type === "score" ? reply.result : failure(LOST(), 0);
  }

  async #train(problem: Problem, options: Candidate): Promise<Prediction> {
    const reply = await this.#askTwice({ type: "training", problem, options });
    if (reply === "none") return runTraining(problem, options);
    return reply?.type === "prediction" ? reply.prediction : { values: [], error: failure(LOST(), 0).error as Failure };
  }

  /** The worker's reply; "none" where no worker can be had, `null` where they ended. */
  async #askTwice(request: LaneRequest): Promise<LaneReply | "none" | null> {
    for (let lost = 0; lost < TRIES && !this.#isClosed; lost++) {
      const hasWorker = this.#thread !== null || (await this.#restart());
      if (!hasWorker && lost === 0) return "none";
      const reply = await this.#ask(request);
      if (reply) return reply;
    }
    return null;
  }

  /** Ends the worker at once, with the task that it trains. */
  close(): void {
    this.#isClosed = true;
    this.#thread?.terminate();
    this.#onReply(null); // not every engine tells of an end that was asked for
  }

  async #start(): Promise<void> {
    const { default: program } = await import("#worker/search");
    this.#thread = await startThread(program, {
      onMessage: (reply) => this.#onReply(reply as LaneReply),
      onEnd: () => {
        this.#thread = null;
        this.#onReply(null);
      },
    });
    if (this.#isClosed) this.#thread.terminate();
    this.#thread.post({ type: "problem", problem: this.#problem } satisfies LaneRequest);
  }

  /** False if no worker can be started. */
  #restart(): Promise<boolean> {
    return this.#start().then(
      () => true,
      () => false,
    );
  }

  /** The worker's reply; `null` where it is no more. */
  async #ask(request: LaneRequest): Promise<LaneReply | null> {
    const thread = this.#thread;
    if (!thread) return null;
    thread.hold(true);
    const reply = new Promise<LaneReply | null>((resolve) => {
      this.#onReply = resolve;
    });
    thread.post(request);
    const received = await reply;
    thread.hold(false);
    return received;
  }
}
