/** Data files in Redis, where they are kept unless there is another store. */
import { formatBytes } from "../base/errors.js";
import { type DataStore, folderStore } from "../jobs/store.js";
import { QueueError } from "./errors.js";
import type { RedisClient } from "./library.js";

/** Bytes that a server may be given; a folder has no limit. */
const MOST_IN_REDIS = 64 * 2 ** 20;
/** Seconds that data stay in Redis after their last use by a search. */
const KEEP_SECONDS = 30 * 24 * 3600;

/** @param client Of the server of the queue, where data are kept unless there is a store. */
export function openStore(where: string, store: string | DataStore | undefined, client: RedisClient): DataStore {
  if (typeof store === "object") return store;
  return store === undefined ? redisStore(where, client) : folderStore(where, store);
}

function redisStore(where: string, client: RedisClient): DataStore {
  const keyOf = (name: string) => `simdgrad:${name}`;
  return {
    read: async (name) => {
      const text = await client.get(keyOf(name));
      return text === null ? null : Buffer.from(text, "base64");
    },
    write: async (name, bytes) => {
      if (bytes.length > MOST_IN_REDIS) {
        const size = `${formatBytes(bytes.length)} of data are more than Redis should keep`;
        throw new QueueError(`${where}: ${size}. Give store: a folder that all machines see, or { read, write }.`);
      }
      await client.set(keyOf(name), Buffer.from(bytes).toString("base64"), "EX", KEEP_SECONDS);
    },
  };
}
