/**
 * `npm run bench -- --turns <base>`: this build against that of another commit, or of a folder. Each sample is a new
 * process, and the two sides take turns, so what else the machine does meets both alike. On one thread, time of the
 * processor counts. The ratio is that of two neighbours in time.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Setup } from "./cases.js";
import { summarize } from "./measure.js";
import { formatTime } from "./table.js";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const PROCESS = join(ROOT, "bench/processes/turn.mjs");

/** Work of one process. */
interface Job {
  readonly kind: "train" | "predict" | "start";
  readonly sizes: readonly number[];
  readonly batch: number;
}

export interface TurnsOptions {
  readonly setup: Setup;
  /** The program that runs both sides. @default this Node */
  readonly node?: string | undefined;
  readonly quick: boolean;
}

const dense = (width: number) => [784, width, width, 10];

const jobs: readonly (Job & { readonly name: string })[] = [
  ...[64, 256, 1024, 2048].flatMap((width) =>
    [32, 256].map((batch) => ({
      name: `train 784-${width}-${width}-10, batch ${batch}`,
      kind: "train" as const,
      sizes: dense(width),
      batch,
    })),
  ),
  { name: "train 2-3-2, batch 4", kind: "train", sizes: [2, 3, 2], batch: 4 },
  { name: "predict 784-128-10, 1 row", kind: "predict", sizes: [784, 128, 10], batch: 1 },
  { name: "predict 784-128-10, 1000 rows", kind: "predict", sizes: [784, 128, 10], batch: 1000 },
  { name: "start, import to first prediction", kind: "start", sizes: [784, 128, 10], batch: 1 },
];

/** Milliseconds of a job on the build in `folder`. */
function sampleOf(node: string, folder: string, job: Job, { setup, quick }: TurnsOptions): number {
  const argument = JSON.stringify({ ...job, folder, setup, milliseconds: quick ? 100 : 200 });
  const { status, stdout, stderr } = spawnSync(node, [PROCESS, argument], { encoding: "utf8" });
  if (status !== 0) throw new Error(`turn.mjs ended with ${status}: ${stderr}`);
  return Number(stdout);
}

/** Checks a commit out and builds it; `close` removes what that left. Of a folder, its own build is taken. */
function openBase(base: string): { folder: string; close(): void } {
  if (existsSync(join(base, "package.json"))) return { folder: resolve(base), close() {} };
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-base-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
  const close = () => {
    rmSync(folder, { recursive: true, force: true });
    git("worktree", "prune");
  };
  try {
    git("worktree", "add", "--detach", folder, base);
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    cpSync(join(ROOT, "build/wasm"), join(folder, "build/wasm"), { recursive: true }); // kept if from the same sources
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  } catch (error) {
    close();
    throw error;
  }
  return { folder, close };
}

/** A quantile of sorted numbers, between two of them by a straight line. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (next - sorted[below]) * (place - below);
}

function timeAndSpread(samples: readonly number[]): string {
  const { median, mad } = summarize(samples);
  return `${formatTime(median * 1e6)} ± ${((100 * mad) / median).toFixed(0)} %`;
}

/** Runs the jobs whose names contain every filter, and prints a row for each. */
export function runTurns(base: string, filters: readonly string[], options: TurnsOptions): void {
  const chosen = jobs.filter(({ name }) => filters.every((filter) => name.includes(filter)));
  if (chosen.length === 0)
    throw new Error(`no job matches ${filters.join(" ")}: ${jobs.map(({ name }) => name).join("; ")}.`);
  const node = options.node ?? process.execPath;
  const { folder, close } = openBase(base);
  try {
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    console.log(
      `Node ${version}. Medians ± median deviation. Ratio: time of ${base} / time of this build (quartiles).\n`,
    );
    const row = (cells: readonly string[]) => console.log(cells.map((cell, i) => cell.padEnd(i ? 18 : 38)).join(""));
    row(["", base.slice(-16), "this build", "ratio"]);
    for (const job of chosen) {
      const [theirs, ours]: [number[], number[]] = [[], []];
      for (let round = 0; round < (options.quick ? 5 : 15); round++) {
        const sides = [
          { samples: theirs, folder },
          { samples: ours, folder: ROOT },
        ];
        if (round % 2 === 1) sides.reverse();
        for (const side of sides) side.samples.push(sampleOf(node, side.folder, job, options));
      }
      const ratios = theirs.map((time, i) => time / ours[i]).sort((a, b) => a - b);
      const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
      row([job.name, timeAndSpread(theirs), timeAndSpread(ours), `${middle} (${low} to ${high})`]);
    }
  } finally {
    close();
  }
}
