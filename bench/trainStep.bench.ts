/** Whole training steps, time per step: through `fit`, which spreads its set-up over many steps, and one by one. */
import { mnist } from "simdgrad/node";
import type { BenchCase, Setup } from "./harness.js";
import { MNIST, type Net, openPair, type Pair, rowsFor, SMALL, XOR } from "./nets.js";
import { assertClose } from "./verify.js";

/** Both sides train alike from the same weights over the same batches: the loss, then the weights must agree. */
async function verifyTraining({ model, rival }: Pair, net: Net, x: Float32Array, y: Float32Array | Int32Array) {
  const rows = x.length / net.sizes[0];
  const { batchSize } = net;
  const { loss } = await model.fit({ x, y }, { epochs: 2, batchSize, shuffle: false });
  assertClose(`${net.name} loss`, [loss[1]], [rival.fit(x, y, rows, 2, false)], { rtol: 1e-4 });
  const weights = rival.getWeights();
  for (const [i, { name, data }] of model.getWeights().entries()) {
    assertClose(`${net.name} ${name}`, data, weights[i], { rtol: 1e-3, atol: 1e-4 });
  }
}

/** `steps` steps per run. A net that sees all its rows at once repeats them; others get shuffled batches. */
function fitCase(net: Net, steps: number, repeat: boolean): BenchCase {
  return {
    group: "trainStep",
    name: `${net.name} fit`,
    per: steps,
    async open(setup: Setup) {
      const pair = await openPair(net, setup);
      const { batchSize } = net;
      const rows = repeat ? batchSize : steps * batchSize;
      const { x, y } = rowsFor(net, rows);
      const epochs = repeat ? steps : 1;
      return {
        ...pair.facts,
        verify: () => verifyTraining(pair, net, x, y),
        ours: () => pair.model.fit({ x, y }, { epochs, batchSize, shuffle: !repeat }),
        pureJs: () => pair.rival.fit(x, y, rows, epochs, !repeat),
      };
    },
  };
}

function batchCase(net: Net): BenchCase {
  return {
    group: "trainStep",
    name: `${net.name} trainOnBatch`,
    async open(setup: Setup) {
      const pair = await openPair(net, setup);
      const { x, y } = rowsFor(net, net.batchSize);
      return {
        ...pair.facts,
        verify: () => verifyTraining(pair, net, x, y),
        ours: () => pair.model.trainOnBatch({ x, y }),
        pureJs: () => pair.rival.trainStep(x, y, net.batchSize),
      };
    },
  };
}

/** One epoch over the 60 000 training images, shuffled, time per epoch. */
const mnistEpoch: BenchCase = {
  group: "epoch",
  name: "mnist 784-128-10",
  async open(setup: Setup) {
    const { train } = await mnist();
    const pair = await openPair(MNIST, setup);
    const { batchSize } = MNIST;
    const labels = Int32Array.from(train.y);
    const firstRows = 10 * batchSize;
    const first = [train.x.slice(0, firstRows * MNIST.sizes[0]), labels.slice(0, firstRows)] as const;
    return {
      ...pair.facts,
      verify: () => verifyTraining(pair, MNIST, ...first),
      ours: () => pair.model.fit(train, { epochs: 1, batchSize }),
      pureJs: () => pair.rival.fit(train.x, labels, train.length, 1, true),
    };
  },
};

export const trainStepCases: BenchCase[] = [
  fitCase(XOR, 1000, true),
  fitCase(SMALL, 64, false),
  fitCase(MNIST, 16, false),
  batchCase(XOR),
  batchCase(SMALL),
  batchCase(MNIST),
  mnistEpoch,
];
