/** The parts of BullMQ, ioredis and pg that are used here, and how these packages are found. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { QueueError } from "./errors.js";
import type { BackendFactory } from "./server.js";

/** Names of our jobs; a queue may hold others. */
export const JOB = "simdgrad-task";
export const SCORING_JOB = "simdgrad-score";

/** Seconds that jobs are kept: a search or a scoring that runs again finds its results. */
const KEEP = 30 * 24 * 3600;
/** A job that fails by a machine's fault is tried this many times, so that another may take it. */
export const SETTINGS = {
  attempts: 3,
  backoff: { type: "fixed", delay: 500 },
  removeOnComplete: { age: KEEP },
  removeOnFail: { age: KEEP },
};

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

/** Listens to events of jobs. */
export interface JobEvents {
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
  on(event: string, hear: (...args: any[]) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  /** Closes the connection without a word to the server. */
  disconnect(): Promise<void>;
}

export interface JobQueue extends JobEvents {
  add(name: string, data: object, options: object): Promise<QueueJob>;
  getJob(id: string): Promise<QueueJob | undefined>;
  getJobs(states: readonly string[], start: number, end: number): Promise<(QueueJob | undefined)[]>;
  getJobCounts(...states: string[]): Promise<Record<string, number>>;
}

export interface RedisClient {
  on(event: "error", hear: (error: Error) => void): unknown;
  connect(): Promise<void>;
  ping(): Promise<string>;
  exists(key: string): Promise<number>;
  get(key: string): Promise<string | null>;
  type(key: string): Promise<string>;
  set(key: string, value: string, unit: "EX", seconds: number): Promise<unknown>;
  disconnect(): void;
}

/** A connection of pg. */
export interface PostgresClient {
  query<Row = object>(
    query: string | { readonly text: string; readonly values: readonly unknown[] },
  ): Promise<{ readonly rows: readonly Row[]; readonly rowCount: number | null }>;
  release(): void;
}

export interface PostgresPool extends Pick<PostgresClient, "query"> {
  on(event: "error", hear: (error: Error) => void): unknown;
  connect(): Promise<PostgresClient>;
  end(): Promise<void>;
}

interface Migration {
  readonly skipVersionCheck?: boolean;
}

interface BullMQ {
  readonly Queue: new (name: string, options: object, backend?: BackendFactory) => JobQueue;
  readonly QueueEvents: new (name: string, options: object, backend?: BackendFactory) => JobEvents;
  readonly Worker: new (
    name: string,
    process: (job: QueueJob) => Promise<object>,
    options: object,
    backend?: BackendFactory,
  ) => JobEvents;
  readonly UnrecoverableError: new (message: string) => Error;
  readonly createPostgresBackend: BackendFactory;
  readonly LATEST_SCHEMA_VERSION: number;
  readonly SchemaMigrationRequiredError: new () => Error;
  /** The version of the tables. */
  assertSchemaCompatibility(client: PostgresClient, schema: string, options: Migration): Promise<number>;
  runMigrations(client: PostgresClient, schema: string, options: Migration): Promise<number>;
}

interface IORedis {
  readonly Redis: new (options: object) => RedisClient;
}

/** What a connection will use, after addresses, options and environment are read. */
export interface PostgresTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

interface Pg {
  readonly Pool: new (options: object) => PostgresPool;
  readonly Client: new (options: object) => PostgresTarget;
}

/** A package beside this one, or in the folder where the program runs. @throws QueueError */
function load<Library>(name: string, remedy: string): Library {
  for (const place of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return createRequire(place)(name) as Library;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new QueueError(`simdgrad/bullmq: the package ${name} is not installed. Run: ${remedy}`);
}

export const bullmq = (): BullMQ =>
  load("bullmq", "npm install bullmq ioredis (for PostgreSQL: npm install bullmq pg)");
export const ioredis = (): IORedis => load("ioredis", "npm install bullmq ioredis");
export const pg = (): Pg => load("pg", "npm install bullmq pg");
