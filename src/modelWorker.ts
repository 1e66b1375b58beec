/**
 * The program of a worker that serves a model, and with it the library as workers have it. The build makes a text of it;
 * `#worker/model` exports the text with a call of `serve`.
 */

import { serveModel } from "./remote/host.js";
import type { Request } from "./remote/protocol.js";
import { Sequential } from "./sequential.js";

// Provided by src/runtime/thread.ts.
declare function listen(hear: (request: Request) => void): void;
declare function answer(reply: unknown, transfer?: ArrayBuffer[]): void;

/** Serves one model, as messages ask for it. */
export function serve(): void {
  const host = serveModel(Sequential, answer);
  listen((request) => host.take(request));
}
