/** A worker with a host in it, or a host on the caller's thread if no worker can be started. */
import { canShare, openMailbox, receive } from "../runtime/mailbox.js";
import { type StartedThread, startThread, type Thread, type ThreadEvents } from "../runtime/thread.js";
import { fromBytes } from "./bytes.js";
import type { CallSession } from "./callSession.js";
import type { ModelMaker } from "./host.js";
import { fromPlainError, type PlainError, type Request, type TrainerUse } from "./protocol.js";
import { pack } from "./values.js";

/** A request that waits for its reply. */
export interface Pending {
  resolve(value: never): void;
  reject(error: unknown): void;
  readonly session: CallSession;
}

/** A worker, or its substitute. Whoever can use the model, or waits for it, holds its connection. */
export interface Connection extends ThreadEvents {
  /** `null` while it starts. */
  thread: Thread | null;
  /** The reason why it is not a worker. */
  reason: string;
  /** The reason why it has ended; `null` before. */
  end: string | null;
  /** Uses a trainer at once; `null` if that is impossible. */
  ask: ((use: PackedUse, later: () => Promise<unknown>) => unknown) | null;
  readonly pending: Map<number, Pending>;
  /** What the worker holds. */
  readonly anchor: Anchor;
}

/** Holds a connection while the worker works on a call. */
interface Anchor {
  busy: Connection | null;
}

/** Ends the workers of models that nobody holds any more. */
const dropped = new FinalizationRegistry<Thread>((thread) => thread.terminate());

/** A use of the trainer that is ready to be posted. */
type PackedUse = [use: TrainerUse, buffers: ArrayBuffer[]];

/** Starts the host of a connection. */
export async function startHost(connection: Connection, maker: ModelMaker): Promise<void> {
  const events = looseEvents(connection);
  try {
    const { default: program } = await import("#worker");
    const thread = await startThread(program, events);
    connection.thread = thread;
    dropped.register(connection, thread);
    if (canShare()) connection.ask = (use, later) => askThread(thread, use, later);
  } catch (cause) {
    connection.reason = `a worker could not start: ${cause instanceof Error ? cause.message : cause}`;
    await runBeside(connection, maker, events);
  }
}

/** The events of a connection, which hold it only while its anchor does: the engine holds them as long as the worker. */
function looseEvents(connection: Connection): ThreadEvents {
  const { anchor } = connection;
  const held = new WeakRef(connection);
  return {
    onMessage: (message) => (anchor.busy ?? held.deref())?.onMessage(message),
    onEnd: (reason) => (anchor.busy ?? held.deref())?.onEnd(reason),
  };
}

/** The use of a trainer, and the current states of the callbacks. */
export function packUse(id: number, session: CallSession, member: string, args: readonly unknown[]): PackedUse {
  const given = pack(args);
  const states = pack(session.states());
  return [{ id, member, args: given.value, states: states.value }, [...given.buffers, ...states.buffers]];
}

/** Uses the trainer of a worker, and waits for the answer. @throws the errors of the trainer; BackendError */
function askThread(thread: StartedThread, [use, buffers]: PackedUse, later: () => Promise<unknown>): unknown {
  const mailbox = openMailbox();
  thread.post({ type: "ask", mailbox, ...use } satisfies Request, buffers);
  const fetch = (memory: Uint8Array) => thread.post({ type: "fetch", id: use.id, mailbox, memory } satisfies Request);
  const bytes = receive(mailbox, thread, fetch);
  const outcome = fromBytes(bytes) as { value?: unknown; isLater?: true; error?: PlainError };
  if (outcome.error) throw fromPlainError(outcome.error);
  return outcome.isLater ? later() : outcome.value;
}

/** Runs the host on this thread, each message in a separate turn of the event loop. */
async function runBeside(connection: Connection, maker: ModelMaker, { onMessage }: ThreadEvents): Promise<void> {
  const { serveModel } = await import("./host.js");
  const host = serveModel(maker, (reply) => queueMicrotask(() => onMessage(reply)));
  connection.thread = {
    post: (request) => queueMicrotask(() => host.take(request as Request)),
    hold: () => {},
    terminate: () => host.dispose(),
  };
  connection.ask = ([use]) => host.use(use);
}
