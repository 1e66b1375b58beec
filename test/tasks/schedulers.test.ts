// Plans on schedulers that are installed: GNU parallel, and Slurm on this host alone. Only in `npm run test:chaos`.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { templates } from "../../cli/templates.js";
import type { PartialSearchResult } from "../../src/search/index.js";
import { freePort } from "../support/freePort.js";

const isChaos = Number(process.env.SIMDGRAD_CHAOS_RUNS ?? 0) > 3;
const has = (program: string) => isChaos && spawnSync("which", [program]).status === 0;
const hasSlurm = process.getuid?.() === 0 && ["munged", "slurmctld", "slurmd", "sbatch", "scancel"].every(has);
const PROGRAM = fileURLToPath(new URL("../../build/cli/index.js", import.meta.url));

// `npm test`, which skips all this, does not load the library for it.
const library = async () => ({
  ...(await import("../../src/datasets/index.js")),
  ...(await import("../../src/search/index.js")),
  ...(await import("../../src/tasks/index.js")),
});
const noisy = { samples: 200, noise: 0.2, seed: 1 };
const search = {
  estimator: "classifier",
  options: { maxEpochs: 150, patience: 150 },
  folds: 3,
  grid: { alpha: [1e-4, 1e-2], hiddenLayerSizes: [[8], [16, 8]] },
} as const;
const TASKS = 18;
const scoresOf = ({ records, best }: PartialSearchResult) => [
  ...records.map(({ subject, fold, score, weights }) => [subject, fold, score, weights]),
  best?.options,
];

let folder: string;
let one: unknown;

/** A folder with a plan, and `npx`, which runs the program of this clone. */
async function folderOf(name: string): Promise<{ cwd: string; env: NodeJS.ProcessEnv }> {
  const cwd = join(folder, name);
  mkdirSync(join(cwd, "bin"), { recursive: true });
  const { gridSearch, moons, writePlan } = await library();
  await writePlan(join(cwd, "plan.json"), gridSearch, moons(noisy), search);
  writeFileSync(join(cwd, "bin/npx"), `#!/bin/sh\nshift\nexec ${process.execPath} ${PROGRAM} "$@"\n`);
  chmodSync(join(cwd, "bin/npx"), 0o755);
  return { cwd, env: { ...process.env, PATH: `${join(cwd, "bin")}:${process.env.PATH}` } };
}

async function gathered(cwd: string) {
  const { openPlan } = await library();
  return (await openPlan(join(cwd, "plan.json"))).gather({ out: join(cwd, "results") });
}

const filesIn = (cwd: string) => {
  try {
    return readdirSync(join(cwd, "results")).filter((name) => name.endsWith(".json")).length;
  } catch {
    return 0;
  }
};

async function until(isDone: () => boolean, what: string): Promise<void> {
  for (let tenth = 0; tenth < 900; tenth++) {
    if (isDone()) return;
    await wait(100);
  }
  throw new Error(`${what} did not happen within 90 s`);
}

