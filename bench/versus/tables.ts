/** A table from its CSV file to a trained model and to predictions, against scikit-learn. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { summarize } from "../measure.js";
import { threeDigits } from "../table.js";
import { seeded } from "../verify.js";
import { PYTHON } from "./rivals.js";

const ROWS = 20_000;
/** The same of both sides: units of the hidden layers, and most epochs. */
const SPEC = { hidden: [64, 64], epochs: 20 };

/** Rows within or outside a ring whose size depends on a category; every twentieth number is missing. */
function csv(seed: number): string {
  const numbers = seeded(ROWS * 5, seed, 2);
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const [a, b, noise, kind, gap] = numbers.subarray(5 * i, 5 * i + 5);
    const place = Math.floor(((kind + 2) / 4) * 2.999);
    const isInside = Math.hypot(a, b) + 0.2 * noise < [0.9, 1.3, 1.7][place];
    return [gap > 1.8 ? "" : a.toFixed(4), b.toFixed(4), noise.toFixed(4), "pqr"[place], isInside ? "in" : "out"].join(
      ",",
    );
  });
  return `a,b,noise,kind,inside\n${lines.join("\n")}\n`;
}

interface Measured {
  version: string;
  /** Seconds from the file to a trained model, and from rows in memory to their probabilities. */
  train: number;
  predict: number;
  rocAuc: number;
}

function run(command: readonly string[], spec: object): Measured {
  const [program, ...args] = command;
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const options = { encoding: "utf8", env } as const;
  const { status, stdout, stderr, error } = spawnSync(program, [...args, JSON.stringify(spec)], options);
  if (status !== 0) throw new Error(error?.message ?? stderr.match(/^\w*Error: .*/m)?.[0] ?? `it ended with ${status}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

export interface TableSide {
  name: string;
  samples: readonly Measured[];
  /** Why it has no samples. */
  failed?: string;
}

export function runTables(rounds: number): TableSide[] {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-tables-"));
  try {
    const [train, test] = [join(folder, "train.csv"), join(folder, "test.csv")];
    writeFileSync(train, csv(1));
    writeFileSync(test, csv(2));
    const spec = { ...SPEC, train, test };
    const path = (name: string) => fileURLToPath(new URL(`./rivals/${name}`, import.meta.url));
    const sides = [
      { name: "simdgrad", command: [process.execPath, path("tableModel.mjs")], samples: [] as Measured[], failed: "" },
      { name: "scikit-learn", command: [PYTHON, path("tableModel.py")], samples: [] as Measured[], failed: "" },
    ];
    for (let round = 0; round < rounds; round++) {
      for (const side of sides) {
        if (side.failed) continue;
        try {
          side.samples.push(run(side.command, spec));
        } catch (error) {
          side.failed = error instanceof Error ? error.message : String(error);
        }
      }
    }
    return sides;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const median = (samples: readonly Measured[], key: "train" | "predict" | "rocAuc") =>
  summarize(samples.map((sample) => sample[key])).median;

function row({ name, samples, failed }: TableSide): string {
  if (failed) return `| ${name} | failed: ${failed.replaceAll("|", "\\|")} | | |`;
  const rate = `${threeDigits(ROWS / median(samples, "predict") / 1000)} k`;
  const cells = [threeDigits(median(samples, "train")), rate, median(samples, "rocAuc").toFixed(4)];
  return `| ${name} ${samples[0].version} | ${cells.join(" | ")} |`;
}

export function writeTables(sides: readonly TableSide[]): string {
  return `## A table

${ROWS.toLocaleString("en").replace(",", " ")} rows of a CSV file: three numbers, some of them missing, a category, and a class to predict, whose border no
linear model finds. Missing numbers are filled, numbers scaled, categories encoded; one network with ${SPEC.hidden.join(" and ")} units
is trained by Adam for at most ${SPEC.epochs} epochs, the rest by default, each side on one thread. scikit-learn:
\`ColumnTransformer\` and \`MLPClassifier\`. Ours: \`TableModel\` with one trial and one member, which trains the network
first to judge the setting by rows held back, then once more, and calibrates its probabilities.
Medians of ${sides[0].samples.length} processes, in turns.

| | seconds from file to model | rows/s predicted | ROC AUC of other rows |
| --- | ---: | ---: | ---: |
${sides.map(row).join("\n")}`;
}
