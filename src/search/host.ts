/** The worker's side of a lane: keeps the problem, trains when told to. Knows no threads. */

import type { Task, TaskResult } from "../data/executor.js";
import { addEverySpec } from "../specs/every.js";
import type { Candidate } from "./space.js";
import { type Prediction, type Problem, runTask, runTraining } from "./trial.js";

/** To the worker: the data, once, then one task at a time. */
export type LaneRequest =
  | { readonly type: "problem"; readonly problem: Problem }
  | { readonly type: "task"; readonly task: Task }
  // Of an estimator with transformers: data of its own, as they leave it.
  | { readonly type: "training"; readonly problem: Problem; readonly options: Candidate };

/** From the worker. */
export type LaneReply =
  | { readonly type: "score"; readonly result: TaskResult }
  | { readonly type: "prediction"; readonly prediction: Prediction };

/** Makes a handler of requests that replies through `send`. */
export function serveLane(send: (reply: LaneReply) => void): (request: LaneRequest) => void {
  addEverySpec();
  let problem: Problem;
  return (request) => {
    if (request.type === "problem") problem = request.problem;
    else if (request.type === "task") {
      void runTask(problem, request.task).then((result) => send({ type: "score", result }));
    } else {
      const { problem: own, options } = request;
      void runTraining(own, options).then((prediction) => send({ type: "prediction", prediction }));
    }
  };
}
