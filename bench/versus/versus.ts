/** `npm run bench -- versus`: installs the rivals on demand, runs the tasks, writes docs/benchmarks.md and .svg. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { host } from "../host.js";
import { measurePeak } from "../peak.js";
import { drawChart } from "./chart.js";
import { runContest, type Standing, type VersusEffort } from "./contest.js";
import { type Outcome, writeReport } from "./report.js";
import { type Rival, rivals, sweepRivals } from "./rivals.js";
import { type SweepOutcome, sweepTasks, writeSweep } from "./sweep.js";
import { runTables, writeTables } from "./tables.js";
import { DataFiles, type Task, tasks } from "./tasks.js";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));

const FULL: VersusEffort = { rounds: 5, target: 300 };
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

/** The name of the table's part, for filters. */
const TABLE = "table";

/** Runs the tasks whose name contains every filter. Only a full run of all of them replaces the report in docs. */
export async function runVersus(filters: readonly string[], { quick }: { quick: boolean }): Promise<void> {
  const isChosen = (name: string) => filters.every((filter) => name.includes(filter));
  const effort = quick ? QUICK : FULL;
  const files = new DataFiles();

  async function outcomesOf<Kind extends Task>(all: readonly Kind[], entered: readonly Rival[]) {
    const outcomes: { task: Kind; standings: Standing[] }[] = [];
    for (const task of all.filter(({ name }) => isChosen(name))) {
      console.log(`\n${task.name}`);
      const standings = await runContest(task, entered, files, effort);
      for (const standing of standings) print(standing, task.format, task.unit);
      outcomes.push({ task, standings });
    }
    return outcomes;
  }

  if (![...tasks, ...sweepTasks].some(({ name }) => isChosen(name)) && !isChosen(TABLE)) {
    throw new Error(`no task matches ${filters.join(" ")}.`);
  }
  // PyTorch and scikit-learn, which alone run the sweep and the table, are not packages of npm.
  if (tasks.some(({ name }) => isChosen(name))) install();
  try {
    const outcomes: Outcome[] = await outcomesOf(tasks, rivals);
    const sweep: SweepOutcome[] = await outcomesOf(sweepTasks, sweepRivals);
    const sections: string[] = [];
    if (sweep.length > 0) sections.push(writeSweep(sweep, await measurePeak()));
    if (isChosen(TABLE)) sections.push(writeTables(runTables(effort.rounds)));
    for (const section of sections) console.log(`\n${section}`);
    if (quick || filters.length > 0) return;
    mkdirSync(DOCS, { recursive: true });
    const machine = host();
    writeFileSync(`${DOCS}benchmarks.svg`, drawChart(outcomes, machine));
    writeFileSync(`${DOCS}benchmarks.md`, writeReport(outcomes, sections, machine, effort));
    console.log("\nWritten: docs/benchmarks.md, docs/benchmarks.svg");
  } finally {
    files.close();
  }
}
