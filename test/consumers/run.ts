/**
 * `npm run test:consumers [-- name …]`: installs the packed tarball into each consumer, builds and runs it, and prints
 * one table. All hashes must be equal. Everything happens in a temporary folder.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Table from "cli-table3";
import { pack } from "../../scripts/tarball.mjs";
import { findBrowsers } from "../browsers/finder.js";
import { launch } from "../browsers/launch.js";
import { type Consumer, consumers, type PageConsumer, type ProgramConsumer } from "./consumers.js";

const run = promisify(execFile);
const LIMIT = 300_000;
const PAGE_LIMIT = 60_000;
const APP = fileURLToPath(new URL("app.mjs", import.meta.url));
const ISOLATION = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const TYPES: Record<string, string> = { ".html": "text/html", ".css": "text/css", ".json": "application/json" };

/** Report of the app for one way of training. */
interface Result {
  readonly way: string;
  readonly accuracy: number;
  readonly hash: string;
  readonly threads: number;
  readonly worker: boolean;
}

/** A line of the table: results, or why there are none. */
interface Outcome {
  readonly name: string;
  readonly results: readonly Result[] | string;
}

/** Serves folders and takes reports, for all consumers. */
class Desk {
  readonly #server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://desk");
    const [, name, ...rest] = decodeURI(url.pathname).split("/");
    if (request.method === "POST") {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        response.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end();
        this.#waiting.get(name)?.(JSON.parse(body));
      });
      return;
    }
    const file = join(this.#folders.get(name) ?? "", rest.join("/") || "index.html");
    const isThere = this.#folders.has(name) && existsSync(file);
    response.writeHead(isThere ? 200 : 404, {
      ...ISOLATION,
      "Content-Type": TYPES[extname(file)] ?? "text/javascript",
    });
    response.end(isThere ? readFileSync(file) : "");
  });
  readonly #folders = new Map<string, string>();
  readonly #waiting = new Map<string, (results: Result[] | string) => void>();

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  serve(key: string, folder: string): string {
    this.#folders.set(key, folder);
    return `${this.address}/${key}/index.html`;
  }

  /** Report of a page. */
  report(key: string): Promise<Result[] | string> {
    return new Promise((resolve) => {
      this.#waiting.set(key, resolve);
      setTimeout(() => resolve(`no report in ${PAGE_LIMIT / 1000} s`), PAGE_LIMIT).unref();
    });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const keyOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** Writes a consumer's files and installs its packages, the tarball among them. */
async function prepare(consumer: Consumer, folder: string, tarball: string, collector: string): Promise<void> {
  if (existsSync(join(folder, "node_modules"))) return;
  const manifest = { name: keyOf(consumer.name), private: true, ...consumer.manifest };
  const files = { ...consumer.files, "package.json": JSON.stringify(manifest) };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content.replace("COLLECTOR", collector));
  }
  cpSync(APP, join(folder, existsSync(join(folder, "app")) ? "app/app.mjs" : "app.mjs"));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await run("npm", ["install", ...flags, tarball, ...consumer.packages], { cwd: folder, timeout: LIMIT });
}

async function runProgram({ command }: ProgramConsumer, folder: string): Promise<Result[]> {
  const [program, ...args] = command;
  const path = program === "node" ? process.execPath : join(folder, program);
  const { stdout } = await run(path, args, { cwd: folder, timeout: LIMIT });
  return JSON.parse(stdout);
}

const binary = (folder: string, name: string) => join(folder, "node_modules/.bin", name);

