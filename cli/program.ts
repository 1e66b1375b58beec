/** The commands, their options and their help. */
import { Command, Option } from "commander";
import { addingUp, bytes, integerFrom, names, number } from "./arguments.js";
import { misuse } from "./failure.js";
import type { Io } from "./io.js";
import {
  codeOptions,
  json,
  output,
  planOptions,
  queue,
  quiet,
  results,
  taskOptions,
  threads,
  trainOptions,
  weightsOption,
} from "./options.js";
import { version } from "./version.js";

const EXAMPLES = `
Examples:
  simdgrad train customers.csv --target churn
  simdgrad predict model.safetensors new.csv -o answers.csv
  cat new.csv | simdgrad predict model.safetensors - --jsonl
  simdgrad serve model.safetensors --port 3000

Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C, which saves what is there.`;

/** Exit code of a command. */
export interface Result {
  code: number;
}

/**
 * Refuses a value without a sign, as that of a shell's variable which is not set, and a second one, which would replace
 * the first without a word.
 */
function checkValues(command: Command, option: Option): void {
  const isOne = !addingUp.has(option.parseArg);
  let first: string | undefined;
  command.on(`option:${option.name()}`, (value: string) => {
    if (value === "") throw misuse(`${option.long}: expected a value, got "". Give one, or leave the option out.`);
    if (first === undefined) first = value;
    else if (isOne) {
      const both = `${JSON.stringify(first)} and ${JSON.stringify(value)}`;
      throw misuse(`${option.long}: expected one value, got ${both}. Give it once.`);
    }
  });
}

