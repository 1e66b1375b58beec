/** The parts of BullMQ and ioredis that are used here, and how these packages and a server are found. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { checkNumber, OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { QueueError } from "./errors.js";

/** Name of our jobs; a queue may hold others. */
export const JOB = "simdgrad-task";

/** A job as BullMQ gives it. */
export interface QueueJob {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
  readonly returnvalue: unknown;
  readonly processedOn?: number | null;
  readonly finishedOn?: number | null;
  readonly failedReason?: string | null;
  getState(): Promise<string>;
  retry(state: "failed"): Promise<void>;
  remove(): Promise<void>;
  updateProgress(progress: object): Promise<void>;
}

interface Emitter {
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
  on(event: string, hear: (...args: any[]) => void): unknown;
  close(): Promise<void>;
}

export interface JobQueue extends Emitter {
  add(name: string, data: object, options: object): Promise<QueueJob>;
  getJob(id: string): Promise<QueueJob | undefined>;
  getJobs(states: readonly string[], start: number, end: number): Promise<(QueueJob | undefined)[]>;
  getJobCounts(...states: string[]): Promise<Record<string, number>>;
}

export interface JobEvents extends Emitter {
  waitUntilReady(): Promise<unknown>;
}

export interface RedisClient {
  on(event: "error", hear: (error: Error) => void): unknown;
  connect(): Promise<void>;
  ping(): Promise<string>;
  exists(key: string): Promise<number>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string, unit: "EX", seconds: number): Promise<unknown>;
  disconnect(): void;
}

interface BullMQ {
  readonly Queue: new (name: string, options: object) => JobQueue;
  readonly QueueEvents: new (name: string, options: object) => JobEvents;
  readonly Worker: new (name: string, process: (job: QueueJob) => Promise<object>, options: object) => JobEvents;
  readonly UnrecoverableError: new (message: string) => Error;
}

interface IORedis {
  readonly Redis: new (options: object) => RedisClient;
}

/** A package beside this one, or in the folder where the program runs. @throws QueueError */
function load<Library>(name: string): Library {
  for (const place of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return createRequire(place)(name) as Library;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new QueueError(`simdgrad/bullmq: the package ${name} is not installed. Run: npm install bullmq ioredis`);
}

export const bullmq = (): BullMQ => load("bullmq");
const ioredis = (): IORedis => load("ioredis");

/** Address of a Redis or Valkey server: `redis://user:password@host:6379/0`, or the options of ioredis. */
export type Connection = string | { readonly [option: string]: unknown };

/** Options of ioredis. @throws OptionError */
export function checkConnection(where: string, given: unknown): object {
  if (isPlainObject(given)) return { ...given };
  try {
    const url = new URL(given as string);
    if (/^rediss?:$/.test(url.protocol) && url.hostname !== "") return optionsOf(where, url);
  } catch (error) {
    if (error instanceof OptionError) throw error;
  }
  const example = '"redis://:password@host:6379" or { host, port, password }';
  throw new OptionError(`${where}: expected ${example}, got ${show(given)}.`);
}

function optionsOf(where: string, { protocol, hostname, port, username, password, pathname }: URL): object {
  const db = pathname.length > 1 ? Number(pathname.slice(1)) : 0;
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 6379 : Number(port),
    db: checkNumber(`${where}: database`, db, { min: 0, integer: true }),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === "rediss:" && { tls: {} }),
  };
}

/** Milliseconds in which a server must answer first. */
const PATIENCE = 5000;
/** Milliseconds between attempts to find a server again that was there, at most. */
const LONGEST_PAUSE = 2000;

/** Options for connections that wait for a server that is away. */
export function lasting(connection: object): object {
  const retryStrategy = (times: number) => (times * 100 < LONGEST_PAUSE ? times * 100 : LONGEST_PAUSE);
  return { ...connection, maxRetriesPerRequest: null, retryStrategy };
}

/** A client of a server that answers. @throws QueueError saying what the server lacks */
export async function reach(where: string, connection: object): Promise<RedisClient> {
  const { Redis } = ioredis();
  let isThere = false;
  let first: Error | undefined;
  const retryStrategy = (times: number) =>
    isThere ? (times * 100 < LONGEST_PAUSE ? times * 100 : LONGEST_PAUSE) : null;
  const settings = { maxRetriesPerRequest: null, connectTimeout: PATIENCE, lazyConnect: true, retryStrategy };
  const client = new Redis({ ...connection, ...settings });
  client.on("error", (error) => {
    first ??= error;
  });
  try {
    await client.connect();
    await client.ping();
    isThere = true;
    return client;
  } catch (error) {
    client.disconnect();
    throw new QueueError(`${where}: ${wordsOf((first ?? error) as NodeJS.ErrnoException, connection)}`, {
      cause: error,
    });
  }
}

function wordsOf({ code, message }: NodeJS.ErrnoException, connection: object): string {
  const { host = "127.0.0.1", port = 6379 } = connection as { host?: string; port?: number };
  const server = `the server at ${host}:${port}`;
  if (/NOAUTH/.test(message)) return `${server} wants a password. Give one: redis://:password@${host}:${port}.`;
  if (/WRONGPASS|invalid password/.test(message)) {
    return `${server} refuses the password. Correct it in connection: redis://user:password@${host}:${port}.`;
  }
  const remedy = `Start one: redis-server --port ${port} --appendonly yes, or correct connection`;
  const isAway = code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ETIMEDOUT" || code === "EHOSTUNREACH";
  if (isAway) return `no server answers at ${host}:${port} (${code}). ${remedy}.`;
  return `${server} does not answer as Redis does: ${message}`;
}
