/** Figures that have no rival: time to the first prediction, share of the training loop outside Wasm, memory. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { mnist } from "simdgrad/node";
import type { FigureCase, Setup } from "./cases.js";
import { QUICK } from "./measure.js";
import { factsOf, MNIST, openModel } from "./nets.js";

/** Runs a script from this folder in a process of its own; `output` is the printed text. */
function runProcess(script: string, setup: Setup, flags: string[] = []): { milliseconds: number; output: string } {
  const args = [...flags, fileURLToPath(new URL(script, import.meta.url)), JSON.stringify(setup)];
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const milliseconds = performance.now() - start;
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${error?.message ?? stderr}`);
  return { milliseconds, output: stdout };
}

/** The flags this process was given, without the loader of TypeScript. */
function engineFlags(): string[] {
  return process.execArgv.filter((flag) => flag.startsWith("--experimental") || flag.startsWith("--no-"));
}

/** Time of a new process from import to first prediction, minus that of a process that does nothing. */
const coldStart: FigureCase = {
  group: "figures",
  name: "cold start",
  unit: "ms",
  async measure(setup) {
    const values: number[] = [];
    let engine = { variant: "", threads: 1 };
    for (let i = 0; i < 15; i++) {
      const empty = runProcess("./processes/empty.mjs", setup, engineFlags());
      const full = runProcess("./processes/coldStart.mjs", setup, engineFlags());
      engine = JSON.parse(full.output);
      values.push(full.milliseconds - empty.milliseconds);
    }
    return { engine, values };
  },
};

/** Resident memory in the second epoch of MNIST, above its level with the data loaded. */
const memory: FigureCase = {
  group: "figures",
  name: "memory while training mnist",
  unit: "MB",
  limit: 40,
  async measure(setup, effort) {
    const runs = Array.from({ length: effort === QUICK ? 1 : 3 }, () => {
      const { output } = runProcess("./processes/memory.mjs", setup, [...engineFlags(), "--expose-gc"]);
      return JSON.parse(output);
    });
    return { engine: runs[0].engine, values: runs.map(({ bytes }) => bytes / 1e6) };
  },
};

type Run = (...range: number[]) => unknown;

/** Times the calls into Wasm, for instances that are made while it is active. */
class InstanceClock {
  milliseconds = 0;
  readonly #original = WebAssembly.Instance;

  constructor() {
    const time = (run: Run): Run => {
      return (...range) => {
        const start = performance.now();
        const result = run(...range);
        this.milliseconds += performance.now() - start;
        return result;
      };
    };
    WebAssembly.Instance = new Proxy(this.#original, {
      construct(target, args: ConstructorParameters<typeof WebAssembly.Instance>) {
        const exports: WebAssembly.Exports = { ...new target(...args).exports };
        for (const name of ["run", "runShared"]) exports[name] = time(exports[name] as Run);
        return { exports };
      },
    });
  }

  remove(): void {
    WebAssembly.Instance = this.#original;
  }
}

/** Share of an MNIST epoch spent outside Wasm: shuffling, copying batches, the loop itself. */
const loopOverhead: FigureCase = {
  group: "figures",
  name: "loop overhead of a mnist epoch",
  unit: "%",
  limit: 8,
  async measure(setup, effort) {
    const { train } = await mnist();
    const clock = new InstanceClock();
    try {
      const model = await openModel(MNIST, setup);
      await model.fit(train);
      const values: number[] = [];
      for (let i = 0; i < effort.rounds; i++) {
        clock.milliseconds = 0;
        const start = performance.now();
        await model.fit(train);
        values.push(100 * (1 - clock.milliseconds / (performance.now() - start)));
      }
      const engine = factsOf(model).engine();
      model.dispose();
      return { engine, values };
    } finally {
      clock.remove();
    }
  },
};

export const figureCases: FigureCase[] = [coldStart, loopOverhead, memory];
