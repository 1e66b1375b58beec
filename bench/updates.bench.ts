/** Updates by every optimizer, and what comes before and behind them, against the reference backend. */
import { emitAverages, emitOptimizer, optimizerNames, resolveOptimizer } from "../src/optimizers/index.js";
import { type ContestCase, PLAIN, type Setup } from "./cases.js";
import { OpSession } from "./opSession.js";
import { assertClose, seeded } from "./verify.js";

const COUNT = 784 * 128;

/** Name of a row, and the optimizer that it times. */
const rows: readonly (readonly [name: string, spec: object])[] = [
  ...optimizerNames.map((type) => [type, { type }] as const),
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
  op.write("grads", seeded(COUNT, 2));
  return op;
}

export const updateCases: ContestCase[] = rows.map(([name, spec]) => ({
  group: "kernels",
  name: `update ${name} ${COUNT}`,
  async open(setup: Setup) {
    const [op, reference] = [await open(setup, spec), await open({ ...setup, backend: "reference" }, spec)];
    const verify = () => {
      for (const side of [op, reference]) {
        side.write("grads", seeded(COUNT, 2));
        side.run();
      }
      assertClose(name, op.read("params"), reference.read("params"), { rtol: 1e-5, atol: 1e-6 });
    };
    return { engine: () => op.engine, verify, ours: () => op.run(), rivals: { [PLAIN]: () => reference.run() } };
  },
}));
