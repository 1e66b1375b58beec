/** PostgreSQL: connections, BullMQ's tables in it, and errors. */
import { checkBoolean, checkText, OptionError, show } from "../base/errors.js";
import { QueueError } from "./errors.js";
import { bullmq, type PostgresClient, type PostgresTarget, pg } from "./library.js";
import { postgresStore } from "./postgresStore.js";
import { PATIENCE, patiently, type Reached, ROOM, type Server, wordsOf } from "./server.js";

/** Connections of a search or a worker, besides the one that listens: a server has 100 by default. */
const MOST_CONNECTIONS = 4;

interface Options {
  readonly connectionString: string;
  /** The schema with BullMQ's tables. */
  readonly schema: string;
  readonly skipVersionCheck?: boolean;
}

/** @param given Options of pg, and those of BullMQ for its tables. @throws OptionError */
export function postgresServer(where: string, given: { readonly connectionString: string }): Server {
  const { schema = "bullmq", migrate = true, ...rest } = given as Partial<Options> & { readonly migrate?: unknown };
  if (!/^[a-z_]\w{0,62}$/i.test(checkText(`${where}.schema`, schema))) {
    throw new OptionError(`${where}.schema: expected a name such as "bullmq", got ${show(schema)}.`);
  }
  const settings = { max: MOST_CONNECTIONS, connectionTimeoutMillis: PATIENCE, keepAlive: true };
  const options = { ...settings, ...rest, schema } as Options;
  const mayMigrate = checkBoolean(`${where}.migrate`, migrate);
  return {
    connection: options,
    backend: () => bullmq().createPostgresBackend,
    remedyOf: (words) => (FULL.test(words) ? `Make room at the server, ${ROOM}` : ""),
    reach: (at) => reach(at, options, mayMigrate),
    isAway,
  };
}

async function reach(where: string, options: Options, mayMigrate: boolean): Promise<Reached> {
  const { Pool, Client } = pg();
  let target: PostgresTarget;
  try {
    target = new Client(options);
  } catch (error) {
    throw new QueueError(`${where}: connection: ${wordsOf(error)}`, { cause: error });
  }
  const pool = new Pool({ ...options, max: 1 });
  pool.on("error", () => {}); // it connects again when it is used
  try {
    const client = await pool.connect();
    try {
      await makeTables(client, options, mayMigrate);
    } finally {
      client.release();
    }
    const store = postgresStore(where, pool, options.schema);
    let isClosed = false;
    return {
      store: {
        read: (name) =>
          patiently(
            { isAway },
            () => store.read(name),
            () => isClosed,
          ),
        write: store.write,
      },
      close: () => {
        isClosed = true;
        return pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw new QueueError(`${where}: ${faultOf(error, target, options.schema)}`, { cause: error });
  }
}

/** Makes BullMQ's tables unless they are there: whoever only works with them needs no right to make them. */
async function makeTables(client: PostgresClient, options: Options, mayMigrate: boolean): Promise<void> {
  const { assertSchemaCompatibility, runMigrations, SchemaMigrationRequiredError, LATEST_SCHEMA_VERSION } = bullmq();
  const { schema } = options;
  const version = await assertSchemaCompatibility(client, schema, options).catch((error) => {
    if (mayMigrate && error instanceof SchemaMigrationRequiredError) return 0;
    throw error;
  });
  if (mayMigrate && version < LATEST_SCHEMA_VERSION) await runMigrations(client, schema, options);
}

/** No room in memory or on the disk. */
const FULL = /^out of memory|No space left on device/;
const ABSENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
/** Connections that end, servers that start or stop, a standby that becomes the server, deadlocks. */
const PASSING = /^(?:ECONNRESET|EPIPE|08...|57P0[1235]|53300|25006|40001|40P01)$/;
/** pg gives no code to connections that end or do not come about. */
const ENDED = /^Connection terminated|timeout exceeded|timeout expired|connection error and is not queryable/;

function isAway(error: unknown): boolean {
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  return ABSENT.test(code) || PASSING.test(code) || ENDED.test(message);
}

function faultOf(error: unknown, { host, port, user, database }: PostgresTarget, schema: string): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  const words = wordsOf(error);
  const server = `the server at ${host}:${port}`;
  const address = `postgres://${user}:password@${host}:${port}/${database}`;
  if (ABSENT.test(code) || ENDED.test(words)) {
    return `no server answers at ${host}:${port} (${code || words}). Start PostgreSQL there, or correct connection.`;
  }
  if (code === "28P01") return `${server} refuses the password of ${user}. Correct it in connection: ${address}.`;
  if (/password must be a/.test(words)) return `${server} wants a password of ${user}. Give one: ${address}.`;
  if (code === "28000") return `${server} refuses ${user}: ${words}. Correct connection, or its file pg_hba.conf.`;
  if (code === "3D000") {
    return `${server} has no database ${database}. Run: createdb -h ${host} -p ${port} ${database}, or correct connection.`;
  }
  if (code !== "42501") return `${server}: ${words}`;
  const remedy = /for database/.test(words)
    ? `As its owner, run: GRANT CREATE ON DATABASE "${database}" TO "${user}"`
    : `Connect as the owner of the schema ${schema}, or give connection: { connectionString, schema } another`;
  return `${server} does not let ${user} make BullMQ's tables in ${database}: ${words}. ${remedy}.`;
}
