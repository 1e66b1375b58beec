/** Servers of a test's own, on free ports and in folders of their own, and workers as other processes. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPeer } from "../peers/load.js";
import { freePort } from "../support/freePort.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Programs run where BullMQ and its clients are installed. */
export const PEERS = join(ROOT, "test/peers");

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/** Resolves once the output of these processes has that many lines more, together. */
export function lines(children: readonly ChildProcess[], count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const hear = (text: Buffer) => {
      seen += text.toString().split("\n").length - 1;
      if (seen < count) return;
      for (const { stdout } of children) stdout?.off("data", hear);
      resolve();
    };
    for (const { stdout } of children) stdout?.on("data", hear);
  });
}

/** A server, and the processes that use it. */
export abstract class TestServer {
  readonly port: number;
  protected readonly folder = mkdtempSync(join(tmpdir(), "simdgrad-queue-"));
  protected server: ChildProcess | null = null;
  readonly #children = new Set<ChildProcess>();

  constructor(port: number) {
    this.port = port;
  }

  abstract get url(): string;
  /** Flags of `simdgrad worker`. */
  protected abstract readonly flag: string;
  abstract start(): Promise<void>;
  /** Takes everything out that tests put in. */
  abstract empty(): unknown;

  async kill(): Promise<void> {
    const server = this.server as ChildProcess;
    server.kill("SIGKILL");
    await ended(server);
  }

  /** Stops the server, which stays silent, or lets it go on. */
  hold(isHeld: boolean): void {
    this.server?.kill(isHeld ? "SIGSTOP" : "SIGCONT");
  }

  /** A program of Node, its first line of output awaited. */
  async run(args: readonly string[], within: readonly string[] = []): Promise<ChildProcess> {
    const [command, ...rest] = [...within, process.execPath, ...args];
    const child = spawn(command, rest, { cwd: PEERS, stdio: ["ignore", "pipe", "ignore"] });
    this.#children.add(child);
    await Promise.race([lines([child], 1), ended(child)]);
    return child;
  }

  /** @param home Of the package; @param within The command that runs it, such as one for another network. */
  worker(queue: string, home = ROOT, within: readonly string[] = []): Promise<ChildProcess> {
    const flags = ["--queue", queue, this.flag, this.url, "--lock", "0.5"];
    return this.run([join(home, "build/cli/index.js"), "worker", ...flags], within);
  }

  /** Ends the server and every process that was started here. */
  async end(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all([...this.#children].map(ended));
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis) console.warn("test/bullmq: redis-server is not installed (Debian: apt-get install redis-server)");

export class Redis extends TestServer {
  protected readonly flag = "--redis";
  readonly #host: string;
  /** The command that runs the programs of the server, such as one for another network. */
  readonly #within: readonly string[];

  private constructor(port: number, host: string, within: readonly string[]) {
    super(port);
    this.#host = host;
    this.#within = within;
  }

  static async start(host = "127.0.0.1", within: readonly string[] = []): Promise<Redis> {
    const redis = new Redis(await freePort(), host, within);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://${this.#host}:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--dir", this.folder];
    const where = ["--port", String(this.port), "--bind", this.#host, "--protected-mode", "no"];
    const [command, ...rest] = [...this.#within, "redis-server", ...where, ...settings];
    this.server = spawn(command, rest, { stdio: "ignore" });
    while (this.command("PING") !== "PONG") await pause(20);
  }

  empty() {
    this.command("FLUSHALL");
  }

  command(...words: string[]): string {
    const [command, ...rest] = [...this.#within, "redis-cli", "-h", this.#host, "-p", String(this.port), ...words];
    return spawnSync(command, rest, { encoding: "utf8" }).stdout.trim();
  }
}

/** The folder with initdb and postgres; Debian keeps them out of the path. */
function postgresBin(): string | null {
  const versions = "/usr/lib/postgresql";
  const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...newest.map((version) => join(versions, version, "bin")), ...(process.env.PATH ?? "").split(":")];
  return folders.find((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

/** PostgreSQL refuses to run as root; its package makes a user. */
function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, "postgres"]).stdout));
  return { uid, gid };
}

const BIN = postgresBin();
export const hasPostgres = BIN !== null;
if (!hasPostgres) console.warn("test/bullmq: PostgreSQL is not installed (Debian: apt-get install postgresql)");

interface Client {
  connect(): Promise<void>;
  query(text: string): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}

export class Postgres extends TestServer {
  protected readonly flag = "--postgres";
  readonly #user = postgresUser();

  static async start(): Promise<Postgres> {
    const postgres = new Postgres(await freePort());
    postgres.#init();
    await postgres.start();
    return postgres;
  }

  get url(): string {
    return this.at("tester:secret", "postgres");
  }

  at(user: string, database: string): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }

  #init(): void {
    const { uid, gid } = this.#user;
    const password = join(this.folder, "password");
    writeFileSync(password, "secret");
    if (uid !== undefined && gid !== undefined) {
      for (const path of [this.folder, password]) chownSync(path, uid, gid);
    }
    const login = ["--username", "tester", "--pwfile", password, "--auth", "scram-sha-256"];
    const settings = [
      "--no-sync",
      "--no-locale",
      "--encoding",
      "UTF8",
      "--pgdata",
      join(this.folder, "data"),
      ...login,
    ];
    const { status, stderr } = spawnSync(join(BIN as string, "initdb"), settings, { ...this.#user, cwd: this.folder });
    if (status !== 0) throw new Error(String(stderr));
  }

  /** A server that was killed leaves processes, which may hold its memory for a moment. */
  async start(): Promise<void> {
    // The files outlive a killed process without fsync, too.
    const settings = ["fsync=off", "listen_addresses=127.0.0.1", "unix_socket_directories=", "autovacuum=off"];
    const flags = [
      "-D",
      join(this.folder, "data"),
      "-p",
      String(this.port),
      ...settings.flatMap((text) => ["-c", text]),
    ];
    for (;;) {
      if (this.server === null || this.server.exitCode !== null || this.server.signalCode !== null) {
        this.server = spawn(join(BIN as string, "postgres"), flags, {
          ...this.#user,
          cwd: this.folder,
          stdio: "ignore",
        });
      }
      try {
        await this.ask("SELECT 1");
        return;
      } catch {
        await pause(30);
      }
    }
  }

  async ask(text: string): Promise<Record<string, unknown>[]> {
    const { Client } = loadPeer<{ Client: new (connection: string) => Client }>("pg");
    const client = new Client(this.url);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  async empty(): Promise<void> {
    const own = "schemaname = 'bullmq' AND tablename <> 'migration'";
    const [{ names }] = await this.ask(
      `SELECT string_agg('bullmq.' || tablename, ',') AS names FROM pg_tables WHERE ${own}`,
    );
    // A worker that is still at the last job may be in the way; the server then ends one of both.
    while (names && !(await this.ask(`TRUNCATE ${names}`).catch(() => null))) await pause(30);
  }
}
