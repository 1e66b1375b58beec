/** The worker's side of a lane: keeps the problem and trains on request. Knows no threads. */
import { type Problem, runTask, type Task, type TaskResult } from "./trial.js";

/** To the worker: the data, once, then one task at a time. */
export type LaneRequest =
  | { readonly type: "problem"; readonly problem: Problem }
  | { readonly type: "task"; readonly task: Task };

/** From the worker. */
export interface LaneReply {
  readonly type: "score";
  readonly result: TaskResult;
}

/** Makes a handler of requests that replies through `send`. */
export function serveLane(send: (reply: LaneReply) => void): (request: LaneRequest) => void {
  let problem: Problem;
  return (request) => {
    if (request.type === "problem") problem = request.problem;
    else void runTask(problem, request.task).then((result) => send({ type: "score", result }));
  };
}
