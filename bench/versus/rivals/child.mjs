/**
 * The process of one rival: reads commands as JSON lines, answers each with one. Argument: the rival's module.
 *
 * A rival's module exports `open(spec)`, which resolves to a net:
 *   version           string
 *   refuses?          reason why it does not offer this task; then nothing else is needed
 *   note?             differences from the task, in a few words
 *   ownWeights?       true if it cannot take the given weights, so its outputs cannot be compared
 *   train?(steps)     takes that many optimizer steps of `spec.batch` rows; absent if it cannot train
 *   predict(x, rows)  Float32Array of outputs for rows of x; may be a promise
 *
 * spec: { sizes, hidden, output, optimizer, batch, rows, x, y, weights, ...options of the rival }, where x and y are
 * Float32Arrays of `rows` rows (y: labels for softmax, else targets), weights kernel [inputs, units] and bias in turn.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const rival = await import(pathToFileURL(process.argv[2]).href);
let spec;
let net;

// Output of libraries must not get between the answers.
console.log = console.info = console.debug = console.warn = () => {};

function readFloats(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** Cuts one array of floats into kernel and bias of each layer. */
function cutWeights(floats, sizes) {
  let offset = 0;
  return sizes.slice(1).flatMap((units, i) =>
    [sizes[i] * units, units].map((count) => {
      offset += count;
      return floats.subarray(offset - count, offset);
    }),
  );
}

const commands = {
  async open({ files, ...rest }) {
    const weights = cutWeights(readFloats(files.weights), rest.sizes);
    spec = { ...rest, x: readFloats(files.x), y: readFloats(files.y), weights };
    net = await rival.open(spec);
    const { version = "", refuses = "", note = "", ownWeights = false, variant = "" } = net;
    return { version, refuses, note, ownWeights, variant, canTrain: net.train !== undefined };
  },

  async train({ steps }) {
    const start = performance.now();
    await net.train(steps);
    return { milliseconds: performance.now() - start };
  },

  async predict({ rows, times }) {
    const x = spec.x.slice(0, rows * spec.sizes[0]);
    const start = performance.now();
    for (let i = 0; i < times; i++) {
      const out = net.predict(x, rows);
      if (out instanceof Promise) await out;
    }
    return { milliseconds: performance.now() - start };
  },

  async outputs({ rows }) {
    const values = await net.predict(spec.x.slice(0, rows * spec.sizes[0]), rows);
    return { values: Array.from(values) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...options } = JSON.parse(line);
  let answer;
  try {
    answer = await commands[command](options);
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
