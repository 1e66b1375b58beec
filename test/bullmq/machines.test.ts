// What takes long or needs root, for `npm run test:chaos`: a real second version, and machines as network namespaces.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pack, unpack } from "../../scripts/tarball.mjs";
import { bullExecutor } from "../../src/bullmq/index.js";
import { gridSearch, SearchError } from "../../src/search/index.js";
import { data, hashOf, search } from "./chaos.js";
import { ended, hasRedis, lines, PEERS, Redis } from "./servers.js";

const runs = Number(process.env.SIMDGRAD_CHAOS_RUNS ?? 0);
/** Not for the few runs of CI. */
const isChaos = hasRedis && runs > 3;
const ip = (...words: string[]) => execFileSync("ip", words, { stdio: "pipe" });

describe.skipIf(!isChaos)("a worker of another version", () => {
  let folder: string;
  const home = process.cwd();
  let redis: Redis;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "simdgrad-version-"));
    const packed = pack();
    const other = unpack(packed.tarball, folder);
    rmSync(packed.folder, { recursive: true });
    const file = join(other, "package.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), version: "0.0.9" }));
    redis = await Redis.start();
    process.chdir(PEERS);
  });
  afterAll(async () => {
    process.chdir(home);
    await redis?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it("refuses the jobs, with both versions and the remedy; the search goes on once the right one is there", async () => {
    const old = await redis.worker("versions", join(folder, "node_modules/simdgrad"));
    const executor = bullExecutor({ queue: "versions", connection: redis.url, onWarning: () => {} });
    const error = await gridSearch(data, { ...search, executor }).catch((caught) => caught);
    expect(error).toBeInstanceOf(SearchError);
    expect(error.message).toMatch(
      /the job is of simdgrad "[^"]+", messages 1; this worker is 0\.0\.9\. Install the same/,
    );
    old.kill("SIGKILL");
    await ended(old);
    await redis.worker("versions");
    const resumed = await gridSearch(data, { ...search, executor, resume: error.result });
    expect(hashOf(resumed)).toBe(hashOf(await gridSearch(data, { ...search, workers: 1 })));
  });
});

const isRoot = process.getuid?.() === 0 && spawnSync("ip", ["netns", "list"]).status === 0;

describe.skipIf(!isChaos || !isRoot)("machines, as network namespaces", () => {
  const prefix = `sg${process.pid % 100_000}`;
  const names = ["server", "search", "one", "two"].map((name) => `${prefix}${name}`);
  const [server, searcher, ...workers] = names;
  const within = (name: string) => ["ip", "netns", "exec", name];
  let redis: Redis;

  /** A switch within the server's namespace; a cable from it to each of the others. */
  beforeAll(async () => {
    for (const name of names) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    ip("-n", server, "link", "add", "hub", "type", "bridge");
    ip("-n", server, "addr", "add", "10.77.0.1/24", "dev", "hub");
    ip("-n", server, "link", "set", "hub", "up");
    for (const [i, name] of names.slice(1).entries()) {
      ip("-n", server, "link", "add", `port${i}`, "type", "veth", "peer", "name", "eth0", "netns", name);
      ip("-n", server, "link", "set", `port${i}`, "master", "hub", "up");
      ip("-n", name, "addr", "add", `10.77.0.${i + 2}/24`, "dev", "eth0");
      ip("-n", name, "link", "set", "eth0", "up");
    }
    redis = await Redis.start("10.77.0.1", within(server));
  });
  afterAll(async () => {
    await redis?.end();
    for (const name of names) spawnSync("ip", ["netns", "del", name]);
  });

  it("have the hash of one process, also where a cable is pulled and put back", async () => {
    const one = hashOf(await gridSearch(data, { ...search, workers: 1 }));
    const children = await Promise.all(workers.map((name) => redis.worker("far", undefined, within(name))));
    const program = fileURLToPath(new URL("coordinator.js", import.meta.url));
    for (let run = 0; run < runs; run++) {
      redis.empty();
      const third = lines(children, 3).then(async () => {
        ip("-n", server, "link", "set", "port1", "down");
        await new Promise((resolve) => setTimeout(resolve, 300));
        ip("-n", server, "link", "set", "port1", "up");
      });
      const child = await redis.run([program, "far", redis.url, JSON.stringify(search)], within(searcher));
      let out = "";
      child.stdout?.on("data", (text) => {
        out += text;
      });
      await Promise.all([ended(child), third]);
      expect(hashOf(JSON.parse(out.trim().split("\n").pop() as string))).toBe(one);
    }
  });
});
