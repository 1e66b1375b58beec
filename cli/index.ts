#!/usr/bin/env node
/** The program `simdgrad`: the streams and signals of the process around `main`. */
import { FAILED, INTERRUPTED } from "./failure.js";
import { writeAll } from "./io.js";
import { main } from "./main.js";

/** A terminal and a parent may both send the same Ctrl-C; a person is slower than this. */
const ECHO_MILLISECONDS = 150;

const { stdin, stdout, stderr, env } = process;
const stop = new AbortController();
let stopped = 0;
let exitCode: number | null = null;

for (const [name, code] of [
  ["SIGINT", INTERRUPTED],
  ["SIGTERM", 143],
] as const) {
  process.on(name, () => {
    if (stop.signal.aborted && performance.now() - stopped < ECHO_MILLISECONDS) return;
    if (stop.signal.aborted) {
      if (stderr.isTTY) stderr.write("\u001b[?25h\u001b[?7h"); // the cursor, which a progress bar hides
      process.exit(code);
    }
    stopped = performance.now();
    exitCode = code;
    stop.abort();
  });
}

// As programs that know SIGPIPE: the reader of a pipe may go at any time.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || error.code === "EIO") process.exit(128 + 13);
  stderr.write(`error: standard output could not be written: ${error.message}\n`);
  process.exit(FAILED);
});
stderr.on("error", () => {});

const code = await main(process.argv.slice(2), { stdin, stdout, stderr, env, signal: stop.signal });
for (const stream of [stdout, stderr]) await writeAll(stream, "").catch(() => {});
process.exit(code === INTERRUPTED ? (exitCode ?? code) : code);
