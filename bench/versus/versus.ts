/** `npm run bench -- versus`: installs the rivals on demand, runs the tasks, writes docs/benchmarks.md and .svg. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { host } from "../host.js";
import { drawChart } from "./chart.js";
import { runContest, type Standing, type VersusEffort } from "./contest.js";
import { type Outcome, writeReport } from "./report.js";
import { rivals } from "./rivals.js";
import { DataFiles, tasks } from "./tasks.js";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));

const FULL: VersusEffort = { rounds: 7, target: 400 };
const QUICK: VersusEffort = { rounds: 3, target: 100 };

/** Installs the packages of package.json, unless exactly those are there. No scripts: no package needs its own. */
function install(): void {
  const { dependencies } = JSON.parse(readFileSync(`${FOLDER}package.json`, "utf8"));
  const installed = (name: string) => {
    const file = `${FOLDER}node_modules/${name}/package.json`;
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
  };
  if (Object.entries(dependencies).every(([name, version]) => installed(name) === version)) return;
  console.log("Installing the other libraries into bench/versus/node_modules (about 750 MB) …");
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  const { status } = spawnSync("npm", args, { cwd: FOLDER, stdio: "inherit", shell: process.platform === "win32" });
  // Without them the comparison still runs, and their rows say so.
  if (status !== 0) console.warn("npm install failed; what is missing will be reported as failed.");
}

function print(standing: Standing, format: (seconds: number) => string, unit: string): void {
  const { rival, result, note } = standing;
  const name = rival.name.padEnd(36);
  if (result.kind !== "figure") {
    console.log(`  ${name}${result.kind === "failed" ? "failed: " : ""}${result.reason}`);
    return;
  }
  const noise = `±${((100 * result.mad) / result.seconds).toFixed(1)} %`;
  const scaled = result.isScaled ? `, ${result.steps} steps, scaled` : "";
  console.log(`  ${name}${format(result.seconds).padStart(8)} ${unit}  ${noise}${scaled}${note ? `  (${note})` : ""}`);
}

/** Runs the tasks whose name contains every filter. Only a full run of all of them replaces the report in docs. */
export async function runVersus(filters: readonly string[], { quick }: { quick: boolean }): Promise<void> {
  const chosen = tasks.filter(({ name }) => filters.every((filter) => name.includes(filter)));
  if (chosen.length === 0) throw new Error(`no task matches ${filters.join(" ")}.`);
  install();
  const effort = quick ? QUICK : FULL;
  const files = new DataFiles();
  const outcomes: Outcome[] = [];
  try {
    for (const task of chosen) {
      console.log(`\n${task.name}`);
      const standings = await runContest(task, rivals, files, effort);
      for (const standing of standings) print(standing, task.format, task.unit);
      outcomes.push({ task, standings });
    }
  } finally {
    files.close();
  }
  if (quick || chosen.length < tasks.length) return;
  mkdirSync(DOCS, { recursive: true });
  const machine = host();
  writeFileSync(`${DOCS}benchmarks.svg`, drawChart(outcomes, machine));
  writeFileSync(`${DOCS}benchmarks.md`, writeReport(outcomes, machine, effort));
  console.log("\nWritten: docs/benchmarks.md, docs/benchmarks.svg");
}
