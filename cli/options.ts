/** The options of the commands, and their help. */
import { Option } from "commander";
import {
  grid,
  indexes,
  integerFrom,
  names,
  number,
  options as optionList,
  pairs,
  shareOrPath,
  sizes,
  thresholdOf,
} from "./arguments.js";

export const output = (what: string) => new Option("-o, --output <file>", what);
export const threads = () =>
  new Option("--threads <n>", "threads to use (default: as many as pay)").argParser(integerFrom(1, 256));
export const quiet = () => new Option("-q, --quiet", "print errors only");
export const json = (what = "print one JSON object and nothing else") => new Option("--json", what);

/** The queue of a search. */
export const queue = () => [
  new Option("--queue <name>", "name of the queue (default: sweep)"),
  new Option("--redis <url>", "redis://:password@host:6379 (default: SIMDGRAD_QUEUE, REDIS_URL, or this machine)"),
  new Option("--postgres <url>", "postgres://user:password@host:5432/name (default: SIMDGRAD_QUEUE)"),
];

/** Options that say how a table is read. */
function columnOptions(): Option[] {
  return [
    new Option("-t, --target <column>", "the column to predict"),
    new Option("--exclude <names>", "columns to leave out: a,b").argParser(names),
    new Option("--features <names>", "columns to learn from, and no others: a,b").argParser(names),
    new Option(
      "--type <name=type>",
      "read a column as number, category, boolean, date, hash, text or ignore",
    ).argParser(pairs),
    new Option("--date-as <parts>", "numbers of a date: days, year, month, weekday, hour, monthCycle, …").argParser(
      names,
    ),
    new Option("--max-rows <n>", "rows used of more, at random (default: 1000000 of files above 64 MB)").argParser(
      integerFrom(10, 2 ** 31),
    ),
    new Option(
      "--missing <value>",
      "what missing numbers become: median, mean, mostFrequent (default: median)",
    ).choices([...["median", "mean", "mostFrequent"]]),
    new Option("--positive <class>", "the class that the threshold is for, of two"),
    new Option("--seed <n>", "decides the split and the first weights (default: 0)").argParser(
      integerFrom(0, 2 ** 32 - 1),
    ),
  ];
}

/** Options of the commands that train. */
export function trainOptions(): Option[] {
  return [
    ...columnOptions(),
    new Option("--task <task>", "classification or regression (default: as the target looks)").choices([
      "classification",
      "regression",
    ]),
    new Option(
      "--test <share>",
      "rows held back for the scores, a share or a number (default: 0.2); or a CSV file of such rows",
    ).argParser(shareOrPath),
    new Option("--seconds <n>", "time for the choice of settings (default: 60)").argParser(number),
    new Option("--trials <n>", "settings to try instead: the same result on every machine").argParser(
      integerFrom(1, 1000),
    ),
    new Option("--members <n>", "networks in the model (default: 4)").argParser(integerFrom(1, 20)),
    new Option(
      "--hidden <sizes>",
      "units of the hidden layers: 64,32 or linear (default: several are tried)",
    ).argParser(sizes),
    new Option("--epochs <n>", "most epochs of a network (default: 400; it stops when more do not help)").argParser(
      integerFrom(1, 1e6),
    ),
    new Option("--optimizer <name>", "adam, adamw, nadam, rmsprop or sgd (default: adam)").choices([
      ...["adam", "adamw", "nadam", "rmsprop", "sgd"],
    ]),
    new Option("--balanced", "let every class weigh the same"),
    new Option("--threshold <p>", "probability from which it is predicted, or f1 for the best (default: f1)").argParser(
      thresholdOf,
    ),
    threads(),
    quiet(),
    json(),
  ];
}

/** Options of code. */
export const codeOptions = (): Option[] => [
  new Option("--prefix <name>", "beginning of the names in a C header (default: net)"),
  new Option("--title <text>", "heading of a page"),
];

/** Types of weights in what is written. */
export const weightsOption = (what: string, kinds: readonly string[]): Option =>
  new Option("--weights <kind>", `weights in ${what}`).choices(kinds);

/** The folder of the results of a plan. */
export const results = () => new Option("--out <folder>", "the folder of the results");

/** Options of `plan`. */
export const planOptions = (): Option[] => [
  output("where to write the plan (default: standard output; its data file is then written here)"),
  new Option("--template <scheduler>", "print a script for a scheduler, and nothing else").choices([
    ...["slurm", "kubernetes", "parallel"],
  ]),
  ...columnOptions(),
  new Option(
    "--test <share>",
    "rows held back for the scores of the best, a share or a number (default: 0.2)",
  ).argParser(number),
  new Option("--estimator <kind>", "what to search for (default: as the target looks)").choices([
    ...["classifier", "regressor"],
  ]),
  new Option("--grid <values>", "values to try: alpha=1e-4,1e-3 once for each option, or JSON").argParser(grid),
  new Option("--options <values>", "options that all share: maxEpochs=50 once for each, or JSON").argParser(optionList),
  new Option("--random <n>", "that many draws from the grid instead of all combinations").argParser(
    integerFrom(1, 1e6),
  ),
  new Option("--folds <n>", "parts for cross-validation (default: 5)").argParser(integerFrom(2)),
  new Option("--hold-out <share>", "score on this share of the rows instead of folds").argParser(number),
  new Option("--scoring <name>", "score to rank by (default: accuracy or r2)"),
  quiet(),
  json("print one JSON object about the plan that -o writes"),
];

/** Options of `task`. */
export const taskOptions = (): Option[] => [
  new Option(
    "--index <i>",
    "tasks to run, from 0: 5 or 3,7-9 (default: as Slurm, Kubernetes or AWS Batch says)",
  ).argParser(indexes),
  results(),
  new Option("--of <n>", "run each n-th task from the index on: an array of n jobs does all").argParser(integerFrom(1)),
  new Option("--concurrency <n>", "trainings at the same time (default: 1)").argParser(integerFrom(1, 256)),
  new Option("--count", "print the number of tasks, and nothing else"),
  quiet(),
  json(),
];
