/** One epoch over the 60 000 training images of MNIST, shuffled, time per epoch. */
import { mnist } from "simdgrad/node";
import { type ContestCase, PLAIN, type Setup, TUNED } from "./cases.js";
import { MNIST, openTrio } from "./nets.js";
import { verifyTraining } from "./trainStep.bench.js";

const mnistEpoch: ContestCase = {
  group: "epoch",
  name: "mnist 784-128-10",
  async open(setup: Setup) {
    const { train } = await mnist();
    const trio = await openTrio(MNIST, setup);
    const { batchSize } = MNIST;
    const labels = Int32Array.from(train.y);
    const firstRows = 10 * batchSize;
    const first = [train.x.slice(0, firstRows * MNIST.sizes[0]), labels.slice(0, firstRows)] as const;
    return {
      ...trio.facts,
      verify: () => verifyTraining(trio, MNIST, ...first),
      ours: () => trio.model.fit(train, { epochs: 1, batchSize }),
      rivals: {
        [PLAIN]: () => trio.plain.fit(train.x, labels, train.length, 1, true),
        [TUNED]: () => trio.tuned.fit(train.x, labels, train.length, 1, true),
      },
    };
  },
};

export const epochCases: ContestCase[] = [mnistEpoch];
