/** The program of a worker that trains for a search: in `#worker/search` it follows the text of `modelWorker.ts`. */

import { type LaneReply, type LaneRequest, serveLane } from "./search/host.js";

// Provided by src/runtime/thread.ts.
declare function listen(hear: (request: LaneRequest) => void): void;
declare function answer(reply: LaneReply): void;

listen(serveLane(answer));
