/** Models in workers of programs that have the library on their own thread, too: it serves where no worker can start. */
import type { StartBeside } from "./connection.js";
import type { ModelMaker } from "./host.js";
import type { Request } from "./protocol.js";
import type { OpenOptions } from "./remote.js";
import { openRemote, WorkerModel } from "./workerModel.js";

/** A model of `maker`, from the bytes of a file if they are given. @throws as `openRemote` */
export async function openBeside(
  maker: ModelMaker,
  options: OpenOptions,
  bytes?: Uint8Array | ArrayBuffer,
): Promise<WorkerModel> {
  // A copy, so that the caller keeps its own bytes.
  const file = bytes ? new Uint8Array(bytes).slice() : null;
  return new WorkerModel(await openRemote(options, besideOf(maker), file));
}

/** Runs a host on this thread, each message in a separate turn of the event loop. */
function besideOf(maker: ModelMaker): StartBeside {
  return async ({ onMessage }) => {
    const { serveModel } = await import("./host.js");
    const host = serveModel(maker, (reply) => queueMicrotask(() => onMessage(reply)));
    const thread = {
      post: (request: unknown) => queueMicrotask(() => host.take(request as Request)),
      hold: () => {},
      terminate: () => host.dispose(),
    };
    return { thread, ask: ([use]) => host.use(use) };
  };
}