beforeAll(async () => {
  if (!isChaos) return;
  folder = mkdtempSync(join(tmpdir(), "simdgrad-schedulers-"));
  const { gridSearch, moons } = await library();
  one = scoresOf(await gridSearch(moons(noisy), { ...search, workers: 1 }));
});
afterAll(() => {
  if (isChaos) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!has("parallel"))("GNU parallel", () => {
  it("runs the script of the template; killed and started again, it gives the bits of one process", async () => {
    const { cwd, env } = await folderOf("parallel");
    writeFileSync(join(cwd, "sweep.sh"), templates.parallel);
    const child = spawn("sh", ["sweep.sh"], { cwd, env, detached: true, stdio: "ignore" });
    await until(() => filesIn(cwd) >= 3, "the third result");
    process.kill(-(child.pid as number), "SIGKILL");
    await wait(500); // those that were writing
    expect((await gathered(cwd)).missing.length).toBeGreaterThan(0);
    execFileSync("sh", ["sweep.sh"], { cwd, env, stdio: "ignore" });
    const { result, missing } = await gathered(cwd);
    expect([missing, scoresOf(result)]).toEqual([[], one]);
  });
});

/** Slurm on this host: its own key, ports and folder. */
class Slurm {
  readonly #children: ChildProcess[] = [];
  readonly env: NodeJS.ProcessEnv;
  readonly #home: string;

  private constructor(home: string) {
    this.#home = home;
    this.env = { ...process.env, SLURM_CONF: join(home, "slurm.conf") };
  }

  static async start(home: string): Promise<Slurm> {
    for (const name of ["", "state", "spool"]) mkdirSync(join(home, name), { recursive: true });
    chmodSync(join(home, ".."), 0o755); // munged trusts no other folders
    chmodSync(home, 0o755);
    writeFileSync(
      join(home, "munge.key"),
      Uint8Array.from({ length: 128 }, (_, i) => (i * 89 + 7) % 256),
      { mode: 0o600 },
    );
    const host = hostname().replace(/\..*/, "");
    const lines = {
      ClusterName: "one",
      SlurmctldHost: `${host}(127.0.0.1)`,
      SlurmUser: "root",
      SlurmdUser: "root",
      SlurmctldPort: await freePort(),
      SlurmdPort: await freePort(),
      AuthType: "auth/munge",
      AuthInfo: `socket=${home}/munge.socket`,
      StateSaveLocation: `${home}/state`,
      SlurmdSpoolDir: `${home}/spool`,
      SlurmctldPidFile: `${home}/slurmctld.pid`,
      SlurmdPidFile: `${home}/slurmd.pid`,
      ProctrackType: "proctrack/pgid",
      TaskPlugin: "task/none",
      MpiDefault: "none",
      ReturnToService: 2,
      SelectType: "select/cons_tres",
      SelectTypeParameters: "CR_Core",
      SchedulerParameters: "batch_sched_delay=0,sched_interval=1",
      NodeName: `${host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`,
      PartitionName: "all Nodes=ALL Default=YES State=UP",
    };
    const text = Object.entries(lines).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(join(home, "slurm.conf"), text.join(""));
    const slurm = new Slurm(home);
    const own = (name: string) => `--${name}=${home}/munge.${name.replace(/-file$/, "")}`;
    slurm.#run("munged", ["--foreground", "--force", ...["key-file", "socket", "pid-file", "seed-file"].map(own)]);
    await until(() => readdirSync(home).includes("munge.socket"), "munged");
    slurm.#run("slurmctld", ["-D", "-c"]);
    slurm.#run("slurmd", ["-D"]);
    await until(() => /idle/.test(slurm.ask("sinfo", ["-h"])), "an idle node of Slurm");
    return slurm;
  }

  /** What a command prints. */
  ask(program: string, argv: readonly string[], cwd = this.#home, env: NodeJS.ProcessEnv = {}): string {
    return String(spawnSync(program, argv, { cwd, env: { ...this.env, ...env } }).stdout);
  }

  async stop(): Promise<void> {
    for (const child of [...this.#children].reverse()) {
      if (child.exitCode !== null) continue;
      child.kill("SIGTERM");
      await Promise.race([new Promise((resolve) => child.once("exit", resolve)), wait(10_000)]);
      if (child.exitCode === null) child.kill("SIGKILL");
    }
  }

  #run(program: string, argv: readonly string[]): void {
    this.#children.push(spawn(program, argv, { env: this.env, stdio: "ignore" }));
  }
}

describe.skipIf(!hasSlurm)("Slurm", () => {
  let slurm: Slurm;
  beforeAll(async () => {
    slurm = await Slurm.start(join(folder, "slurm"));
  });
  afterAll(() => slurm?.stop());

  it("runs the script of the template; jobs that are killed are submitted again", async () => {
    const { cwd, env } = await folderOf("array");
    writeFileSync(join(cwd, "sweep.sh"), templates.slurm);
    const [, id] = /batch job (\d+)/.exec(
      slurm.ask("sbatch", ["--array=0-3", "sweep.sh"], cwd, env),
    ) as RegExpExecArray;
    await until(() => filesIn(cwd) >= 3, "the third result");
    slurm.ask("scancel", ["--signal=KILL", "--full", id]);
    slurm.ask("scancel", [id]);
    await until(() => slurm.ask("squeue", ["-h"]) === "", "the end of the array");
    const before = await gathered(cwd);
    expect(before.missing.length).toBeGreaterThan(0);
    expect(before.missing.length).toBeLessThan(TASKS);
    slurm.ask("sbatch", ["--wait", "--array=0-3", "sweep.sh"], cwd, env);
    const { result, missing } = await gathered(cwd);
    const logs = readdirSync(cwd).filter((name) => name.endsWith(".log"));
    expect(missing, logs.map((name) => readFileSync(join(cwd, name), "utf8")).join("\n")).toEqual([]);
    expect(scoresOf(result)).toEqual(one);
  });
});
