/** `gather`: the result of a plan whose tasks are done, and the best model. */
import { saveFile } from "simdgrad/node";
import { formatSearch } from "simdgrad/search";
import { openPlan } from "simdgrad/tasks";
import { Ending, FAILED, INTERRUPTED, OK } from "../failure.js";
import { checkWritable, sizeOf } from "../files/paths.js";
import type { Io } from "../io.js";
import { Report } from "../ui/report.js";
import { quoted } from "../ui/shell.js";
import { bytesText, count } from "../ui/text.js";

export interface GatherFlags {
  readonly out: string;
  readonly model?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Indexes as ranges: 3,7-9. */
export function rangesOf(indexes: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges[ranges.length - 1];
    if (last && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(",");
}

export async function gather(path: string, flags: GatherFlags, io: Io): Promise<number> {
  const report = new Report(io, flags);
  const { out, model } = flags;
  await sizeOf(path, "a plan");
  if (model !== undefined) await checkWritable(model, "--model", [path]);
  const plan = await openPlan(path, { onWarning: (message) => report.warn(message) });
  try {
    const { result, missing } = await plan.gather({ out });
    if (result.trials.length > 0) report.line(formatSearch(result));
    const facts = { command: "gather", plan: path, missing, ...result };
    if (missing.length > 0) {
      if (flags.json) report.json(facts);
      const command = `npx simdgrad task ${quoted(path)} --out ${quoted(out)} --index ${rangesOf(missing)}`;
      const has = missing.length === 1 ? "task has" : "tasks have";
      const none = model === undefined ? "" : " No model was written.";
      throw new Ending(
        `${count(missing.length)} of ${count(plan.tasks)} ${has} no result in ${out}.${none} Run: ${command}`,
        FAILED,
      );
    }
    if (model !== undefined) {
      const bytes = await plan.fitBest(result, { signal: io.signal });
      if (io.signal.aborted)
        throw new Ending("stopped before the best model was trained; nothing was written.", INTERRUPTED);
      await saveFile(model, bytes);
      report.section("Files", [`${model}  ${bytesText(bytes.length)}`]);
      report.section("Next", [`npx simdgrad predict ${quoted(model)} new.csv`]);
    }
    if (flags.json) report.json(model === undefined ? facts : { ...facts, model });
    return OK;
  } finally {
    plan.close();
  }
}
