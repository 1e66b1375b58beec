/** The worker's side of a lane: keeps the problem, trains when told to. Knows no threads. */
import { type PlainError, toPlainError } from "../model/worker/protocol.js";
import { type Problem, runTask, type Task, type TaskResult } from "./trial.js";

/** To the worker: the data, once, then one task at a time. */
export type LaneRequest =
  | { readonly type: "problem"; readonly problem: Problem }
  | { readonly type: "task"; readonly task: Task };

/** From the worker. */
export type LaneReply =
  | { readonly type: "score"; readonly result: TaskResult }
  | { readonly type: "failed"; readonly error: PlainError };

/** Makes something that takes requests and replies through `send`. */
export function serveLane(send: (reply: LaneReply) => void): (request: LaneRequest) => void {
  let problem: Problem;
  const run = async (task: Task) => {
    try {
      send({ type: "score", result: await runTask(problem, task) });
    } catch (error) {
      send({ type: "failed", error: toPlainError(error) });
    }
  };
  return (request) => {
    if (request.type === "problem") problem = request.problem;
    else void run(request.task);
  };
}
