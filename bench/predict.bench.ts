/** Inference: one row, where calling costs most, and a thousand. */
import type { BenchCase, Setup } from "./harness.js";
import { MNIST, type Net, openPair, rowsFor, SMALL } from "./nets.js";
import { assertClose } from "./verify.js";

function predictCase(net: Net, rows: number): BenchCase {
  const { sizes } = net;
  return {
    group: "predict",
    name: `${net.name} ${rows} ${rows === 1 ? "row" : "rows"}`,
    flops: sizes.slice(1).reduce((sum, units, i) => sum + 2 * rows * sizes[i] * units, 0),
    async open(setup: Setup) {
      const { model, rival, facts } = await openPair({ ...net, batchSize: rows }, setup);
      const { x } = rowsFor(net, rows);
      const ours = () => model.predict(x);
      const pureJs = () => rival.predict(x, rows);
      return { ...facts, verify: () => assertClose(`predict ${net.name}`, ours(), pureJs()), ours, pureJs };
    },
  };
}

export const predictCases: BenchCase[] = [SMALL, MNIST].flatMap((net) => [predictCase(net, 1), predictCase(net, 1000)]);
