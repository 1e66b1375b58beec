/** `threads: "auto"` against one thread and two, on a free machine and beside a process that keeps one core busy. */
import { spawn } from "node:child_process";
import { Dataset } from "simdgrad";
import type { ContestCase, Setup } from "./cases.js";
import { factsOf, type Net, openModel, rowsFor, SMALL } from "./nets.js";

const WIDTHS = [64, 100, 256];
/** Steps of one run. */
const STEPS = 64;
/** A second of training, as other cases give each side, is mostly first trials. */
const MORE_ROUNDS = 8;

/** Starts a process that never rests; returns the function that ends it. */
function keepBusy(): () => void {
  const neighbour = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
  const end = () => void neighbour.kill();
  process.once("exit", end);
  return end;
}

function autoCase(width: number, isBusy: boolean): ContestCase {
  const net: Net = { ...SMALL, name: `784-${width}-${width}-10`, sizes: [784, width, width, 10] };
  return {
    group: "auto",
    name: `${net.name} step${isBusy ? ", busy" : ""}`,
    per: STEPS,
    moreRounds: MORE_ROUNDS,
    async open(setup: Setup) {
      const { x, y } = rowsFor(net, STEPS * net.batchSize);
      const data = Dataset.from({ x, y }, { inputShape: [net.sizes[0]] });
      const open = (threads: Setup["threads"]) => openModel(net, { ...setup, threads });
      const [auto, one, two] = [await open("auto"), await open(1), await open(2)];
      const trainer = (model: typeof auto) => () => model.fit(data, { batchSize: net.batchSize });
      const rest = isBusy ? keepBusy() : () => {};
      return {
        ...factsOf(auto),
        async verify() {
          for (const model of [auto, one, two]) await trainer(model)();
          const weights = [one, two].map((model) => model.getWeights());
          for (const [i, { name, data: values }] of auto.getWeights().entries()) {
            for (const other of weights) {
              if (Buffer.compare(Buffer.from(values.slice().buffer), Buffer.from(other[i].data.slice().buffer)) !== 0)
                throw new Error(`${name} depends on the number of threads.`);
            }
          }
        },
        ours: trainer(auto),
        rivals: { "1 thread": trainer(one), "2 threads": trainer(two) },
        close() {
          rest();
          for (const model of [auto, one, two]) model.dispose();
        },
      };
    },
  };
}

export const autoCases: ContestCase[] = WIDTHS.flatMap((width) => [autoCase(width, false), autoCase(width, true)]);
