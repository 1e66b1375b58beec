/** Measures how long a network that trains on a page's main thread keeps it from other work. */
import { adam, Dataset, dense, Sequential } from "simdgrad";

const INPUTS = 784;
const ROWS = 20_000;
const EPOCHS = 2;

/** Repeating values: only the time matters here. */
function images(rows: number): Dataset {
  const x = Float32Array.from({ length: rows * INPUTS }, (_, i) => (i % 97) / 97);
  return Dataset.from({ x, y: Float32Array.from({ length: rows }, (_, row) => row % 10) }, { inputShape: [INPUTS] });
}

/** The longest time between two turns of the event loop during `work`, in milliseconds. */
async function longestGap(work: () => Promise<unknown>): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  let longest = 0;
  let last = performance.now();
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    port2.postMessage(null);
  };
  port2.postMessage(null);
  await work();
  port1.close();
  return longest;
}

/** The longest task while 784-128-10 trains on the main thread in batches of 32, validation included. */
export async function longestTask(): Promise<number> {
  const model = await Sequential.create({
    inputShape: [INPUTS],
    layers: [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })],
  });
  model.compile({ optimizer: adam(), loss: "sparseCategoricalCrossentropy" });
  const train = images(ROWS);
  const validationData = images(ROWS / 2);
  const gap = await longestGap(() => model.fit(train, { epochs: EPOCHS, validationData }));
  model.dispose();
  return gap;
}
