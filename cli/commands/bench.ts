/** `bench`: the speed of WebAssembly on this machine, compared with plain JavaScript. */
import { adam, Dataset, dense, Sequential } from "simdgrad";
import { Ending, INTERRUPTED, misuse, OK } from "../failure.js";
import type { Io } from "../io.js";
import { Report } from "../ui/report.js";
import { count, table } from "../ui/text.js";

export interface BenchFlags {
  readonly seconds?: number;
  readonly threads?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const [INPUTS, HIDDEN, CLASSES, ROWS, BATCH] = [784, 128, 10, 512, 32];

/** Numbers that look like data; no draw depends on the machine. */
function makeData(): { x: Float32Array; y: Float32Array } {
  let state = 1;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return {
    x: Float32Array.from({ length: ROWS * INPUTS }, next),
    y: Float32Array.from({ length: ROWS }, () => Math.floor(next() * CLASSES)),
  };
}

/** Runs `work` for some time, once before to warm up; the best time of one run, in seconds. */
async function best(seconds: number, io: Io, work: () => unknown): Promise<number> {
  await work();
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + seconds * 1000;
  do {
    if (io.signal.aborted) throw new Ending("stopped.", INTERRUPTED);
    const began = performance.now();
    await work();
    least = Math.min(least, (performance.now() - began) / 1000);
    await new Promise((resolve) => setImmediate(resolve)); // lets Ctrl-C through
  } while (performance.now() < end);
  return least;
}

async function measure(runtime: { backend: "wasm" | "reference"; threads?: number }, seconds: number, io: Io) {
  const layers = [dense({ units: HIDDEN, activation: "relu" }), dense({ units: CLASSES, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [INPUTS], layers, seed: 1, ...runtime });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
  const { x, y } = makeData();
  const data = Dataset.from({ x, y }, { inputShape: [INPUTS], targetShape: [] });
  try {
    return {
      train:
        ROWS / (await best(seconds, io, () => model.fit(data, { epochs: 1, batchSize: BATCH, onWarning: () => {} }))),
      predict: ROWS / (await best(seconds, io, () => model.predict(x))),
    };
  } finally {
    model.dispose();
  }
}

export async function bench(flags: BenchFlags, io: Io): Promise<number> {
  const { seconds = 1, threads } = flags;
  if (seconds <= 0) throw misuse(`--seconds: expected a number > 0, got ${seconds}.`);
  const report = new Report(io, flags);
  report.line(
    `A net ${INPUTS}-${HIDDEN}-${CLASSES}, batches of ${BATCH}: rows in a second, the best of about ${seconds} s`,
  );
  const wasm = await measure({ backend: "wasm", ...(threads !== undefined && { threads }) }, seconds, io);
  const javascript = await measure({ backend: "reference" }, seconds, io);
  const names = ["train", "predict"] as const;
  const rows = names.map((name) => [
    name,
    count(wasm[name]),
    count(javascript[name]),
    `${(wasm[name] / javascript[name]).toFixed(1)} times`,
  ]);
  report.section("Rows in a second", table([["", "WebAssembly", "plain JavaScript", ""], ...rows]));
  if (flags.json)
    report.json({ command: "bench", node: process.version, rowsPerSecond: { wasm, reference: javascript } });
  return OK;
}
