/** TensorFlow.js, its layers API and its own `fit`. Option: backend, "cpu" or "wasm". */
import * as tf from "@tensorflow/tfjs";
import { fitRange, versionOf } from "./batches.mjs";

export async function open(spec) {
  const { sizes, hidden, output, optimizer, batch, x, y, weights, backend } = spec;
  if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend did not start`);
  await tf.ready();
  const last = sizes.length - 2;
  const final = output === "softmax" ? "softmax" : "linear";
  const model = tf.sequential();
  sizes.slice(1).forEach((units, i) => {
    model.add(tf.layers.dense({ units, activation: i < last ? hidden : final, inputShape: [sizes[i]] }));
  });
  const { learningRate } = optimizer;
  model.compile({
    optimizer: optimizer.type === "adam" ? tf.train.adam(learningRate) : tf.train.sgd(learningRate),
    loss: output === "softmax" ? "categoricalCrossentropy" : "meanSquaredError",
  });
  model.setWeights(
    weights.map((data, i) => {
      const layer = i >> 1;
      return i % 2 === 0 ? tf.tensor2d(data, [sizes[layer], sizes[layer + 1]]) : tf.tensor1d(data);
    }),
  );
  const outputs = sizes[sizes.length - 1];
  const allX = tf.tensor2d(x, [spec.rows, sizes[0]]);
  const allY = output === "softmax" ? oneHot(y, outputs) : tf.tensor2d(y, [spec.rows, outputs]);
  return {
    version: await versionOf("@tensorflow/tfjs"),
    async train(steps) {
      const { rows, epochs } = fitRange(spec, steps);
      const part = rows < spec.rows;
      const [xs, ys] = part ? [allX.slice([0], [rows]), allY.slice([0], [rows])] : [allX, allY];
      await model.fit(xs, ys, { epochs, batchSize: batch, shuffle: true, verbose: 0, yieldEvery: "never" });
      if (part) tf.dispose([xs, ys]);
    },
    predict(rowsOfX, rows) {
      return tf.tidy(() => model.predict(tf.tensor2d(rowsOfX, [rows, sizes[0]]), { batchSize: rows }).dataSync());
    },
  };
}

function oneHot(labels, classes) {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    rows[i * classes + label] = 1;
  });
  return tf.tensor2d(rows, [labels.length, classes]);
}