/** Starts a consumer's own server; resolves when it answers. */
async function startServer(
  command: readonly string[],
  folder: string,
): Promise<{ address: string; child: ChildProcess }> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const [program, ...args] = command.map((word) => (word === "PORT" ? String(port) : word));
  const child = spawn(binary(folder, program), args, { cwd: folder, stdio: "ignore", detached: true });
  const address = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 120; tries++) {
    if (await fetch(address).catch(() => null)) return { address, child };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${program} did not answer on ${address}`);
}

async function runPage(consumer: PageConsumer, folder: string, desk: Desk): Promise<Outcome[]> {
  const { name, build, server, output, routes = [] } = consumer;
  for (const [program, ...args] of build) {
    await run(binary(folder, program), args, { cwd: folder, timeout: LIMIT, env: { ...process.env, CI: "1" } });
  }
  const [browser] = await findBrowsers();
  const own = server && (await startServer(server, folder));
  const outcomes: Outcome[] = [];
  try {
    for (const route of routes) {
      outcomes.push({
        name: `${name}, server ${route}`,
        results: await (await fetch(`${own?.address}${route}`)).json(),
      });
    }
    const key = keyOf(name);
    const address = own ? `${own.address}/` : desk.serve(key, join(folder, output ?? ""));
    const report = desk.report(key);
    const running = launch(browser, address);
    const results = await report;
    await running.close();
    outcomes.push({ name: routes.length > 0 ? `${name}, client` : name, results });
    return outcomes;
  } finally {
    if (own?.child.pid) process.kill(-own.child.pid, "SIGKILL");
  }
}

async function tryConsumer(consumer: Consumer, folder: string, tarball: string, desk: Desk): Promise<Outcome[]> {
  try {
    await prepare(consumer, folder, tarball, `${desk.address}/${keyOf(consumer.name)}/report`);
    if (consumer.kind === "page") return await runPage(consumer, folder, desk);
    return [{ name: consumer.name, results: await runProgram(consumer, folder) }];
  } catch (error) {
    const { stderr = "", stdout = "", message } = error as Error & { stderr?: string; stdout?: string };
    return [{ name: consumer.name, results: `${stderr}${stdout}`.slice(-1500) || message }];
  }
}

/** One line for each consumer: what it learned, and whether threads and workers were had where they were asked for. */
function print(outcomes: readonly Outcome[]): void {
  const head = ["consumer", "accuracy", "hash", "threads: 2", "worker", "threads: 2 in it"];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { name, results } of outcomes) {
    if (typeof results === "string") {
      table.push([name, { colSpan: 5, content: "FAILED" }]);
      continue;
    }
    const [one, two, worker, both] = results;
    const hashes = [...new Set(results.map(({ hash }) => hash))].join(" ");
    table.push([name, one.accuracy.toFixed(3), hashes, two.threads, worker.worker ? "yes" : "no", both.threads]);
  }
  console.log(table.toString());
  for (const { name, results } of outcomes) if (typeof results === "string") console.log(`\n${name}:\n${results}`);
}

/** Runs consumers whose names contain one of `words`, all without any; true when all is well. */
export async function runConsumers(
  words: readonly string[],
  chosen: readonly Consumer[] = consumers,
): Promise<boolean> {
  const wanted = chosen.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase())),
  );
  const { folder, tarball } = pack();
  const desk = new Desk();
  await desk.open();
  const outcomes: Outcome[] = [];
  try {
    for (const [i, consumer] of wanted.entries()) {
      console.error(`${consumer.name} …`);
      const own = join(folder, consumer.folder ?? keyOf(consumer.name));
      mkdirSync(own, { recursive: true });
      outcomes.push(...(await tryConsumer(consumer, own, tarball, desk)));
      const isShared = consumer.folder !== undefined && consumer.folder === wanted[i + 1]?.folder;
      if (!isShared) rmSync(own, { recursive: true, force: true });
    }
  } finally {
    desk.close();
    rmSync(folder, { recursive: true, force: true });
  }
  print(outcomes);
  const results = outcomes.flatMap(({ results }) => (typeof results === "string" ? [] : results));
  const hashes = new Set(results.map(({ hash }) => hash));
  const failed = outcomes.filter(({ results }) => typeof results === "string").length;
  const isLearned = results.every(({ accuracy }) => accuracy > 0.9);
  console.log(
    `${outcomes.length - failed} passed, ${failed} failed; ${hashes.size} hash${hashes.size === 1 ? "" : "es"}`,
  );
  return failed === 0 && hashes.size === 1 && isLearned;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exit((await runConsumers(process.argv.slice(2))) ? 0 : 1);
}
