/** Whole training steps, time per step: through `fit`, which spreads its set-up over many steps, and one by one. */
import { type ContestCase, PLAIN, type Setup, TUNED } from "./cases.js";
import { MNIST, type Net, openTrio, rowsFor, SMALL, type Trio, XOR } from "./nets.js";
import { assertClose } from "./verify.js";

/** All sides train from the same weights over the same batches: the loss, then the weights must agree. */
export async function verifyTraining(
  { model, plain, tuned }: Trio,
  net: Net,
  x: Float32Array,
  y: Float32Array | Int32Array,
) {
  const rows = x.length / net.sizes[0];
  const { batchSize } = net;
  const { loss } = await model.fit({ x, y }, { epochs: 2, batchSize, shuffle: false });
  const ours = model.getWeights();
  for (const [rivalName, rival] of Object.entries({ [PLAIN]: plain, [TUNED]: tuned })) {
    assertClose(`${net.name} loss, ${rivalName}`, [loss[1]], [rival.fit(x, y, rows, 2, false)], { rtol: 1e-4 });
    const weights = rival.getWeights();
    for (const [i, { name, data }] of ours.entries()) {
      assertClose(`${net.name} ${name}, ${rivalName}`, data, weights[i], { rtol: 1e-3, atol: 1e-4 });
    }
  }
}

/** `steps` steps per run. A net that sees all its rows at once repeats them; others get shuffled batches. */
function fitCase(net: Net, steps: number, repeat: boolean): ContestCase {
  return {
    group: "trainStep",
    name: `${net.name} fit`,
    per: steps,
    async open(setup: Setup) {
      const trio = await openTrio(net, setup);
      const { batchSize } = net;
      const rows = repeat ? batchSize : steps * batchSize;
      const { x, y } = rowsFor(net, rows);
      const epochs = repeat ? steps : 1;
      return {
        ...trio.facts,
        verify: () => verifyTraining(trio, net, x, y),
        ours: () => trio.model.fit({ x, y }, { epochs, batchSize, shuffle: !repeat }),
        rivals: {
          [PLAIN]: () => trio.plain.fit(x, y, rows, epochs, !repeat),
          [TUNED]: () => trio.tuned.fit(x, y, rows, epochs, !repeat),
        },
      };
    },
  };
}

function batchCase(net: Net): ContestCase {
  return {
    group: "trainStep",
    name: `${net.name} trainOnBatch`,
    async open(setup: Setup) {
      const trio = await openTrio(net, setup);
      const { x, y } = rowsFor(net, net.batchSize);
      return {
        ...trio.facts,
        verify: () => verifyTraining(trio, net, x, y),
        ours: () => trio.model.trainOnBatch({ x, y }),
        rivals: {
          [PLAIN]: () => trio.plain.trainStep(x, y, net.batchSize),
          [TUNED]: () => trio.tuned.trainStep(x, y, net.batchSize),
        },
      };
    },
  };
}

export const trainStepCases: ContestCase[] = [
  fitCase(XOR, 1000, true),
  fitCase(SMALL, 64, false),
  fitCase(MNIST, 16, false),
  batchCase(XOR),
  batchCase(SMALL),
  batchCase(MNIST),
];
