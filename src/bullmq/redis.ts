/** Redis and Valkey: connections, errors, and the data that they keep. */
import { checkNumber, formatBytes } from "../base/errors.js";
import type { DataStore } from "../jobs/store.js";
import { QueueError } from "./errors.js";
import { ioredis, type RedisClient } from "./library.js";
import { inTime, LONGEST_PAUSE, PATIENCE, type Reached, ROOM, type Server, wordsOf } from "./server.js";

/** Bytes that a server may be given; a folder has no limit. */
const MOST_BYTES = 64 * 2 ** 20;
/** Seconds that data stay in Redis after their last use by a search. */
const KEEP_SECONDS = 30 * 24 * 3600;

/** Options of ioredis. @throws OptionError */
export function redisOptions(where: string, url: URL): object {
  const { protocol, hostname, port, username, password, pathname } = url;
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

/**
 * Answers of a server that will soon serve again: another of its group takes over, or it reads its files. While there is
 * no server, commands wait by themselves.
 */
const PASSING = /^(?:READONLY|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|LOADING|TRYAGAIN|BUSY) /;

const pauseOf = (times: number) => (times * 100 < LONGEST_PAUSE ? times * 100 : LONGEST_PAUSE);

/** @param options Of ioredis. */
export function redisServer(options: object): Server {
  return {
    connection: { ...options, maxRetriesPerRequest: null, retryStrategy: pauseOf },
    backend: () => undefined,
    reach: (where, queue) => reach(where, options, queue),
    isAway: (error) => PASSING.test(wordsOf(error)),
    remedyOf: (words) => remedyOf(words, options),
  };
}

function remedyOf(words: string, { host = "127.0.0.1", port = 6379 }: Address): string {
  if (/^OOM /.test(words)) {
    return `Give the server more memory, such as redis-cli -h ${host} -p ${port} CONFIG SET maxmemory 4gb, ${ROOM}`;
  }
  if (/^WRONGTYPE /.test(words)) return "Another program uses keys of this queue: give searches a queue of their own.";
  return "";
}

interface Address {
  readonly host?: string;
  readonly port?: number;
}

/** What BullMQ keeps under the keys of a queue. Without their types, jobs are lost, and nobody tells who waits for them. */
const KEYS = {
  ...{ wait: "list", paused: "list", active: "list", stalled: "set", events: "stream", meta: "hash", id: "string" },
  ...{ delayed: "zset", prioritized: "zset", completed: "zset", failed: "zset", marker: "zset" },
};

/** @throws QueueError naming a key of the queue that another program uses */
async function checkKeys(where: string, client: RedisClient, queue: string): Promise<void> {
  const found = Object.entries(KEYS).map(async ([name, type]) => {
    const key = `bull:${queue}:${name}`;
    const own = await client.type(key).catch(() => type); // who may not ask will hear of it from the queue
    return { key, type, own };
  });
  const other = (await Promise.all(found)).find(({ type, own }) => own !== type && own !== "none");
  if (!other) return;
  const { key, type, own } = other;
  throw new QueueError(
    `${where}: the key ${key} holds a ${own}, where a queue has a ${type}: another program uses it. Give another queue, or ` +
      `delete it: redis-cli DEL ${key}.`,
  );
}

async function reach(where: string, options: object, queue?: string): Promise<Reached> {
  const { Redis } = ioredis();
  let isThere = false;
  let first: Error | undefined;
  const retryStrategy = (times: number) => (isThere ? pauseOf(times) : null);
  const settings = { maxRetriesPerRequest: null, connectTimeout: PATIENCE, lazyConnect: true, retryStrategy };
  const client = new Redis({ ...options, ...settings });
  client.on("error", (error) => {
    first ??= error;
  });
  try {
    const answer = client.connect().then(() => client.ping());
    if (!(await inTime(answer))) throw Object.assign(new Error("it is silent"), { code: "ETIMEDOUT" });
    await answer;
    isThere = true;
    if (queue !== undefined) await checkKeys(where, client, queue);
    return { store: redisStore(where, client), close: async () => client.disconnect() };
  } catch (error) {
    client.disconnect();
    if (error instanceof QueueError) throw error;
    throw new QueueError(`${where}: ${faultOf(first ?? error, options)}`, { cause: error });
  }
}

function faultOf(error: unknown, options: Address): string {
  const { host = "127.0.0.1", port = 6379 } = options;
  const { code } = error as NodeJS.ErrnoException;
  const message = wordsOf(error);
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

function redisStore(where: string, client: RedisClient): DataStore {
  const keyOf = (name: string) => `simdgrad:${name}`;
  return {
    read: async (name) => {
      const text = await client.get(keyOf(name));
      return text === null ? null : Buffer.from(text, "base64");
    },
    write: async (name, bytes) => {
      if (bytes.length > MOST_BYTES) {
        const size = `${formatBytes(bytes.length)} of data are more than Redis should keep`;
        throw new QueueError(`${where}: ${size}. Give store: a folder that all machines see, or { read, write }.`);
      }
      await client.set(keyOf(name), Buffer.from(bytes).toString("base64"), "EX", KEEP_SECONDS);
    },
  };
}
