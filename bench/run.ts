/** The benchmark command: `npm run bench -- [filter...] [--quick] [--no-history] [--backend …]`. */
import { Command, Option } from "commander";
import { caseName, runCases, type Setup } from "./harness.js";
import { host } from "./host.js";
import { kernelCases } from "./kernels.bench.js";
import { FULL, QUICK } from "./measure.js";
import { measurePeak } from "./peak.js";
import { predictCases } from "./predict.bench.js";
import { trainStepCases } from "./trainStep.bench.js";

interface Flags {
  quick: boolean;
  history: boolean;
  backend: Setup["backend"];
  relaxed: boolean;
}

async function main(filters: string[], flags: Flags, command: Command): Promise<void> {
  const cases = [...kernelCases, ...trainStepCases, ...predictCases];
  const chosen = cases.filter((bench) => filters.every((filter) => caseName(bench).includes(filter)));
  if (chosen.length === 0)
    command.error(`No case matches ${filters.join(" ")}. Known:\n${cases.map(caseName).join("\n")}`);
  const machine = host();
  console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.os}; Node ${machine.node} (V8 ${machine.v8})`);
  console.log(`${machine.date}, commit ${machine.commit}`);
  const peak = await measurePeak();
  const relaxed = peak.relaxed === undefined ? "not in this engine" : `${peak.relaxed.toFixed(1)} GFLOP/s`;
  console.log(`128-bit peak, one thread: mul + add ${peak.strict.toFixed(1)} GFLOP/s, relaxed_madd ${relaxed}\n`);
  const setup = { backend: flags.backend, deterministic: !flags.relaxed };
  const effort = flags.quick ? QUICK : FULL;
  await runCases(chosen, { setup, host: machine, peak, effort, history: flags.history && !flags.quick });
}

await new Command("bench")
  .description("Times the library against well-written pure JavaScript, after checking that both compute the same.")
  .argument("[filter...]", "run only cases whose name contains every filter")
  .option("--quick", "short rounds: a first impression, kept out of the history", false)
  .option("--no-history", "do not append to bench/history.jsonl")
  .addOption(new Option("--backend <name>", "our side").choices(["auto", "wasm", "reference"]).default("auto"))
  .option("--relaxed", "allow relaxed SIMD where the engine has it", false)
  .action(main)
  .parseAsync();
