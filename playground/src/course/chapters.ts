/** The chapters of the course: a setup, things to try, and what the page checks. Plain data. */
import type { Setup } from "../setup.js";
import {
  accurate,
  after,
  all,
  type Check,
  divergesFrom,
  fellFor,
  guesses,
  has,
  hasDead,
  hasHidden,
  hasParameters,
  hasPlainInputs,
  lossBelow,
  outputIs,
  overfitsBy,
  recallOfAll,
  stepsTaken,
  stuckBelow,
  within,
} from "./checks.js";

export interface Task {
  /** What the page remembers: never changes. */
  readonly id: string;
  readonly text: string;
  readonly check: Check;
  /** A setup from which it can be done, where that is not the chapter's own. */
  readonly setup?: Partial<Setup>;
}

export interface Chapter {
  readonly title: string;
  readonly about: string;
  /** What to look at, and where. */
  readonly look: string;
  readonly setup: Partial<Setup>;
  readonly tasks: readonly Task[];
}

const circle: Partial<Setup> = { source: "circle", noise: 0, hidden: [4], learningRate: 0.03 };
const fullBatch: Partial<Setup> = {
  ...{ source: "xor", noise: 0, samples: 200, hidden: [4], optimizer: "sgd", learningRate: 0.3, batchSize: 1024 },
};
const xor: Partial<Setup> = { source: "xor", noise: 0, hidden: [3], learningRate: 0.03 };
const moons: Partial<Setup> = { source: "moons", noise: 0.2, hidden: [8], optimizer: "sgd", learningRate: 0.1 };
const digits: Partial<Setup> = { source: "digits", hidden: [64], activation: "relu", batchSize: 32, testShare: 0.2 };
const arms: Partial<Setup> = { source: "arms", noise: 0.2, samples: 1000, hidden: [16, 16], activation: "relu" };
const few: Partial<Setup> = {
  ...{ source: "moons", noise: 0.9, samples: 60, testShare: 0.5, hidden: [32, 32], activation: "relu" },
};
const mnist: Partial<Setup> = { source: "mnist", hidden: [64], activation: "relu", learningRate: 0.003, batchSize: 32 };

