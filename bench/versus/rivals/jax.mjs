/** jax-js on its Wasm device: the whole training step in one jit, the optimizer written out as jax users do. */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { batchStream, versionOf } from "./batches.mjs";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

export async function open(spec) {
  const { sizes, hidden, output, optimizer, batch, weights } = spec;
  await init("wasm");
  defaultDevice("wasm");
  const layers = sizes.length - 1;
  const outputs = sizes[layers];
  const matrix = (data, rows, columns) => np.array(data.slice()).reshape([rows, columns]);
  const start = () =>
    weights.map((data, i) => (i % 2 === 0 ? matrix(data, sizes[i >> 1], sizes[(i >> 1) + 1]) : np.array(data.slice())));

  // Every use of an array consumes it, so arrays that are needed again are passed as `ref`.
  const logits = (params, x) => {
    for (let i = 0; i < layers; i++) {
      x = np.matmul(x, params[2 * i]).add(params[2 * i + 1]);
      if (i < layers - 1) x = hidden === "relu" ? nn.relu(x) : nn.sigmoid(x);
    }
    return x;
  };
  const loss = (params, x, y) => {
    const z = logits(params, x);
    if (output === "softmax")
      return nn
        .logSoftmax(z)
        .mul(y)
        .sum()
        .mul(-1 / batch);
    return np.square(z.sub(y)).mean();
  };
  const adamStep = jit((params, m, v, rate, x, y) => {
    const [value, grads] = valueAndGrad(loss)(tree.ref(params), x, y);
    const next = params.map((param, i) => {
      const mi = m[i].mul(BETA1).add(grads[i].ref.mul(1 - BETA1));
      const vi = v[i].mul(BETA2).add(np.square(grads[i]).mul(1 - BETA2));
      return [param.sub(rate.ref.mul(mi.ref).div(np.sqrt(vi.ref).add(EPSILON))), mi, vi];
    });
    rate.dispose();
    return [next.map(([param]) => param), next.map(([, mi]) => mi), next.map(([, , vi]) => vi), value];
  });
  const sgdStep = jit((params, x, y) => {
    const [value, grads] = valueAndGrad(loss)(tree.ref(params), x, y);
    return [params.map((param, i) => param.sub(grads[i].mul(optimizer.learningRate))), value];
  });
  const predict = jit((params, x) => (output === "softmax" ? nn.softmax(logits(params, x)) : logits(params, x)));

  const batches = batchStream(spec);
  const oneHot = new Float32Array(batch * outputs);
  const targets = (y) => {
    if (output !== "softmax") return matrix(y, batch, outputs);
    oneHot.fill(0);
    y.forEach((label, i) => {
      oneHot[i * outputs + label] = 1;
    });
    return matrix(oneHot, batch, outputs);
  };
  const zeros = () =>
    weights.map((data, i) => np.zeros(i % 2 === 0 ? [sizes[i >> 1], sizes[(i >> 1) + 1]] : [data.length]));
  let params = start();
  let m = zeros();
  let v = zeros();
  let step = 0;
  return {
    version: await versionOf("@jax-js/jax"),
    async train(steps) {
      for (let i = 0; i < steps; i++) {
        // Waiting for each step is faster than letting it queue them, by a factor that grows with the queue.
        step++;
        const { x, y } = batches.next();
        const xs = matrix(x, batch, sizes[0]);
        const ys = targets(y);
        let value;
        if (optimizer.type === "adam") {
          const rate = (optimizer.learningRate * Math.sqrt(1 - BETA2 ** step)) / (1 - BETA1 ** step);
          [params, m, v, value] = adamStep(params, m, v, np.array(rate), xs, ys);
        } else {
          [params, value] = sgdStep(params, xs, ys);
        }
        await value.data();
      }
    },
    predict: (x, rows) => predict(tree.ref(params), matrix(x, rows, sizes[0])).dataSync(),
  };
}
