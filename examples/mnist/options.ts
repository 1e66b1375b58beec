/** The command line: options, their defaults, and the help text. */
import { Command, type CommanderError, InvalidArgumentError, Option } from "commander";
import { type ActivationName, activationNames, type BackendName, optimizerNames } from "simdgrad";
import { USAGE } from "./failure.js";

/** Optimizers that work on batches: all images at once are too many for L-BFGS. */
const optimizers = optimizerNames.filter((name) => name !== "lbfgs");

/** Settings from the command line. */
export interface Settings {
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: (typeof optimizers)[number];
  /** The optimizer's own default if not given. */
  readonly learningRate?: number;
  readonly seed: number;
  readonly backend: BackendName;
  readonly threads: "auto" | number;
  readonly deterministic: boolean;
  readonly data?: string;
  readonly save: string;
  /** Resumes training of the model in `save`. */
  readonly resume: boolean;
}

const EXAMPLES = `
Examples:
  npm start                                  train with these defaults
  npm start -- --epochs 1                    only once through the images
  npm start -- --hidden 256,128 --epochs 10  a deeper net, trained for longer
  npm start -- --hidden none                 no hidden layer: softmax regression
  npm start -- --optimizer sgd --learning-rate 0.1
  npm start -- --resume                      go on where Ctrl-C stopped
  npm start -- --data ~/fashion-mnist --save fashion.safetensors

Ctrl-C finishes the running batch and saves the model, for --resume to go on with; another quits at once.
With --resume layers, optimizer and seed are those of the file; give --epochs and --batch-size as before.
Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.`;

function number(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(Number.isFinite(value) && value >= 0)) throw new InvalidArgumentError("Expected a number >= 0.");
  return value;
}

function integerFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected an integer from ${least}.`);
  };
}

function layerSizes(text: string): number[] {
  if (text === "none") return [];
  const sizes = text.split(",").map((part) => part.trim());
  const isGood = (part: string) => /^\d+$/.test(part) && Number(part) > 0;
  if (!sizes.every(isGood)) throw new InvalidArgumentError(`Expected sizes such as 532 or 256,128, or "none".`);
  return sizes.map(Number);
}

function threads(text: string): "auto" | number {
  if (text === "auto") return text;
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 256) return Number(text);
  throw new InvalidArgumentError(`Expected "auto" or an integer from 1 to 256.`);
}

function fileName(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("Expected the name of a file or folder.");
  return text;
}

/** Options by their heading in the help. */
function optionGroups(): Record<string, Option[]> {
  return {
    "Model:": [
      new Option("--hidden <sizes>", "units of the hidden layers, such as 256,128, or none")
        .argParser(layerSizes)
        .default([128], "128"),
      new Option("--activation <name>", "activation of the hidden layers").choices(activationNames).default("relu"),
    ],
    "Training:": [
      new Option("--epochs <n>", "passes over the training images").argParser(integerFrom(1)).default(5),
      new Option("--batch-size <n>", "images per optimizer step").argParser(integerFrom(1)).default(32),
      new Option("--optimizer <name>", "how weights are updated").choices(optimizers).default("adam"),
      new Option("--learning-rate <x>", "size of an update (default: adam 0.001, sgd 0.01)").argParser(number),
      new Option("--seed <n>", "decides first weights and order of images").argParser(integerFrom(0)).default(1),
    ],
    "What runs it:": [
      new Option("--backend <name>", "WebAssembly, or plain JavaScript (slow)")
        .choices(["auto", "wasm", "reference"])
        .default("auto"),
      new Option("--threads <n>", `threads to use, or "auto"`).argParser(threads).default("auto"),
      new Option("--no-deterministic", "allow fused multiply-add: faster, last bits may vary"),
    ],
    "Files:": [
      new Option("--data <dir>", "folder with four IDX files of your own, such as Fashion-MNIST").argParser(fileName),
      new Option("--save <file>", "where to save the model").argParser(fileName).default("mnist.safetensors"),
      new Option("--resume", "go on with the model in that file, as if it had never stopped").default(false),
    ],
  };
}

function buildCommand(): Command {
  const command = new Command("npm start --")
    .usage("[options]")
    .description("Trains a network on the MNIST digits, and shows how well it reads digits it has not seen.")
    .helpOption("-h, --help", "show this help")
    .addHelpText("after", EXAMPLES)
    .configureOutput({ outputError: (text, write) => write(text.replace("\n(", " (")) });
  for (const [group, members] of Object.entries(optionGroups())) {
    for (const option of members) command.addOption(option.helpGroup(group));
  }
  return command;
}

/** Reads the command line. Ends the process for `--help`, and with code 2 for anything it cannot understand. */
export function readSettings(argv: readonly string[]): Settings {
  const end = (error: CommanderError) => process.exit(error.exitCode === 0 ? 0 : USAGE);
  return buildCommand().exitOverride(end).parse(argv).opts<Settings>() as Settings;
}
