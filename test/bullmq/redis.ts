/** A Redis server of a test's own, on a free port and in a folder of its own, and workers as other processes. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
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

/** Resolves once the output of a process has that many lines. */
export function lines(child: ChildProcess, count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    child.stdout?.on("data", (text: Buffer) => {
      seen += text.toString().split("\n").length - 1;
      if (seen >= count) resolve();
    });
  });
}

export class Redis {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), "simdgrad-redis-"));
  readonly #children = new Set<ChildProcess>();
  #server: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--dir", this.#folder];
    this.#server = spawn("redis-server", ["--port", String(this.port), "--bind", "127.0.0.1", ...settings], {
      stdio: "ignore",
    });
    while (this.command("PING") !== "PONG") await new Promise((resolve) => setTimeout(resolve, 20));
  }

  command(...words: string[]): string {
    return spawnSync("redis-cli", ["-p", String(this.port), ...words], { encoding: "utf8" }).stdout.trim();
  }

  async kill(): Promise<void> {
    const server = this.#server as ChildProcess;
    server.kill("SIGKILL");
    await ended(server);
  }

  /** A program of Node, its first line of output awaited. */
  async run(args: readonly string[]): Promise<ChildProcess> {
    const child = spawn(process.execPath, args, { cwd: PEERS, stdio: ["ignore", "pipe", "ignore"] });
    this.#children.add(child);
    await Promise.race([lines(child, 1), ended(child)]);
    return child;
  }

  worker(queue: string): Promise<ChildProcess> {
    const flags = ["--queue", queue, "--redis", this.url, "--lock", "0.5"];
    return this.run([join(ROOT, "build/cli/index.js"), "worker", ...flags]);
  }

  /** Ends the server and every process that was started here. */
  async end(): Promise<void> {
    for (const child of this.#children) child.kill("SIGKILL");
    await Promise.all([...this.#children].map(ended));
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
