/** Compiles generated C, and runs it on rows. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A header with its prefix, and rows to predict. */
export interface Header {
  readonly prefix: string;
  readonly text: string;
  readonly x: Float32Array;
  readonly rows: number;
}

/** True if the machine has a command. */
export function has(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Statements that print the outputs of a header for its rows. */
function blockOf({ prefix, x, rows }: Header): string {
  const name = prefix.toUpperCase();
  return `  {
    static const float x[] = {${Array.from(x, (value) => `${value.toExponential(9)}f`).join(", ")}};
    float y[${name}_OUTPUTS];
    int i, j;
    for (i = 0; i < ${rows}; i++) {
      ${prefix}_predict(x + i * ${name}_INPUTS, y);
      for (j = 0; j < ${name}_OUTPUTS; j++) printf("%.9g ", (double)y[j]);
    }
    printf("\\n");
  }`;
}

/** Compiles the headers with a command, runs the program, and returns the outputs of each header. */
export function compileAndRun(headers: readonly Header[], compiler: readonly string[]): number[][] {
  const files = Object.fromEntries(headers.map(({ prefix, text }) => [`${prefix}.h`, text]));
  const printed = run(files, headers.map(blockOf), compiler);
  return printed
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(" ").map(Number));
}

/** Compiles a program of these headers and statements, runs it, and returns what it prints. */
export function run(
  headers: Readonly<Record<string, string>>,
  statements: readonly string[],
  [command, ...options]: readonly string[],
): string {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-c-"));
  const includes = Object.keys(headers).map((name) => `#include "${name}"\n`);
  const body = statements.join("\n");
  const main = `#include <stdio.h>\n${includes.join("")}\nint main(void) {\n${body}\n  return 0;\n}\n`;
  try {
    for (const [name, text] of Object.entries({ ...headers, "main.c": main })) writeFileSync(join(folder, name), text);
    const stdio: ["ignore", "ignore", "pipe"] = ["ignore", "ignore", "pipe"];
    execFileSync(command, [...options, "main.c", "-o", "main", "-lm"], { cwd: folder, stdio });
    return execFileSync(join(folder, "main"), { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
