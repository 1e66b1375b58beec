/** Errors as one line with a remedy, and exit codes. */
import { OptionError, SimdgradError } from "simdgrad";

export const OK = 0;
export const FAILED = 1;
/** The command line is wrong. */
export const USAGE = 2;
/** Stopped by Ctrl-C. */
export const INTERRUPTED = 130;

/** Ends a command with a message and a code. */
export class Ending extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

export const failure = (message: string) => new Ending(message, FAILED);
export const misuse = (message: string) => new Ending(message, USAGE);

/** Names of options in the library, and their names here. */
const FLAGS: readonly (readonly [words: RegExp, flag: string])[] = [
  [
    /^(?:detectFormat|importModel|portableOf|(?:read|write|export)(?:Keras|Onnx|Tfjs|Torch|Sklearn|Brain|C|Page|Module)(?:Training)?): /,
    "",
  ],
  [/^makePlan: (?:table: )?/, ""],
  [/^(?:gridSearch|randomSearch): (?:grid|space): /, "--grid: "],
  [/^(?:gridSearch|randomSearch): (?=folds|scoring)/, "--"],
  [/^(?:gridSearch|randomSearch): /, ""],
  [/^(?:TableModel\.\w+|tableEncoder\.\w+|parseCsv|csvChunks|sampleCsv|saveFile|Sequential\.load): /, ""],
  [/^testSize: /, "--test: "],
  [/^scoreFile: output: /, "--out: "],
  [/^testData: /, "--test: "],
  [/: maxRows\.$/, ": --max-rows."],
  [/^classWeight: /, "--balanced: "],
  [/^types: /, "--type: "],
  [/^dates\b/, "--date-as"],
  [/^(target|features|exclude|task|threshold|positive|seed|seconds|trials|threads|strict): /, "--$1: "],
  [/\btask: "(\w+)"/g, "--task $1"],
  [/\bstrict: false takes/, "Without --strict the command takes"],
  [/\btypes: \{ "?([^":]+)"?: "(\w+)" \}(?: of fromTable)?/g, "--type $1=$2"],
  [/Name some: features\./, "Name some: --features a,b."],
  [/call exportKeras with compile: false, which leaves the training out/, "convert it with --no-training"],
  [/Give them: readTorch\(bytes, \{ layers: .*? \}\)\./, "Give them: --layers."],
  [/: exclude\./, ": --exclude."],
  [/ Or keep the frequent ones: maxCategories\./, ""],
  [/skip it: comment: "#"\./, "delete it."],
  [/if it is wrong, give delimiter: ";"\./, "if it is wrong, put the right one into a first line: sep=;"],
  [
    / Give the bytes that save\(\) returned\. importModel of simdgrad\/formats reads files of other libraries\./,
    " Make one: npx simdgrad train data.csv --target <column>.",
  ],
  [/ Use Sequential\.load\./, " Make one: npx simdgrad train data.csv --target <column>."],
];

/** A message of the library in the words of the command line, on one line. */
export function inWords(message: string): string {
  const text = FLAGS.reduce((all, [words, flag]) => all.replace(words, flag), message);
  return text.replace(/\s*\n\s*/g, " ");
}

/** Options that the library refuses are wrong use, too; a stack is only for bugs. */
export function toEnding(error: unknown): Ending {
  if (error instanceof Ending) return error;
  if (error instanceof OptionError) return misuse(inWords(error.message));
  if (error instanceof SimdgradError) return failure(inWords(error.message));
  if (error instanceof Error && "syscall" in error) return failure(inWords(error.message));
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure(`this is a bug, please report it.\n${trace}`);
}
