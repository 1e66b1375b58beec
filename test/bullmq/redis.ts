/** A Redis server of a test's own, on a free port and in a folder of its own, and workers as other processes. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Programs run where BullMQ and ioredis are installed. */
export const PEERS = join(ROOT, "test/peers");

export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis)
  console.warn("test/bullmq is skipped: redis-server is not installed (Debian: apt-get install redis-server)");

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

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

export class Redis {
  readonly port: number;
  readonly #host: string;
  /** The command that runs the programs of the server, such as one for another network. */
  readonly #within: readonly string[];
  readonly #folder = mkdtempSync(join(tmpdir(), "simdgrad-redis-"));
  readonly #children = new Set<ChildProcess>();
  #server: ChildProcess | null = null;

  private constructor(port: number, host: string, within: readonly string[]) {
    this.port = port;
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
    const settings = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--dir", this.#folder];
    const where = ["--port", String(this.port), "--bind", this.#host, "--protected-mode", "no"];
    const [command, ...rest] = [...this.#within, "redis-server", ...where, ...settings];
    this.#server = spawn(command, rest, { stdio: "ignore" });
    while (this.command("PING") !== "PONG") await new Promise((resolve) => setTimeout(resolve, 20));
  }

  command(...words: string[]): string {
    const [command, ...rest] = [...this.#within, "redis-cli", "-h", this.#host, "-p", String(this.port), ...words];
    return spawnSync(command, rest, { encoding: "utf8" }).stdout.trim();
  }

  async kill(): Promise<void> {
    const server = this.#server as ChildProcess;
    server.kill("SIGKILL");
    await ended(server);
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
    const flags = ["--queue", queue, "--redis", this.url, "--lock", "0.5"];
    return this.run([join(home, "build/cli/index.js"), "worker", ...flags], within);
  }

  /** Ends the server and every process that was started here. */
  async end(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all([...this.#children].map(ended));
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
