/** A worker with a host in it, or a host on the caller's thread if no worker can be started. */
import { BackendError } from "../base/errors.js";
import { canShare, openMailbox, receive } from "../runtime/mailbox.js";
import { type StartedThread, startThread, type Thread, type ThreadEvents } from "../runtime/thread.js";
import { fromBytes } from "./bytes.js";
import type { CallSession } from "./callSession.js";
import type { changeFile } from "./changeFile.js";
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
  ask: Ask | null;
  /** Changes a file as a hook did; `null` where `ask` is there. */
  changeFile: typeof changeFile | null;
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

/** Uses a trainer at once; `later` waits for the promise of the method used. */
type Ask = (use: PackedUse, later: () => Promise<unknown>) => unknown;

/** A use of the trainer that is ready to be posted. */
type PackedUse = [use: TrainerUse, buffers: ArrayBuffer[]];

/** Advice where no worker can start. */
const REMEDY =
  'Import Sequential from "simdgrad": with worker: true, its models run on this thread if no worker starts.';

/** Starts a host on the caller's thread. */
export type StartBeside = (events: ThreadEvents) => Promise<{ thread: Thread; ask: Ask }>;

/** Starts the host of a connection. @throws BackendError if no worker can start, and no host on this thread either */
export async function startHost(connection: Connection, startBeside: StartBeside | null): Promise<void> {
  const events = looseEvents(connection);
  try {
    const { default: program } = await import("#worker/model");
    if (!canShare()) connection.changeFile = (await import("./changeFile.js")).changeFile;
    const thread = await startThread(program, events);
    connection.thread = thread;
    dropped.register(connection, thread);
    if (canShare()) connection.ask = (use, later) => askThread(thread, use, later);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : cause;
    if (!startBeside) throw new BackendError(`The worker of a model could not start: ${message}. ${REMEDY}`, { cause });
    const reason = `a worker could not start: ${message}`;
    Object.assign(connection, await startBeside(events), { reason });
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
