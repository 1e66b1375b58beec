/**
 * One sample of one build, in a process of its own. Argument: the job as JSON (`Job` in `turns.ts`). Prints the
 * median milliseconds of a step or a prediction; for the job "start" those from the import to the first prediction.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { folder, kind, sizes, batch, setup, milliseconds } = JSON.parse(process.argv[2]);
/** Milliseconds so far. On one thread those of the processor, which do not grow while another program has it. */
function now() {
  if (setup.threads !== 1) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const began = now();
const entry = createRequire(join(folder, "package.json")).resolve("simdgrad");
const { adam, dense, Sequential } = await import(pathToFileURL(entry).href);
const [inputs, ...units] = sizes;
const classes = units.at(-1);
const layers = units.map((n, i) => dense({ units: n, activation: i < units.length - 1 ? "relu" : "softmax" }));
const model = await Sequential.create({ inputShape: [inputs], layers, seed: 1, ...setup });

/** Numbers from -0.5 to 0.5, the same in every process. */
function numbers(length) {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 32;
  });
}

/** Milliseconds of one of `count` equal parts of a run. */
async function timed(run, count) {
  const start = now();
  const result = run();
  if (result instanceof Promise) await result;
  return (now() - start) / count;
}

/** The median of samples taken for some time, after as long a time to warm up. */
async function medianOf(run, count) {
  const samples = [];
  const [middle, end] = [now() + milliseconds, now() + 2 * milliseconds];
  while (now() < middle) await timed(run, count);
  do samples.push(await timed(run, count));
  while (now() < end);
  return samples.sort((a, b) => a - b)[samples.length >> 1];
}

if (kind === "train") {
  const steps = Math.max(4, Math.ceil(512 / batch));
  const x = numbers(steps * batch * inputs);
  const y = Int32Array.from({ length: steps * batch }, (_, i) => i % classes);
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
  console.log(await medianOf(() => model.fit({ x, y }, { epochs: 1, batchSize: batch }), steps));
} else if (kind === "predict") {
  const x = numbers(batch * inputs);
  const times = Math.ceil(100 / batch);
  const run = () => {
    for (let i = 0; i < times; i++) model.predict(x);
  };
  console.log(await medianOf(run, times));
} else {
  model.predict(numbers(inputs));
  console.log(now() - began);
}
model.dispose();