export const chapters: readonly Chapter[] = [
  {
    title: "A neuron",
    about:
      "A neuron multiplies each input by a weight, adds a bias, and squeezes the sum. One neuron draws one straight line: on one side it says blue, on the other orange.",
    look: "Press the square of the output, and change its weights and its bias by hand. The weights turn the line, the bias moves it.",
    setup: { source: "gauss", noise: 0.3, hidden: [], learningRate: 0.03 },
    tasks: [
      {
        id: "neuron-line",
        text: "Separate the two clouds with one neuron: a test accuracy of at least 95 %.",
        check: all(has({ source: "gauss", hidden: [] }), accurate(0.95)),
      },
      {
        id: "neuron-hand",
        text: "Set its weights to 0 and 1 and its bias to 4 by hand, as in the lesson. Which input does it ignore?",
        check: outputIs([0, 1], 4),
      },
      {
        id: "neuron-count",
        text: "Build a network with exactly 17 weights and biases. (From 2 inputs to 4 neurons to 1 output: 2·4 + 4 + 4·1 + 1.)",
        check: hasParameters(17, 17),
        setup: { source: "gauss", noise: 0.3, hidden: [3] },
      },
    ],
  },
  {
    title: "Activation functions",
    about:
      "Sums of sums are sums. Without an activation function between them, two layers can do no more than one: the line stays straight.",
    look: "Look at the squares of the hidden neurons: a linear one is a ramp, a relu one has a fold, a tanh one is round. The tab “Bent space” shows what a layer of 2 neurons makes of the plane.",
    setup: { ...circle, activation: "linear" },
    tasks: [
      {
        id: "activation-linear",
        text: "See that a linear hidden layer does not find the circle: after 20 epochs, at most 75 % of the training rows are right.",
        check: all(has({ source: "circle", activation: "linear" }), hasPlainInputs, after(20), stuckBelow(0.75)),
      },
      {
        id: "activation-bend",
        text: "Choose an activation function that bends: a test accuracy of at least 95 % with no more than 4 hidden neurons.",
        check: all(has({ source: "circle" }), hasPlainInputs, hasHidden(1, 4), accurate(0.95)),
        setup: { ...circle, activation: "tanh" },
      },
      {
        id: "activation-dead",
        text: "Make relu neurons die: their output is 0 for every row, so they never learn again. A learning rate that is too large does it.",
        check: all(has({ activation: "relu" }), hasDead),
        setup: { ...circle, hidden: [8], activation: "relu", optimizer: "sgd", learningRate: 3 },
      },
    ],
  },
  {
    title: "One training step",
    about:
      "The loss says how wrong the answers are. Its gradient says for each weight which way is uphill. A step moves all weights a little downhill: the learning rate times the gradient.",
    look: "All training rows are in one batch here, so a step is an epoch. The tab “By hand” shows a step in all its numbers.",
    setup: fullBatch,
    tasks: [
      { id: "step-one", text: "Take a single step: press Step once.", check: stepsTaken(1) },
      {
        id: "step-down",
        text: "Take more steps, and see the training loss fall ten times in a row.",
        check: all(has({ source: "xor", optimizer: "sgd", batchSize: 1024 }), fellFor(10)),
      },
      {
        id: "step-far",
        text: "Find a learning rate whose steps are too long: the loss becomes twice as high as it was at its best.",
        check: all(has({ optimizer: "sgd", batchSize: 1024 }), divergesFrom),
        setup: { ...fullBatch, learningRate: 10 },
      },
    ],
  },
  {
    title: "Training",
    about:
      "Training is many steps. XOR is the smallest task that needs a hidden layer: no straight line separates two corners from the two others.",
    look: "Watch the curves of the loss. It is flat for a while, falls, and becomes flat again.",
    setup: { ...xor, hidden: [] },
    tasks: [
      {
        id: "training-line",
        text: "A network without a hidden layer stays near 50 % on XOR: at most 65 % after 20 epochs.",
        check: all(has({ source: "xor", hidden: [] }), hasPlainInputs, after(20), stuckBelow(0.65)),
      },
      {
        id: "training-loss",
        text: "With a hidden layer, bring the training loss below 0.1.",
        check: all(has({ source: "xor" }), hasPlainInputs, hasHidden(1, Infinity), lossBelow(0.1)),
        setup: { ...xor, hidden: [8] },
      },
      {
        id: "training-small",
        text: "What is the smallest network for XOR? Reach a test accuracy of 95 % with no more than 3 hidden neurons. (Some first weights never get there: another seed is another try.)",
        check: all(has({ source: "xor" }), hasPlainInputs, hasHidden(1, 3), accurate(0.95)),
        setup: { ...xor, seed: 5 },
      },
    ],
  },
  {
    title: "Ways to descend",
    about:
      "Gradient descent may use all rows for a step, some, or one. Adam gives each weight a step size of its own. The learning rate is the first setting to try.",
    look: "Change the learning rate while it trains: the run goes on. “Find a rate” searches for a good one.",
    setup: moons,
    tasks: [
      {
        id: "descend-far",
        text: "Find a learning rate that diverges: with SGD, the training loss becomes twice as high as it was at its best.",
        check: all(has({ source: "moons", optimizer: "sgd" }), divergesFrom),
        setup: { ...moons, learningRate: 10 },
      },
      {
        id: "descend-single",
        text: "Take a step for each single row: with a batch size of 1, bring the training loss below 0.2 within 12 epochs.",
        check: all(has({ source: "moons", batchSize: 1 }), within(12, lossBelow(0.2))),
        setup: { ...moons, batchSize: 1 },
      },
      {
        id: "descend-adam",
        text: "Let Adam bring the training loss below 0.1 within 100 epochs.",
        check: all(has({ source: "moons", optimizer: "adam" }), within(100, lossBelow(0.1))),
        setup: { ...moons, optimizer: "adam", learningRate: 0.01 },
      },
    ],
  },
  {
    title: "Digits",
    about:
      "64 pixels in, ten classes out. Softmax turns ten numbers into ten probabilities, and the loss is −ln of the probability of the true digit.",
    look: "The confusion matrix under Results counts what each digit was taken for. Draw digits of your own.",
    setup: digits,
    tasks: [
      {
        id: "digits-guess",
        text: "Before any training, see that the network guesses: about one row in ten is right, at most 25 %. (Reset takes it back to its beginning.)",
        check: all(has({ source: "digits" }), guesses(0.25)),
      },
      {
        id: "digits-accuracy",
        text: "Reach a test accuracy of 95 %.",
        check: all(has({ source: "digits" }), accurate(0.95)),
      },
      {
        id: "digits-recall",
        text: "Leave no digit out: a recall of at least 90 % for each of the ten.",
        check: all(has({ source: "digits" }), recallOfAll(0.9)),
      },
    ],
  },
  {
    title: "Spirals",
    about:
      "A network with many neurons can learn its training rows by heart. Then the training loss falls, but the test loss rises: it overfits. A penalty on large weights, regularization, holds it back.",
    look: "Watch how the two curves of the loss part. Drag the time line back to the epoch with the lowest test loss.",
    setup: arms,
    tasks: [
      {
        id: "spiral-accuracy",
        text: "Reach a test accuracy of 85 % on the five arms.",
        check: all(has({ source: "arms" }), accurate(0.85)),
      },
      {
        id: "spiral-overfit",
        text: "Make a network overfit: its test loss is half as high again as at its best, and its training loss still fell.",
        check: overfitsBy(1.5),
        setup: few,
      },
      {
        id: "spiral-penalty",
        text: "Choose a regularization that is too strong: after 30 epochs at most 60 % of the training rows are right.",
        check: all(has({ source: "arms" }), ({ setup }) => setup.regularization !== "none", after(30), stuckBelow(0.6)),
        setup: { ...arms, regularization: "l2", regularizationRate: 0.1 },
      },
    ],
  },
  {
    title: "MNIST",
    about:
      "28 by 28 pixels, handwritten by hundreds of people: the task on which nearly everyone begins. A part of it comes with this page.",
    look: "Press a square of the first layer: it shows its weights, pixel by pixel.",
    setup: mnist,
    tasks: [
      {
        id: "mnist-accuracy",
        text: "Reach a test accuracy of 88 %.",
        check: all(has({ source: "mnist" }), accurate(0.88)),
      },
      {
        id: "mnist-small",
        text: "Reach 80 % with fewer than 10 000 weights and biases. How few neurons are enough?",
        check: all(has({ source: "mnist" }), hasParameters(1, 9999), accurate(0.8)),
        setup: { ...mnist, hidden: [12] },
      },
    ],
  },
];