/** A program whose commands put their exit code into `result`. */
export function program(io: Io, result: Result): Command {
  const root = new Command("simdgrad")
    .description("Trains and runs models of tables: a CSV file in, answers out.")
    .version(version(), "-V, --version")
    .addHelpText("after", EXAMPLES)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => {
        const [, flag] = /unknown option '(--[\w-]+)=/.exec(text) ?? [];
        const isFlag = root.commands.some(({ options }) => options.some(({ long }) => long === flag));
        const own = isFlag ? `error: ${flag} takes no value. Write ${flag}, or leave it out.` : text;
        write(`${own.trim().replace(/\s*\n\s*/g, " ")} Help: simdgrad --help\n`);
      },
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  /** Modules are loaded by the command that needs them. */
  const add = <Args extends unknown[]>(
    usage: string,
    description: string,
    options: readonly Option[],
    run: () => Promise<(...args: [...Args, Io]) => Promise<number>>,
  ) => {
    const command = root.command(usage).description(description);
    for (const option of options) {
      command.addOption(option);
      if (!option.isBoolean()) checkValues(command, option);
    }
    command.action(async (...all: unknown[]) => {
      const own = all.slice(0, -1) as Args; // the last one is the command
      const empty = command.registeredArguments[own.indexOf("" as Args[number])];
      if (empty) throw misuse(`<${empty.name()}>: expected the path of a file, got "". Give one.`);
      result.code = await (await run())(...own, io);
    });
    return command;
  };
  add(
    "train <data>",
    "train a model on a CSV file, - for standard input",
    [
      output("the model (default: model.safetensors)"),
      new Option("--report <file>", "write a page about the model: report.html"),
      new Option("--resume", "go on where Ctrl-C stopped: settings that were tried are not tried again"),
      ...trainOptions(),
    ],
    async () => (await import("./commands/train.js")).train,
  );
  add(
    "predict <model> <data>",
    "predictions for the rows of a CSV or Parquet file of any size",
    [
      output("where to write (default: -, standard output)"),
      new Option("--out <folder>", "write a folder of parts instead, which a second run completes"),
      new Option("--format <format>", "format of the parts (default: that of the data)").choices(["parquet", "csv"]),
      new Option("--keep <names>", "columns of the data to write before the predictions: a,b").argParser(names),
      new Option("--features <names>", "for a network alone: the columns that are its inputs: a,b").argParser(names),
      new Option("--queue <name>", "let workers of a queue do the parts: npx simdgrad worker --data <folder>"),
      ...queue().slice(1),
      new Option("--data <folder>", "the folder that the workers see, too (default: this folder)"),
      json("write one JSON object instead of CSV"),
      new Option("--jsonl", "write a JSON object on a line for each row"),
      new Option("--threshold <p>", "probability from which the second class is predicted").argParser(number),
      new Option("--strict", "refuse values that are missing, unknown or unreadable"),
      threads(),
      quiet(),
    ],
    async () => (await import("./commands/predict.js")).predict,
  );
  add(
    "evaluate <model> <data>",
    "scores for rows whose target is known",
    [new Option("--report <file>", "write a page about these rows: report.html"), threads(), quiet(), json()],
    async () => (await import("./commands/evaluate.js")).evaluate,
  );
  add(
    "inspect <file>",
    "what is in a CSV file, or in a model",
    [json()],
    async () => (await import("./commands/inspect.js")).inspect,
  );
  add(
    "tune <data>",
    "the settings that were tried, the best first",
    [output("keep the best as a model"), ...trainOptions()],
    async () => (await import("./commands/train.js")).tune,
  );
  add(
    "serve <model>",
    "answer over HTTP: POST /predict, GET /schema, and a form",
    [
      new Option("--port <n>", "0 for any free one (default: 3000)").argParser(integerFrom(0, 65535)),
      new Option("--host <address>", "0.0.0.0 for all (default: 127.0.0.1, this machine only)"),
      new Option("--limit <size>", "largest body (default: 1mb)").argParser(bytes),
      new Option("--rate <n>", "most requests a minute from one address (default: any number)").argParser(
        integerFrom(1),
      ),
      new Option("--strict", "refuse values that are missing, unknown or unreadable"),
      threads(),
      quiet(),
      json("print the address as one JSON object"),
    ],
    async () => (await import("./commands/serve.js")).serve,
  );
  add(
    "worker",
    "train what searches put into a queue of BullMQ, and score parts of files, until Ctrl-C (needs: npm install bullmq and ioredis or pg)",
    [
      ...queue(),
      new Option("--store <folder>", "where the searches keep their data (default: in Redis or PostgreSQL)"),
      new Option("--data <folder>", "where scorings keep models, inputs and outputs: nothing outside is opened"),
      new Option("--concurrency <n>", "trainings at the same time (default: 1)").argParser(integerFrom(1, 256)),
      new Option(
        "--lock <seconds>",
        "time after which the job of a killed worker goes to another (default: 30)",
      ).argParser(number),
      quiet(),
      json("print the process as one JSON object"),
    ],
    async () => (await import("./commands/worker.js")).worker,
  );
  add(
    "sweep <status>",
    "the trainings in a queue: done, running, waiting, the best, the workers; drawn again each second in a terminal",
    [...queue(), new Option("--no-watch", "show it once"), json()],
    async () => (await import("./commands/sweep.js")).sweep,
  );
  add(
    "plan [data]",
    "a search over options as a plan, whose tasks a scheduler runs: Slurm, Kubernetes, GNU parallel",
    planOptions(),
    async () => (await import("./commands/plan.js")).plan,
  );
  add(
    "task <plan>",
    "run tasks of a plan; one that is done already is skipped",
    taskOptions(),
    async () => (await import("./commands/task.js")).task,
  );
  add(
    "gather <plan>",
    "the result of a plan: all candidates, the best first; or the tasks that are missing",
    [
      results().makeOptionMandatory(),
      new Option("--model <file>", "train the best on all rows and write it, for predict and serve"),
      quiet(),
      json(),
    ],
    async () => (await import("./commands/gather.js")).gather,
  );
  add(
    "init [model]",
    "write train.js and server.js, which repeat how a model was made (default: model.safetensors)",
    [
      new Option("--dir <folder>", "where to (default: here)"),
      new Option("--force", "overwrite files"),
      quiet(),
      json(),
    ],
    async () => (await import("./commands/init.js")).init,
  );
  const target = (targets: readonly string[]) =>
    new Option("--to <format>", "what to write (default: as the name of the file ends)").choices(targets);
  add(
    "convert <model> <output>",
    "a model of Keras, ONNX, TensorFlow.js, PyTorch, scikit-learn, brain.js or simdgrad as another of these, or as code",
    [
      target(["simdgrad", "keras", "onnx", "tfjs", "torch", "sklearn", "brain", "module", "page", "c"]),
      new Option("--layers <json>", 'the layers, for weights of PyTorch: \'[{"type":"dense","units":3}]\''),
      new Option("--no-training", "leave optimizer, loss and their memory out"),
      ...codeOptions(),
      weightsOption("a file of simdgrad, or float32 and int8 in a C header", ["float32", "float16", "int8"]),
      quiet(),
      json(),
    ],
    async () => (await import("./commands/convert.js")).convert,
  );
  add(
    "export <model> <output>",
    "a model as code without dependencies: net.mjs, page.html or net.h",
    [
      target(["module", "page", "c"]),
      ...codeOptions(),
      weightsOption("a C header", ["float32", "int8"]),
      quiet(),
      json(),
    ],
    async () => (await import("./commands/convert.js")).exportCode,
  );
  add(
    "handover [model]",
    "a model with its training as files for PyTorch on many processes, or Keras on many devices; and back with --back",
    [
      new Option("--to <library>", "the library that trains on").choices(["torch", "keras"]),
      new Option("--out <folder>", "where to write the files"),
      new Option("--data <file>", "the rows: CSV, or .npz with x and y"),
      new Option("-t, --target <names>", "columns to predict: a,b (default: those after the inputs)").argParser(names),
      new Option("--epochs <n>", "epochs to train there (default: 10)").argParser(integerFrom(1, 1e6)),
      new Option("--batch-size <n>", "rows of a step, of all processes together (default: 32)").argParser(
        integerFrom(1, 2 ** 31 - 1),
      ),
      new Option("--seed <n>", "decides the order of the rows (default: 0)").argParser(integerFrom(0, 2 ** 32 - 1)),
      new Option("--no-shuffle", "take the rows in their own order"),
      new Option("--back <folder>", "read the newest checkpoint of a folder"),
      output("with --back: the trained model (default: model.safetensors)"),
      quiet(),
      json(),
    ],
    async () => (await import("./commands/handover.js")).handover,
  );
  add("mnist [options...]", "the demo of a clone: trains on handwritten digits", [], async () => {
    const { mnist } = await import("./commands/mnist.js");
    return (words: string[], _: object) => mnist(words);
  })
    .allowUnknownOption()
    .helpOption(false);
  add(
    "bench",
    "how fast WebAssembly is here, compared with plain JavaScript",
    [new Option("--seconds <n>", "time for each figure (default: 1)").argParser(number), threads(), quiet(), json()],
    async () => (await import("./commands/bench.js")).bench,
  );
  root
    .command("help [command]")
    .description("this text, or that of a command")
    .action(async (name: string | undefined) => {
      const found = name === undefined ? root : root.commands.find((command) => command.name() === name);
      if (found) found.outputHelp();
      else await root.parseAsync([String(name)], { from: "user" }); // which refuses it
    });
  return root;
}
