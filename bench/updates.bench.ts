/** Updates by every optimizer, and the steps before and after them, against the reference backend. */
import { maxNorm, type NormAxis, unitNorm } from "../src/specs/constraints.js";
import { emitAverages, emitOptimizer, resolveOptimizer } from "../src/specs/optimizers/facts.js";
import { optimizerTable } from "../src/specs/optimizers/table.js";
import { l1l2 } from "../src/specs/regularizers.js";
import { emitConstraint, emitPenalties, emitPenaltyGradients } from "../src/specs/ruleRecords.js";
import { type ContestCase, REFERENCE, type Setup } from "./cases.js";
import { OpSession } from "./opSession.js";
import { assertClose, seeded } from "./verify.js";

const COUNT = 784 * 128;

/** Name of a row, and the optimizer it times. */
const rows: readonly (readonly [name: string, spec: object])[] = [
  ...Object.keys(optimizerTable)
    .filter((type) => type !== "lbfgs")
    .map((type) => [type, { type }] as const),
  ["sgd momentum torch", { type: "sgd", momentum: 0.9, compat: "torch" }],
  ["adam amsgrad", { type: "adam", amsgrad: true }],
  ["rmsprop centered momentum", { type: "rmsprop", centered: true, momentum: 0.9, epsilon: 1e-3 }],
  ["adam clipValue", { type: "adam", clipValue: 0.5 }],
  ["adam globalClipNorm", { type: "adam", globalClipNorm: 1 }],
  ["adam useEma", { type: "adam", useEma: true }],
  ["adam gradientAccumulationSteps", { type: "adam", gradientAccumulationSteps: 2 }],
];

async function open(setup: Setup, given: object) {
  const spec = resolveOptimizer("bench", given);
  const op = await OpSession.open(setup, 1, (tape) => {
    const params = tape.parameter("params", [COUNT]);
    const grads = tape.twin(params, "grads");
    emitOptimizer(tape, spec, [params]);
    emitAverages(tape, spec, [params]);
    return { params, grads };
  });
  op.write("params", seeded(COUNT, 1));
  op.write("grads", gradients());
  return op;
}

const gradients = () => seeded(COUNT, 2);
/** Two of five are zero, like those of the pixels at the rim of MNIST's digits. */
const sparseGradients = () => gradients().map((g, i) => (i % 5 < 2 ? 0 : g));

/** Adam, long after the zeros began: 0.9^1000 is 1e-46. */
async function openResting(setup: Setup) {
  const op = await open(setup, { type: "adam" });
  op.run();
  op.write("grads", sparseGradients());
  for (let step = 2; step <= 1002; step++) {
    op.session.step = step;
    op.run();
  }
  return op;
}

const [INPUTS, UNITS] = [784, 128];

/** Penalty, its gradient and a constraint, on a kernel. */
async function openRegularized(setup: Setup) {
  const regularizer = l1l2({ l1: 1e-4, l2: 1e-4 });
  const op = await OpSession.open(setup, 1, (tape) => {
    const kernel = tape.parameter("kernel", [INPUTS, UNITS]);
    emitPenalties(tape, [{ tensor: kernel, regularizer }]);
    emitPenaltyGradients(tape, [{ tensor: kernel, regularizer }]);
    emitConstraint(tape, maxNorm(1), kernel);
    return { params: kernel, grads: tape.twin(kernel, "grads") };
  });
  op.write("params", seeded(COUNT, 1));
  return op;
}

/** A constraint along the axis that is not its default. */
async function openNorms(setup: Setup, axis: NormAxis) {
  const op = await OpSession.open(setup, 1, (tape) => {
    const kernel = tape.parameter("kernel", [INPUTS, UNITS]);
    emitConstraint(tape, unitNorm({ axis }), kernel);
    return { params: kernel, grads: tape.twin(kernel, "grads") };
  });
  op.write("params", seeded(COUNT, 1));
  return op;
}

/** Name of a row, a function that opens one of its sides, and its gradients. */
type Opener = readonly [name: string, open: (setup: Setup) => ReturnType<typeof open>, grads?: () => Float32Array];

const openers: readonly Opener[] = [
  ...rows.map(([name, spec]) => [`update ${name} ${COUNT}`, (setup: Setup) => open(setup, spec)] as const),
  [`update adam, gradients that stay zero ${COUNT}`, openResting, sparseGradients],
  [`l1l2 and maxNorm ${INPUTS}x${UNITS}`, openRegularized],
  ...([0, 1, [0, 1]] as const).map((axis) => {
    return [`unitNorm ${INPUTS}x${UNITS} axis ${axis}`, (setup: Setup) => openNorms(setup, axis)] as const;
  }),
];

export const updateCases: ContestCase[] = openers.map(([name, openSide, grads = gradients]) => ({
  group: "kernels",
  name,
  async open(setup: Setup) {
    const [op, reference] = [await openSide(setup), await openSide({ ...setup, backend: "reference" })];
    const verify = () => {
      for (const side of [op, reference]) {
        side.write("grads", grads());
        side.run();
      }
      assertClose(name, op.read("params"), reference.read("params"), { rtol: 1e-5, atol: 1e-6 });
    };
    return { engine: () => op.engine, verify, ours: () => op.run(), rivals: { [REFERENCE]: () => reference.run() } };
  },
}));
