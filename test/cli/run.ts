/** Runs the program in this process, with streams that are read afterwards. */
import { Readable } from "node:stream";
import { main } from "../../cli/main.js";

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
