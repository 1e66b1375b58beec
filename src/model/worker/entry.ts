/** The program of a model's worker. The build joins it with the library into one text, which `#worker` exports. */
import { Sequential } from "../sequential.js";
import { serveModel } from "./host.js";
import type { Reply, Request } from "./protocol.js";

// Given by src/runtime/thread.ts.
declare function listen(hear: (request: Request) => void): void;
declare function answer(reply: Reply, transfer: ArrayBuffer[]): void;

listen(serveModel(Sequential, answer));
