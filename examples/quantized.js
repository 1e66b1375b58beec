// @ts-check
/**
 * A network for handwritten digits in int8: bytes, answers and time, beside the float32 network that it was made from.
 * Run: node examples/quantized.js
 */
import { argMax, dense, Sequential } from "simdgrad";
import { mnist } from "simdgrad/node";
import { loadQuantized, quantize } from "simdgrad/quantized";
import { runDirectly } from "./support/direct.js";

const CLASSES = 10;
const CALIBRATION = 1000;

/** @param {Int32Array} answers @param {ArrayLike<number>} expected */
function shareOfEqual(answers, expected) {
  return answers.reduce((equal, answer, row) => equal + Number(answer === expected[row]), 0) / answers.length;
}

/** The fastest of several calls, in milliseconds, after some to warm up. @param {() => unknown} call */
function fastest(call) {
  const times = Array.from({ length: 40 }, () => {
    const began = performance.now();
    call();
    return performance.now() - began;
  });
  return Math.min(...times.slice(20));
}

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ seed = 1, epochs = 2, log = () => {} } = {}) {
  const { train, test } = await mnist();
  const model = await Sequential.create({
    inputShape: [784],
    layers: [dense({ units: 128, activation: "relu" }), dense({ units: CLASSES, activation: "softmax" })],
    seed,
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  await model.fit(train, { epochs });

  const file = model.save({ optimizer: false });
  const smallFile = (await quantize(model, { calibration: train.x.subarray(0, CALIBRATION * 784) })).save();
  const small = await loadQuantized(smallFile); // as another program does

  const [float32, int8] = [model.predict(test.x), small.predict(test.x)];
  const [answers, smallAnswers] = [argMax(float32, CLASSES), argMax(int8, CLASSES)];
  const results = {
    bytes: { float32: file.length, int8: smallFile.length },
    accuracy: { float32: shareOfEqual(answers, test.y), int8: shareOfEqual(smallAnswers, test.y) },
    agreement: shareOfEqual(smallAnswers, answers),
    largestDifference: int8.reduce((most, value, i) => Math.max(most, Math.abs(value - float32[i])), 0),
  };
  const images = test.x.subarray(0, 1000 * 784);
  const times = [model, small].map((either) => fastest(() => either.predict(images)));
  model.dispose();
  small.dispose();

  const row = (/** @type {string[]} */ ...cells) =>
    log(
      cells
        .map((cell, i) => cell.padEnd(i ? 12 : 28))
        .join("")
        .trimEnd(),
    );
  row("", "float32", "int8");
  row("file, KB", ...Object.values(results.bytes).map((bytes) => (bytes / 1000).toFixed(0)));
  row("test accuracy", ...Object.values(results.accuracy).map((share) => share.toFixed(4)));
  row("1000 images, ms", ...times.map((time) => time.toFixed(2)));
  log(`\nthe same answer for ${(100 * results.agreement).toFixed(2)} % of ${test.length} test images`);
  log(`largest change of a probability: ${results.largestDifference.toFixed(3)}`);
  return results;
}

await runDirectly(import.meta.url, run);
