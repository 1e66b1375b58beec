/** brain.js: one activation for all layers, trained row by row; it has no batches. */
import brain from "brain.js";
import { fitRange, versionOf } from "./batches.mjs";

export async function open(spec) {
  const { sizes, output, optimizer, x, y } = spec;
  const [inputs, outputs] = [sizes[0], sizes[sizes.length - 1]];
  const net = new brain.NeuralNetwork({ hiddenLayers: sizes.slice(1, -1), activation: "sigmoid" });
  const pattern = (i) => {
    const target = new Array(outputs).fill(0);
    if (output === "softmax") target[y[i]] = 1;
    else for (let j = 0; j < outputs; j++) target[j] = y[i * outputs + j];
    return { input: Array.from(x.subarray(i * inputs, (i + 1) * inputs)), output: target };
  };
  // Plain arrays: it would take typed ones for objects of named values, which is slow. Made for the rows that are used.
  const patterns = [];
  const options = { errorThresh: 1e-12, learningRate: 0.1, errorCheckInterval: 1e9, log: false };
  if (optimizer.type === "adam") Object.assign(options, { praxis: "adam", learningRate: optimizer.learningRate });
  const train = (rows, iterations) => {
    while (patterns.length < rows) patterns.push(pattern(patterns.length));
    net.train(patterns.slice(0, rows), { ...options, iterations });
  };
  train(Math.min(spec.rows, spec.batch), 1); // it makes its layers at the first training
  return {
    version: await versionOf("brain.js"),
    ownWeights: true,
    note: "sigmoid throughout, an update per row, order not shuffled",
    train(steps) {
      const { rows, epochs } = fitRange(spec, steps);
      train(rows, epochs);
    },
    predict(rowsOfX, rows) {
      const out = new Float32Array(rows * outputs);
      for (let i = 0; i < rows; i++) out.set(net.run(rowsOfX.subarray(i * inputs, (i + 1) * inputs)), i * outputs);
      return out;
    },
  };
}
