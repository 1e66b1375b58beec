/**
 * The program of a worker: serves a model, or the training runs of a search. The build joins it with the library into
 * one text, which `#worker` exports.
 */

import { serveModel } from "./remote/host.js";
import type { Request } from "./remote/protocol.js";
import { type LaneRequest, serveLane } from "./search/host.js";
import { Sequential } from "./sequential.js";

// Provided by src/runtime/thread.ts.
declare function listen(hear: (request: Request | LaneRequest) => void): void;
declare function answer(reply: unknown, transfer?: ArrayBuffer[]): void;

const host = serveModel(Sequential, answer);
const hearLane = serveLane(answer);
listen((request) => {
  if (request.type === "problem" || request.type === "task" || request.type === "training") hearLane(request);
  else host.take(request);
});
