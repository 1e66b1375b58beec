/**
 * Hands tasks to lanes: this thread, or workers, on this machine or others. Knows order, time and interruption;
 * knows nothing about the tasks themselves.
 */

/** A runner of one task at a time. */
export interface Lane<Task, Result> {
  /** The result; `null` if the task was dropped, because the schedule is over. An error ends the schedule. */
  run(task: Task): Promise<Result | null>;
  close(): void | Promise<void>;
}

export interface ScheduleOptions<Task, Result> {
  readonly tasks: readonly Task[];
  readonly lanes: readonly Lane<Task, Result>[];
  /** Called in the order in which tasks finish; a lane waits for its promise. */
  readonly onResult: (task: Task, result: Result) => unknown;
  /** No task begins once this returns true. */
  readonly isOver: () => boolean;
}

/** Runs tasks in order, as many at a time as there are lanes; true if all were run. The first error ends it. */
export async function schedule<Task, Result>({
  tasks,
  lanes,
  onResult,
  isOver,
}: ScheduleOptions<Task, Result>): Promise<boolean> {
  let next = 0;
  let done = 0;
  let hasFailed = false;
  const work = async (lane: Lane<Task, Result>) => {
    while (next < tasks.length && !hasFailed && !isOver()) {
      const task = tasks[next++];
      try {
        const result = await lane.run(task);
        if (result === null) continue;
        await onResult(task, result);
        done++;
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(lanes.map(work));
  const failed = ended.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  return done === tasks.length;
}
