/** The option `connection`: an address or a client's options, of one of the kinds of servers. */
import { OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { postgresServer } from "./postgres.js";
import { redisOptions, redisServer } from "./redis.js";
import type { Server } from "./server.js";

/**
 * Address of a server: `redis://:password@host:6379/0` for Redis or Valkey, `postgres://user:password@host:5432/name` for
 * PostgreSQL. Or an object: the options of ioredis; or `{ connectionString }` with any options of `pg` and the `schema`
 * and `migrate` of BullMQ.
 */
export type Connection = string | { readonly [option: string]: unknown };

/** @throws OptionError */
export function checkConnection(where: string, given: unknown): Server {
  if (isPlainObject(given)) {
    if (!("connectionString" in given)) return redisServer({ ...given });
    return postgres(`${where}.connectionString`, given.connectionString, given);
  }
  const url = urlOf(given);
  if (url && /^rediss?:$/.test(url.protocol) && url.hostname !== "") return redisServer(redisOptions(where, url));
  return postgres(where, given, {});
}

function postgres(where: string, given: unknown, options: object): Server {
  if (/^postgres(?:ql)?:$/.test(urlOf(given)?.protocol ?? "")) {
    return postgresServer(where, { ...options, connectionString: given as string });
  }
  const kinds = '"redis://:password@host:6379" or "postgres://user:password@host:5432/name"';
  const hint = String(given).includes("@") ? " Write a password as encodeURIComponent gives it." : "";
  const objects = "or { host, port, password } or { connectionString }";
  throw new OptionError(`${where}: expected ${kinds}, ${objects}, got ${secretly(given)}.${hint}`);
}

/** The address, or `null` if it is none. */
function urlOf(given: unknown): URL | null {
  try {
    const url = new URL(given as string);
    decodeURIComponent(url.username + url.password);
    return url;
  } catch {
    return null;
  }
}

/** A text as in messages, which are kept in logs: without its password. */
function secretly(given: unknown): string {
  return show(typeof given === "string" ? given.replace(/:[^:/].*@/, ":***@") : given);
}
