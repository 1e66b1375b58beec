/** `sweep status`: the state of the trainings in a queue, as a table that is drawn again each second. */
import { type SweepStatus, sweepStatus } from "simdgrad/bullmq";
import { INTERRUPTED, misuse, OK } from "../failure.js";
import type { Io } from "../io.js";
import { type QueueFlags, serverOf } from "../queue.js";
import { Report } from "../ui/report.js";

export interface SweepFlags extends QueueFlags {
  /** False by `--no-watch`. */
  readonly watch?: boolean;
  readonly json?: boolean;
}

const BARS = "▁▂▃▄▅▆▇█";
/** Characters of the curve. */
const WIDTH = 40;
const SECOND = 1000;
/** Moves to the top left, and clears what is there. */
const CLEAR = "\u001b[H\u001b[J";

/** The best score so far, as bars from the lowest to the highest. */
export function curveOf(curve: readonly number[]): string {
  const step = Math.max(1, curve.length / WIDTH);
  const shown = Array.from({ length: Math.min(curve.length, WIDTH) }, (_, i) => curve[Math.floor((i + 1) * step) - 1]);
  const [low, high] = [shown[0], shown[shown.length - 1]];
  return shown.map((score) => BARS[high > low ? Math.round(((score - low) / (high - low)) * 7) : 0]).join("");
}

function durationOf(seconds: number | null): string {
  if (seconds === null) return "unknown";
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The share of the jobs that is over. */
function progressOf({ completed, failed, active, waiting }: SweepStatus): string {
  const over = completed + failed;
  const share = over === 0 ? 0 : over / (over + active + waiting);
  const full = Math.floor(share * (WIDTH / 2));
  return `${"█".repeat(full)}${"░".repeat(WIDTH / 2 - full)} ${Math.floor(share * 100)} %`;
}

/** The state as lines of text. */
export function tableOf(queue: string, status: SweepStatus): string[] {
  const { waiting, active, completed, failed, workers, best, curve, rate, remaining, reasons } = status;
  const width = workers.reduce((most, { name }) => Math.max(most, name.length), "worker".length);
  const rows = workers.map(({ name, jobs, seconds }) => {
    return `${name.padEnd(width)}  ${String(jobs).padStart(6)}  ${(seconds / jobs).toFixed(2).padStart(9)} s`;
  });
  return [
    `queue ${queue}: ${completed} done, ${active} running, ${waiting} waiting, ${failed} failed`,
    `${progressOf(status)}  ${rate === null ? "no rate yet" : `${rate.toFixed(1)} jobs a second`}; left: ${durationOf(remaining)}`,
    ...(best ? [`best ${best.mean.toFixed(4)} over ${best.folds} folds: ${JSON.stringify(best.options)}`] : []),
    ...(curve.length > 1 ? [`${curveOf(curve)}  ${curve[curve.length - 1].toFixed(4)} best of one fold`] : []),
    ...(rows.length > 0 ? ["", `${"worker".padEnd(width)}    jobs    mean time`, ...rows] : []),
    ...reasons.map((reason) => `failed: ${reason}`),
  ];
}

export async function sweep(what: string, flags: SweepFlags, io: Io): Promise<number> {
  const { queue = "sweep" } = flags;
  const watch = flags.watch !== false && io.stdout.isTTY === true && !flags.json;
  if (what !== "status")
    throw misuse(`sweep: expected status, got ${JSON.stringify(what)}. Try: npx simdgrad sweep status.`);
  const report = new Report(io, flags);
  const connection = serverOf(flags, io);
  while (!io.signal.aborted) {
    const status = await sweepStatus({ queue, connection });
    if (flags.json) report.json({ command: "sweep status", queue, ...status });
    const lines = tableOf(queue, status);
    if (watch) {
      const { columns = 80 } = io.stdout;
      // At once, so that nothing flickers; a line that wraps would move the others.
      const shown = lines.map((line) => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line));
      io.stdout.write(`${CLEAR}${shown.join("\n")}\n`);
    } else for (const line of lines) report.line(line);
    if (!watch) return OK;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, SECOND);
      io.signal.addEventListener(
        "abort",
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }
  return INTERRUPTED;
}
