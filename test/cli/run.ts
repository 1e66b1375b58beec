/** Runs the program in this process, with streams that are read afterwards; and tables to run it on. */
import { Readable } from "node:stream";
import { main } from "../../cli/main.js";
import { Random } from "../../src/base/random.js";

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** Standard input. */
  readonly input?: string | Uint8Array;
  /** True if a person seems to be watching stderr. */
  readonly isWatched?: boolean;
  readonly env?: Record<string, string>;
  /** Called at once with what stops the command. */
  readonly onStart?: (stop: () => void) => void;
  /** Called with everything on stdout. */
  readonly onOut?: (text: string) => void;
  /** Called with everything on stderr; may stop the command. */
  readonly onErr?: (text: string, stop: () => void) => void;
}

/** Runs a command. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { input = "", isWatched = false, env = {}, onErr = () => {}, onOut = () => {}, onStart = () => {} } = options;
  const texts = { out: "", err: "" };
  const stop = new AbortController();
  onStart(() => stop.abort());
  const output = (name: "out" | "err") => ({
    isTTY: isWatched && name === "err",
    columns: 100,
    write(text: string, done?: () => void) {
      texts[name] += text;
      if (name === "err") onErr(text, () => stop.abort());
      else onOut(text);
      done?.();
      return true;
    },
  });
  const stdin = Readable.from([Buffer.from(input)]);
  const io = { stdin, stdout: output("out"), stderr: output("err"), env, signal: stop.signal };
  return { code: await main(argv, io), ...texts };
}

/** Customers whose churn depends on three columns, with an identifier, a constant, and gaps. */
export function customers(count: number): string {
  const random = Random.fromSeed(7);
  const rows = Array.from({ length: count }, (_, i) => {
    const tenure = random.integerBelow(72);
    const contract = ["month", "year"][random.integerBelow(2)];
    const support = random.integerBelow(6);
    const score = (contract === "month" ? 2 : -1) - tenure / 12 + support / 2;
    const churn = random.uniform() * 4 - 2 < score ? "yes" : "no";
    const day = `20${10 + random.integerBelow(14)}-0${1 + random.integerBelow(9)}-15`;
    const told = i % 40 === 3 ? "" : tenure;
    return [
      `C-${1000 + i}`,
      day,
      told,
      contract,
      support,
      i % 2 === 0 ? "true" : "false",
      `0${1000 + (i % 9)}`,
      "DE",
      churn,
    ];
  });
  const names = ["customerID", "signup", "tenure", "contract", "support", "paperless", "zip", "country", "churn"];
  return `${[names, ...rows].map((row) => row.join()).join("\n")}\n`;
}
