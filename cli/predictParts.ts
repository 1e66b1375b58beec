/** `predict --out`: a file of any size in, a folder of parts with predictions out. */
import { resolve } from "node:path";
import { bullExecutor } from "simdgrad/bullmq";
import { type ScoreOptions, type ScoringProgress, scoreFile } from "simdgrad/scoring";
import { Ending, INTERRUPTED, misuse, OK } from "./failure.js";
import { checkFolder, sizeOf } from "./files/paths.js";
import type { Io } from "./io.js";
import { serverOf } from "./queue.js";
import { openProgress } from "./ui/progress.js";
import { Report } from "./ui/report.js";
import { count, countOf } from "./ui/text.js";

export interface PartFlags {
  readonly out?: string;
  readonly format?: "parquet" | "csv";
  readonly features?: readonly string[];
  readonly keep?: readonly string[];
  readonly queue?: string;
  readonly redis?: string;
  readonly postgres?: string;
  readonly data?: string;
  readonly threshold?: number;
  readonly strict?: boolean;
  readonly threads?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Options of parts alone, for a message where they are given without `--out`. */
export const partFlags = ["format", "features", "keep", "queue", "redis", "postgres", "data"] as const;

function optionsOf(model: string, input: string, out: string, flags: PartFlags, io: Io): ScoreOptions {
  const { format, features, keep, threshold, strict, threads, queue, data = "." } = flags;
  const executor = queue && bullExecutor({ queue, connection: serverOf(flags, io), data: resolve(data) });
  return {
    ...{ model, input, output: out, signal: io.signal },
    ...(format && { format }),
    ...(features && { features }),
    ...(keep && { keep }),
    ...(strict !== undefined && { strict }),
    ...(threshold !== undefined && { threshold }),
    ...(threads !== undefined && { threads }),
    ...(executor && { executor }),
  };
}

/** Rows in a second, and seconds that are left. */
function paceOf({ rows, oldRows, share }: ScoringProgress, first: number, seconds: number) {
  const pace = seconds > 0 ? (rows - oldRows) / seconds : 0;
  const own = share - first;
  return { pace, left: own > 0 ? (seconds / own) * (1 - share) : null };
}

export async function predictParts(
  model: string,
  input: string,
  out: string,
  flags: PartFlags,
  io: Io,
): Promise<number> {
  if (input === "-") throw misuse("--out reads a file twice. Give a file instead of standard input.");
  await sizeOf(model, "the file of a model");
  await sizeOf(input, "a Parquet or CSV file");
  await checkFolder(out, "--out");
  const progress = openProgress(io, flags.quiet === true || flags.json === true);
  const began = performance.now();
  const secondsSince = () => (performance.now() - began) / 1000;
  let first: number | null = null;
  const onProgress = (now: ScoringProgress) => {
    first ??= now.share;
    const { pace, left } = paceOf(now, first, secondsSince());
    const text = `${countOf(now.rows, "row")}, part ${now.parts} of ${now.totalParts}, ${count(Math.round(pace))} rows/s`;
    progress.update(now.share, text, left);
  };
  const scored = await scoreFile({ ...optionsOf(model, input, out, flags, io), onProgress }).finally(() => {
    progress.close();
  });
  const { rows, oldRows, parts, totalParts, manifest } = scored;
  if (manifest === null) {
    const there = `${parts} of ${totalParts} parts are in ${out}`;
    throw new Ending(`stopped: ${there}. The same command goes on from there.`, INTERRUPTED);
  }
  const report = new Report(io, flags);
  for (const [name, cells] of Object.entries(manifest.filled)) {
    report.warn(`${name}: ${count(cells)} cells were missing, unknown or unreadable, and were filled in.`);
  }
  const seconds = secondsSince();
  const pace = `${seconds.toFixed(1)} s, ${count(Math.round((rows - oldRows) / seconds))} rows/s`;
  const old = oldRows > 0 ? `, ${count(oldRows)} of them there before` : "";
  report.line(`${out}: ${countOf(rows, "row")} in ${countOf(totalParts, "part")} and manifest.json${old} (${pace})`);
  if (flags.json) report.json({ command: "predict", model, data: input, out, rows, oldRows, parts: totalParts });
  return OK;
}
