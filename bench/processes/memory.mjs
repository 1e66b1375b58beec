/**
 * Trains MNIST for two epochs and prints how far resident memory rose in the second above its level with the data
 * loaded. Argument: the setup as JSON. Needs --expose-gc, so that garbage from loading is not counted.
 */
import { setTimeout } from "node:timers/promises";
import { adam, dense, Sequential } from "simdgrad";
import { mnist } from "simdgrad/node";

async function settledMemory() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await setTimeout(50);
  }
  return process.memoryUsage.rss();
}

const { train } = await mnist();
const before = await settledMemory();
const model = await Sequential.create({
  inputShape: [784],
  layers: [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })],
  ...JSON.parse(process.argv[2]),
});
model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
let peak = 0;
await model.fit(train, {
  epochs: 2,
  callbacks: [
    {
      onBatchEnd({ epoch, step }) {
        if (epoch === 1 && step % 25 === 0) peak = Math.max(peak, process.memoryUsage.rss());
      },
    },
  ],
});
const { variant, backend, threads } = model.info();
process.stdout.write(JSON.stringify({ engine: { variant: variant ?? backend, threads }, bytes: peak - before }));
