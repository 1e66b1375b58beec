// @ts-check
/** Parts that examples share: running one from the command line, and saving its pictures. */
import { mkdir, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/**
 * Options of an example's `run`; all optional.
 * @typedef {object} Options
 * @property {number} [seed]
 * @property {number} [epochs]
 * @property {(line: string) => void} [log] prints; silent by default, so that tests can call `run`
 */

/**
 * Runs the example if node was started with its file: `node examples/NAME.js --seed 2 --epochs 100`.
 * Pictures that it returns as `svgs`, by file name, are written to examples/output/.
 * @param {string} url import.meta.url of the example
 * @param {(options: Options) => Promise<object>} run
 */
export async function runDirectly(url, run) {
  if (!process.argv[1] || pathToFileURL(process.argv[1]).href !== url) return;
  // `… | head` closes the pipe when it has read enough.
  process.stdout.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  const { values } = parseArgs({ options: { seed: { type: "string" }, epochs: { type: "string" } } });
  /** @type {Options} */
  const options = { log: console.log };
  if (values.seed !== undefined) options.seed = Number(values.seed);
  if (values.epochs !== undefined) options.epochs = Number(values.epochs);
  const result = /** @type {{ svgs?: Record<string, string> }} */ (await run(options));
  for (const [name, svg] of Object.entries(result.svgs ?? {})) {
    const file = fileURLToPath(new URL(`../output/${name}`, import.meta.url));
    await mkdir(fileURLToPath(new URL("../output/", import.meta.url)), { recursive: true });
    await writeFile(file, svg);
    console.log(`\nwrote ${relative(process.cwd(), file)}`);
  }
}
