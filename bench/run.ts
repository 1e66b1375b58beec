/**
 * The benchmark command: `npm run bench -- [filter...] [options]`, `npm run bench -- versus`, `npm run bench -- page`.
 */
import { parseArgs } from "node:util";
import { autoCases } from "./auto.bench.js";
import { caseName, type Setup } from "./cases.js";
import { epochCases } from "./epoch.bench.js";
import { figureCases } from "./figures.bench.js";
import { runCases } from "./harness.js";
import { host } from "./host.js";
import { kernelCases } from "./kernels.bench.js";
import { layerCases } from "./layers.bench.js";
import { FULL, QUICK } from "./measure.js";
import { servePage } from "./page/serve.js";
import { measurePeak } from "./peak.js";
import { predictCases } from "./predict.bench.js";
import { referenceCases } from "./reference.bench.js";
import { threadCases } from "./threads.bench.js";
import { trainStepCases } from "./trainStep.bench.js";
import { runTurns } from "./turns.js";
import { updateCases } from "./updates.bench.js";
import { runVersus } from "./versus/versus.js";

const USAGE = `Usage: npm run bench -- [filter...] [options]
       npm run bench -- --turns <base> [filter...] [--node <path>] [--quick]
       npm run bench -- versus [filter...] [--quick]
       npm run bench -- page [--port <n>]

Times the library against pure JavaScript, after checking that all sides compute the same.
Runs the cases whose name contains every filter.

versus  compares with other libraries (installed on demand into bench/versus); a run of
        all tasks without --quick takes about half an hour and writes docs/benchmarks.md and .svg. A filter such as
        "784-64-64-10, batch 32" runs one row of the widths and batch sizes, which need no npm packages.
        PYTHON names the Python that has PyTorch, NumPy, pandas and scikit-learn (default /usr/bin/python3)
page    serves a page that runs the main cases in a browser

  --turns <base>      times this build against that of a commit, or of a folder with a build: training, prediction and
                      start, each sample in a process of its own, in turns; prints medians and ratios with spread
  --node <path>       the Node that runs both
  --list              print the names of the cases
  --quick             short rounds: a first impression, kept out of the history
  --no-history        do not append to bench/history.jsonl
  --backend <name>    auto (default), wasm or reference
  --relaxed           allow relaxed SIMD where the engine has it
  --threads <n>       threads of our side: a number, or auto (default 1, as the rivals have one)
  --port <n>          of the page (default 8080)
  --help`;

/** Legend of the columns. */
const LEGEND = `pure JS   Float32Array, loops in cache-friendly order, one multiply-add at a time: what a good engineer writes
tuned JS  the same net with register-tiled products (4 rows x 4 terms): about the most that plain JavaScript gives
reference our reference backend, plain JavaScript that is written to be read, where there is no other rival
All sides run in this process, in turns, after their results were compared. Times are medians; MAD is
that of ours. A ratio is the median of those of the rounds.
`;

const BACKENDS = ["auto", "wasm", "reference"] as const;

/** parseArgs, not commander: loading CommonJS packages slows the rival down, for the reason given in `peak.ts`. */
function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      list: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      "no-history": { type: "boolean", default: false },
      backend: { type: "string", default: "auto" },
      relaxed: { type: "boolean", default: false },
      threads: { type: "string", default: "1" },
      port: { type: "string", default: "8080" },
      turns: { type: "string" },
      node: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
}

/** `undefined` for anything but "auto" or a number of threads. */
function parseThreads(text: string): Setup["threads"] | undefined {
  if (text === "auto") return "auto";
  const threads = Number(text);
  return Number.isInteger(threads) && threads >= 1 ? threads : undefined;
}

function refuse(message: string): void {
  process.stderr.write(`bench: ${message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values: flags, positionals: filters } = parse();
  if (flags.help) return console.log(USAGE);
  const backend = BACKENDS.find((name) => name === flags.backend);
  if (!backend) return refuse(`--backend: expected one of ${BACKENDS.join(", ")}, got ${flags.backend}.`);
  const threads = parseThreads(flags.threads);
  if (threads === undefined) return refuse(`--threads: expected a number from 1, or auto, got ${flags.threads}.`);
  if (flags.turns !== undefined) {
    const setup: Setup = { backend, deterministic: !flags.relaxed, threads };
    return runTurns(flags.turns, filters, { setup, node: flags.node, quick: flags.quick });
  }
  if (filters[0] === "versus") return runVersus(filters.slice(1), { quick: flags.quick });
  if (filters[0] === "page") return servePage(Number(flags.port));
  const cases = [
    ...kernelCases,
    ...layerCases,
    ...referenceCases,
    ...updateCases,
    ...trainStepCases,
    ...epochCases,
    ...predictCases,
    ...threadCases,
    ...autoCases,
    ...figureCases,
  ];
  const chosen = cases.filter((bench) => filters.every((filter) => caseName(bench).includes(filter)));
  if (flags.list) return console.log(chosen.map(caseName).join("\n"));
  if (chosen.length === 0) return refuse(`no case matches ${filters.join(" ")}. See --list.`);
  const machine = host();
  console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.os}; Node ${machine.node} (V8 ${machine.v8})`);
  console.log(`${machine.date}, commit ${machine.commit}`);
  const peak = await measurePeak();
  const relaxed = peak.relaxed === undefined ? "not in this engine" : `${peak.relaxed.toFixed(1)} GFLOP/s`;
  console.log(`128-bit peak, one thread: mul + add ${peak.strict.toFixed(1)} GFLOP/s, relaxed_madd ${relaxed}\n`);
  console.log(LEGEND);
  const setup: Setup = { backend, deterministic: !flags.relaxed, threads };
  const effort = flags.quick ? QUICK : FULL;
  const history = !flags["no-history"] && !flags.quick;
  await runCases(chosen, { setup, host: machine, peak, effort, history });
}

try {
  await main();
} catch (error) {
  refuse(error instanceof Error ? error.message : String(error));
}
