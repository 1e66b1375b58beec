/**
 * Inference through a model: one row, where calling costs most; a thousand; and large dense layers, copies included.
 */
import { quantize } from "simdgrad/quantized";
import { type ContestCase, PLAIN, type Setup, TUNED } from "./cases.js";
import { MNIST, type Net, openTrio, rowsFor, SMALL } from "./nets.js";
import { assertClose } from "./verify.js";

function predictCase(group: string, net: Net, rows: number): ContestCase {
  const { sizes } = net;
  return {
    group,
    name: `${net.name} ${rows} ${rows === 1 ? "row" : "rows"}`,
    flops: sizes.slice(1).reduce((sum, units, i) => sum + 2 * rows * sizes[i] * units, 0),
    async open(setup: Setup) {
      const { model, plain, tuned, facts } = await openTrio({ ...net, batchSize: rows }, setup);
      const { x } = rowsFor(net, rows);
      const ours = () => model.predict(x);
      const rivals = { [PLAIN]: () => plain.predict(x, rows), [TUNED]: () => tuned.predict(x, rows) };
      const verify = () => {
        for (const [name, run] of Object.entries(rivals)) {
          assertClose(`predict ${net.name}, ${name}`, ours(), run(), { rtol: 1e-4, atol: 1e-4 });
        }
      };
      return { ...facts, verify, ours, rivals };
    },
  };
}

/** Predictions in int8 against those of the model itself. */
function quantizedCase(rows: number): ContestCase {
  return {
    ...predictCase("quantized", MNIST, rows),
    async open(setup: Setup) {
      const { model, facts } = await openTrio({ ...MNIST, batchSize: rows }, setup);
      const { x } = rowsFor(MNIST, rows);
      const small = await quantize(model, { calibration: rowsFor(MNIST, 1000).x });
      const ours = () => small.predict(x);
      const float32 = () => model.predict(x);
      // 128 steps of an input, 255 of a weight.
      const verify = () => assertClose("quantized", ours(), float32(), { rtol: 0, atol: 0.05 });
      return { ...facts, verify, ours, rivals: { float32 } };
    },
  };
}

/** One dense layer of n units on n rows of n inputs: a square matrix product through the public API. */
function denseCase(n: number): ContestCase {
  return predictCase("dense", { ...MNIST, name: `${n}-${n}`, sizes: [n, n], output: "linear" }, n);
}

export const predictCases: ContestCase[] = [
  ...[SMALL, MNIST].flatMap((net) => [predictCase("predict", net, 1), predictCase("predict", net, 1000)]),
  ...[256, 512, 1024].map(denseCase),
  ...[1, 1000].map(quantizedCase),
];
