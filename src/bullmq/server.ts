/** The interface of the servers that hold queues, whatever their kind. */
import { SimdgradError } from "../base/errors.js";
import { type DataStore, folderStore } from "../jobs/store.js";
import { QueueError } from "./errors.js";

/** The argument of BullMQ's classes that names the kind of the server. */
export type BackendFactory = (...words: never[]) => object;

/** A server that was named, and may be away. */
export interface Server {
  /** The option `connection` of BullMQ's classes, for connections that wait for a server that is away. */
  readonly connection: object;
  /** The kind of the server for BullMQ's classes; `undefined` for Redis. */
  backend(): BackendFactory | undefined;
  /** Connects, and makes ready what queues need. @throws QueueError saying what the server, or that queue there, lacks */
  reach(where: string, queue?: string): Promise<Reached>;
  /** True if the error says that the server is away and may come back. */
  isAway(error: unknown): boolean;
  /** What helps where the server answers with these words: it is its fault, not that of a task. "" for all others. */
  remedyOf(words: string): string;
}

/** What to do where a server has no room left. */
export const ROOM = "and run again what has ended: it goes on with the results that are in the queue.";

/** A server that answered. */
export interface Reached {
  /** The place of data for which there is no other store. */
  readonly store: DataStore;
  close(): Promise<void>;
}

/** Milliseconds in which a server must answer first. */
export const PATIENCE = 5000;
/** Milliseconds between attempts to find a server again that was there, at most. */
export const LONGEST_PAUSE = 2000;
/** Milliseconds between attempts of connections that do not wait by themselves. */
const PAUSE = 500;

/** Acts again while the server is away, until it is over. */
export async function patiently<T>(
  server: Pick<Server, "isAway">,
  act: () => Promise<T>,
  isOver: () => boolean,
): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (isOver() || !server.isAway(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** True if the work ends in time, well or not. */
export async function inTime(work: Promise<unknown>, limit = PATIENCE): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limit);
  });
  const isOver = () => true;
  return Promise.race([work.then(isOver, isOver), late]).finally(() => clearTimeout(timer));
}

/** Waits for an end that needs the server; ends by force once the server is away, as it may never come back. */
export async function endOf<T>(server: Server, end: Promise<T>, force: () => Promise<unknown>): Promise<T | undefined> {
  while (!(await inTime(end, LONGEST_PAUSE))) {
    try {
      await (await server.reach("")).close();
    } catch {
      await inTime(force());
      return undefined;
    }
  }
  return end;
}

/** The store that was given, or the server. */
export function openStore(where: string, store: string | DataStore | undefined, reached: Reached): DataStore {
  if (typeof store === "object") return store;
  return store === undefined ? reached.store : folderStore(where, store);
}

/** An error of a server's client as one of ours. */
export function queueError(where: string, error: unknown, server: Pick<Server, "remedyOf">): SimdgradError {
  if (error instanceof SimdgradError) return error;
  return new QueueError(`${where}: ${withRemedy(error, server)}`, { cause: error });
}

/** Words of an error, and what helps. */
export function withRemedy(error: unknown, { remedyOf }: Pick<Server, "remedyOf">): string {
  const words = wordsOf(error);
  const remedy = remedyOf(words);
  return `${words}${remedy && `${words.endsWith(".") ? "" : "."} ${remedy}`}`;
}

/** Words of an error; several addresses of a host make one without a message. */
export function wordsOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || String(error);
}
