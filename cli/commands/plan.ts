/** `plan`: a search over options, written down for a scheduler instead of run. */
import { dirname, join } from "node:path";
import { saveFile } from "simdgrad/node";
import { type Grid, gridSearch, randomSearch, type ScoringName, type Space } from "simdgrad/search";
import { type MadePlan, makePlan, type PlanTableOptions } from "simdgrad/tasks";
import { refuseOthers } from "../arguments.js";
import { inWords, misuse, OK } from "../failure.js";
import { checkWritable } from "../files/paths.js";
import { checkTarget, nameOf, readTable } from "../files/tables.js";
import { type Io, writeAll } from "../io.js";
import { type TemplateName, templates } from "../templates.js";
import { Report } from "../ui/report.js";
import { quoted } from "../ui/shell.js";
import { bytesText, countOf } from "../ui/text.js";

export interface PlanFlags {
  readonly output?: string;
  readonly template?: TemplateName;
  readonly target?: string;
  readonly exclude?: string[];
  readonly features?: string[];
  readonly type?: Record<string, string>;
  readonly dateAs?: string[];
  readonly missing?: "median" | "mean" | "mostFrequent";
  readonly test?: number;
  readonly maxRows?: number;
  readonly positive?: string;
  readonly estimator?: "classifier" | "regressor";
  readonly grid?: Record<string, unknown>;
  readonly options?: Record<string, unknown>;
  readonly random?: number;
  readonly folds?: number;
  readonly holdOut?: number;
  readonly scoring?: string;
  readonly seed?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Tried where nothing else is asked for. */
const GRID = { hiddenLayerSizes: [[16], [64], [64, 32]], alpha: [1e-4, 1e-3, 1e-2] };

const given = <T extends object>(options: T) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

async function planOf(path: string, flags: PlanFlags, io: Io, report: Report): Promise<MadePlan> {
  const { exclude, features, type, dateAs, missing, test, maxRows, positive } = flags;
  const { estimator, grid = GRID, options, random, folds, holdOut, scoring, seed } = flags;
  const data = await readTable(path, io, (message) => report.warn(message), flags);
  const target = checkTarget(data, flags.target);
  const columns = { target, exclude, features, types: type, dates: dateAs, missing, testSize: test, maxRows, positive };
  const shared = {
    ...given({ estimator, folds, holdOut, seed, options, scoring: scoring as ScoringName | undefined }),
    table: given(columns) as unknown as PlanTableOptions,
    onWarning: (message: string) => report.warn(inWords(message)),
  };
  if (random === undefined) return makePlan(gridSearch, data, { ...shared, grid: grid as Grid });
  return makePlan(randomSearch, data, { ...shared, space: grid as Space, trials: random });
}

export async function plan(path: string | undefined, flags: PlanFlags, io: Io): Promise<number> {
  const { template, output } = flags;
  if (template !== undefined) {
    if (path !== undefined) {
      throw misuse(`--template prints a script, which is the same for all plans. Leave out ${JSON.stringify(path)}.`);
    }
    refuseOthers(flags, ["template"], "--template prints a script, which is the same for all options.");
    await writeAll(io.stdout, templates[template]);
    return OK;
  }
  if (path === undefined) throw misuse("plan: which table? Try: npx simdgrad plan data.csv --target <column>.");
  if (output !== undefined) await checkWritable(output, "-o", [path, flags.test], "plan.json");
  // Where the plan goes to standard output, stderr is for people.
  const report = new Report(output === undefined ? { ...io, stdout: io.stderr } : io, flags);
  const made = await planOf(path, flags, io, report);
  const folder = output === undefined ? "." : dirname(output);
  const files: string[] = [];
  for (const [name, bytes] of made.files) {
    await saveFile(join(folder, name), bytes);
    files.push(`${join(folder, name)}  ${bytesText(bytes.length)}`);
  }
  if (output !== undefined) await saveFile(output, made.text);
  const name = output ?? "plan.json";
  report.line(`${nameOf(path)}: ${countOf(made.tasks, "task")}`);
  report.section("Files, which belong into the folder of the plan", files);
  report.section("Next", [
    `npx simdgrad plan --template slurm > sweep.sh   (or kubernetes, parallel)`,
    `npx simdgrad task ${quoted(name)} --index 0-${made.tasks - 1} --out results   (here, one after the other)`,
    `npx simdgrad gather ${quoted(name)} --out results --model best.safetensors`,
  ]);
  if (output === undefined) await writeAll(io.stdout, made.text);
  else if (flags.json) report.json({ command: "plan", plan: output, tasks: made.tasks, files: [...made.files.keys()] });
  return OK;
}
