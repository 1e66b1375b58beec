/** The file of a plan: a search whose trainings others begin, as JSON with a version. Knows texts, not folders. */
import { checkName, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import type { Task } from "../data/executor.js";
import type { DataRef } from "../jobs/dataFile.js";
import { JobError } from "../jobs/errors.js";
import { type JobData, readJob } from "../jobs/messages.js";
import { version } from "../jobs/version.js";
import { checkEncoding, type TableEncoding } from "../table/encoded.js";

/** Goes up when the file changes. */
const VERSION = 1;

/** Searches that can be planned: their tasks do not depend on scores. */
export const plannable = ["gridSearch", "randomSearch"] as const;

/** Contents of the file of a plan. */
export interface PlanFile extends Omit<JobData, "task"> {
  /** The call that a search on one machine would be, without its data. */
  readonly search: { readonly name: (typeof plannable)[number]; readonly options: Readonly<Record<string, unknown>> };
  /** Facts about the table, where the data come from one. */
  readonly table: { readonly encoding: TableEncoding; readonly test: DataRef | null } | null;
  readonly tasks: readonly Task[];
}

/** JSON with a line for each task. */
export function planText({ tasks, ...head }: PlanFile): string {
  const lines = tasks.map((task) => JSON.stringify(task)).join(",\n");
  return `${JSON.stringify({ plan: VERSION, ...head }).slice(0, -1)},"tasks":[\n${lines}\n]}\n`;
}

const isRef = (value: unknown) => {
  const { sha256, bytes } = (value ?? {}) as Partial<DataRef>;
  return /^[0-9a-f]{64}$/.test(String(sha256)) && Number.isSafeInteger(bytes);
};

/** @throws JobError for anything but a plan of this version, with a message that says what to do */
export function readPlan(where: string, text: string): PlanFile {
  const parsed = parse(text);
  if (!isPlainObject(parsed) || !("plan" in parsed)) {
    const remedy = "Make one: npx simdgrad plan data.csv --target <column> -o plan.json";
    throw new JobError(`${where}: expected a plan, got ${show(parsed ?? text.slice(0, 80))}. ${remedy}.`);
  }
  const {
    plan,
    library,
    v,
    data,
    problem,
    search,
    table = null,
    tasks,
  } = parsed as unknown as PlanFile & { plan: number };
  if (library !== version() || plan !== VERSION) {
    const got = `the plan was made by simdgrad ${show(library)}, and this is ${version()}: scores could differ`;
    throw new JobError(`${where}: ${got}. Install simdgrad@${library} here, or make the plan again with this version.`);
  }
  try {
    if (!Array.isArray(tasks) || tasks.length === 0 || !isRef(data)) throw new JobError("parts are missing");
    checkName("search", search?.name, plannable);
    if (!isPlainObject(search.options)) throw new JobError("search: its options are missing");
    for (const [i, task] of tasks.entries()) readJob(`task ${i}`, { v, library, data, problem, task });
    const checked = table && { encoding: checkEncoding("table", table.encoding), test: table.test };
    if (checked?.test && !isRef(checked.test)) throw new JobError("table: its test rows have no name");
    return { v, library, data, problem, search, table: checked, tasks };
  } catch (error) {
    throw new JobError(`${where}: the plan is damaged: ${(error as Error).message} Make it again, or copy it again.`, {
      cause: error,
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
