/** The benchmark command: `npm run bench -- [filter...] [--quick] [--no-history] [--backend …] [--relaxed]`. */
import { parseArgs } from "node:util";
import { caseName, runCases, type Setup } from "./harness.js";
import { host } from "./host.js";
import { kernelCases } from "./kernels.bench.js";
import { FULL, QUICK } from "./measure.js";
import { measurePeak } from "./peak.js";
import { predictCases } from "./predict.bench.js";
import { trainStepCases } from "./trainStep.bench.js";

const USAGE = `Usage: npm run bench -- [filter...] [options]

Times the library against well-written pure JavaScript, after checking that both compute the same.
Runs the cases whose name contains every filter.

  --list              print the names of the cases
  --quick             short rounds: a first impression, kept out of the history
  --no-history        do not append to bench/history.jsonl
  --backend <name>    auto (default), wasm or reference
  --relaxed           allow relaxed SIMD where the engine has it
  --help`;

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
      help: { type: "boolean", default: false },
    },
  });
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
  const cases = [...kernelCases, ...trainStepCases, ...predictCases];
  const chosen = cases.filter((bench) => filters.every((filter) => caseName(bench).includes(filter)));
  if (flags.list) return console.log(chosen.map(caseName).join("\n"));
  if (chosen.length === 0) return refuse(`no case matches ${filters.join(" ")}. See --list.`);
  const machine = host();
  console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.os}; Node ${machine.node} (V8 ${machine.v8})`);
  console.log(`${machine.date}, commit ${machine.commit}`);
  const peak = await measurePeak();
  const relaxed = peak.relaxed === undefined ? "not in this engine" : `${peak.relaxed.toFixed(1)} GFLOP/s`;
  console.log(`128-bit peak, one thread: mul + add ${peak.strict.toFixed(1)} GFLOP/s, relaxed_madd ${relaxed}\n`);
  const setup: Setup = { backend, deterministic: !flags.relaxed };
  const effort = flags.quick ? QUICK : FULL;
  const history = !flags["no-history"] && !flags.quick;
  await runCases(chosen, { setup, host: machine, peak, effort, history });
}

try {
  await main();
} catch (error) {
  refuse(error instanceof Error ? error.message : String(error));
}
