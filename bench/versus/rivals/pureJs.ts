/** The hand-written net of the other benchmarks. Option: products, "plain" or "tuned". Needs the TypeScript loader. */
import { plainProducts } from "../../plainProducts.js";
import { PureJsMlp, type PureJsMlpOptions } from "../../pureJsMlp.js";
import { tunedProducts } from "../../tunedProducts.js";
import { batchStream } from "./batches.mjs";

interface Spec extends PureJsMlpOptions {
  x: Float32Array;
  y: Float32Array;
  weights: Float32Array[];
  batch: number;
  rows: number;
  products: "plain" | "tuned";
}

export async function open(spec: Spec) {
  const batchSize = Math.max(spec.batch, 1000);
  const mlp = new PureJsMlp({ ...spec, batchSize }, spec.products === "plain" ? plainProducts : tunedProducts);
  mlp.setWeights(spec.weights);
  const batches = batchStream(spec);
  const labels = new Int32Array(spec.batch);
  const outputs = spec.sizes[spec.sizes.length - 1];
  return {
    version: "",
    train(steps: number) {
      for (let i = 0; i < steps; i++) {
        const { x, y } = batches.next();
        if (spec.output === "softmax") labels.set(y);
        mlp.trainStep(x, spec.output === "softmax" ? labels : y, spec.batch);
      }
    },
    predict: (x: Float32Array, rows: number) => mlp.predict(x, rows).slice(0, rows * outputs),
  };
}
