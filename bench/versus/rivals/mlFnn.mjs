/**
 * ml-fnn: classification by plain gradient descent; its train() takes all rows at once, so its inner steps are called.
 */
import FeedForwardNeuralNetwork from "ml-fnn";
import { batchStream, versionOf } from "./batches.mjs";

export async function open(spec) {
  const { sizes, output, batch } = spec;
  if (output !== "softmax") return { refuses: "does classification only" };
  const [inputs, outputs] = [sizes[0], sizes[sizes.length - 1]];
  const options = { hiddenLayers: sizes.slice(1, -1), iterations: 1, learningRate: 1e-3, regularization: 1e-9 };
  const net = new FeedForwardNeuralNetwork({ ...options, activation: "tanh" });
  const cut = (x, rows) => Array.from({ length: rows }, (_, i) => Array.from(x.subarray(i * inputs, (i + 1) * inputs)));
  // Its first training sets the classes and makes the layers: one row of each class.
  const classes = Array.from({ length: outputs }, (_, i) => i);
  net.train(cut(spec.x, outputs), classes);
  const { Matrix } = await import("ml-matrix");
  const batches = batchStream(spec);
  return {
    version: await versionOf("ml-fnn"),
    ownWeights: true,
    note: "tanh, SGD; it has no other optimizer, and no batches but through its inner methods",
    train(steps) {
      for (let i = 0; i < steps; i++) {
        const { x, y } = batches.next();
        const features = new Matrix(cut(x, batch));
        net.backpropagation(features, y, net.propagate(features));
      }
    },
    predict(x, rows) {
      return Float32Array.from(net.propagate(new Matrix(cut(x, rows))).to1DArray());
    },
  };
}
