/** `worker`: trains what searches put into a queue, and scores parts of files, until it is stopped. */
import { startWorker } from "simdgrad/bullmq";
import { INTERRUPTED } from "../failure.js";
import type { Io } from "../io.js";
import { type QueueFlags, serverOf } from "../queue.js";
import { Report } from "../ui/report.js";
import { countOf } from "../ui/text.js";

export interface WorkerFlags extends QueueFlags {
  readonly store?: string;
  readonly data?: string;
  readonly concurrency?: number;
  readonly lock?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export async function worker(flags: WorkerFlags, io: Io): Promise<number> {
  const { queue = "sweep", store, data, concurrency = 1, lock = 30 } = flags;
  const report = new Report(io, flags);
  const running = await startWorker({
    queue,
    connection: serverOf(flags, io),
    ...(store === undefined ? {} : { store }),
    ...(data === undefined ? {} : { data }),
    concurrency,
    lockDuration: lock * 1000,
    onWarning: (message) => report.warn(message),
    onJob: ({ id, score, rows, seconds }) => {
      const what = rows === null ? (score?.toFixed(4) ?? "failed") : countOf(rows, "row");
      report.line(`${id}  ${what}  ${seconds.toFixed(2)} s`);
    },
  });
  report.line(`Takes jobs from the queue ${queue}. Ctrl-C stops it after the running job.`);
  if (flags.json) report.json({ command: "worker", queue, pid: process.pid });
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener("abort", () => resolve());
  });
  await running.close();
  return INTERRUPTED;
}
