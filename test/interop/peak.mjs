// Reads the files named and prints, for each, the growth of the peak of resident memory in MB, milliseconds and the outcome.
import { readFileSync } from "node:fs";
import { readKeras } from "../../build/js/interop/keras/index.js";
import { readOnnx } from "../../build/js/interop/onnx/index.js";
import { readTorch } from "../../build/js/interop/torch/index.js";

/** @type {Record<string, (bytes: Uint8Array) => unknown>} */
const readers = {
  onnx: (bytes) => readOnnx(bytes),
  keras: (bytes) => readKeras(bytes),
  safetensors: (bytes) => readTorch({ "model.safetensors": bytes }),
};
const [warm, ...paths] = process.argv.slice(2);
await readKeras(readFileSync(warm));
const results = [];
for (const path of paths) {
  const bytes = new Uint8Array(readFileSync(path));
  const before = process.resourceUsage().maxRSS;
  const began = performance.now();
  let outcome = "read";
  try {
    await readers[path.slice(path.lastIndexOf(".") + 1)](bytes);
  } catch (error) {
    outcome = error instanceof Error ? error.constructor.name : String(error);
  }
  const grown = (process.resourceUsage().maxRSS - before) / 1024;
  results.push({ grown, took: performance.now() - began, outcome });
}
console.log(JSON.stringify(results));
