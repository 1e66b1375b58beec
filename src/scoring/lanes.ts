/** Lanes that score parts on this machine: this thread, or threads of their own. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { BackendError, DataError, FormatError, OptionError, SimdgradError } from "../base/errors.js";
import type { Lane } from "../base/lanes.js";
import { cores } from "../runtime/cores.js";
import { startThread, type Thread } from "../runtime/thread.js";
import type { PartResult, ScoringTask } from "./job.js";
import { scorePart } from "./scorePart.js";

/** A runner of one part at a time. */
export interface ScoringLane extends Lane<ScoringTask, PartResult> {
  run(task: ScoringTask): Promise<PartResult>;
}

/** More threads than this would wait for the disk. */
const MOST_AUTO_THREADS = 8;

type Reply = { readonly result: PartResult } | { readonly error: { readonly name: string; readonly message: string } };

/** Threads run this package as it is installed. */
function program(): string {
  const entry = pathToFileURL(createRequire(import.meta.url).resolve("simdgrad/scoring")).href;
  return `
const scoring = load(${JSON.stringify(entry)});
listen(({ job, part }) => scoring.then(({ scorePart }) => scorePart(job, part)).then(
  (result) => answer({ result }),
  ({ name, message }) => answer({ error: { name, message } }),
));
`;
}

/** Lanes for that many parts. Where no thread can be had, this one does the work. */
export async function openScoringLanes(parts: number, threads: "auto" | number): Promise<ScoringLane[]> {
  const wish = threads === "auto" ? Math.min(cores(), MOST_AUTO_THREADS) : threads;
  const count = Math.min(wish, parts);
  const here: ScoringLane = { run: ({ job, part }) => scorePart(job, part), close: () => {} };
  if (count <= 1) return [here];
  const lanes = Array.from({ length: count }, () => new ThreadLane());
  const started = await Promise.allSettled(lanes.map((lane) => lane.start()));
  const running = lanes.filter((_, i) => started[i].status === "fulfilled");
  return running.length > 0 ? running : [here];
}

/** Threads that may end while they score one part: one may do so by accident, two do because of the part. */
const TRIES = 2;

class ThreadLane implements ScoringLane {
  #thread: Thread | null = null;
  #onReply: (reply: Reply | null) => void = () => {};

  async start(): Promise<void> {
    this.#thread = await startThread(program(), {
      onMessage: (reply) => this.#onReply(reply as Reply),
      onEnd: () => {
        this.#thread = null;
        this.#onReply(null);
      },
    });
  }

  async run(task: ScoringTask): Promise<PartResult> {
    for (let lost = 0; lost < TRIES; lost++) {
      if (!this.#thread) await this.start();
      const reply = await this.#ask(task);
      if (reply) return resultOf(reply);
    }
    throw new BackendError("scoreFile: a thread ended, perhaps for want of memory. Try fewer threads.");
  }

  close(): void {
    this.#thread?.terminate();
  }

  async #ask(task: ScoringTask): Promise<Reply | null> {
    const thread = this.#thread as Thread;
    thread.hold(true);
    const reply = new Promise<Reply | null>((resolve) => {
      this.#onReply = resolve;
    });
    thread.post(task);
    const received = await reply;
    thread.hold(false);
    return received;
  }
}

function resultOf(reply: Reply): PartResult {
  if ("result" in reply) return reply.result;
  throw errorOf(reply.error);
}

/** An error of another thread or machine, of the class that it had there. */
export function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  const known = [DataError, FormatError, OptionError, BackendError];
  const Known = known.find((one) => new one("").name === name) ?? SimdgradError;
  return new Known(message);
}
