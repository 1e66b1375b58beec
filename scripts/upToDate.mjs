/** Work whose inputs are hashed, so that it costs nothing if its product is in place. No dependencies. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const STAMP_DIRECTORY = "node_modules/.simdgrad";
const scripts = ["build", "compileWasm", "coreOrder", "entryPoints", "generate", "shortened"].map(
  (name) => `scripts/${name}.mjs`,
);

/** What the library is built from. */
export const SOURCES = ["assembly", "src", "cli", "asconfig.json", "tsconfig.json", "package.json", ...scripts];

/** @param {string[]} paths files or folders @returns {string} one hash of all their contents */
function hashOf(paths) {
  const hash = createHash("sha256");
  /** @param {string} path */
  const visit = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(path).update(readFileSync(path));
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}

/**
 * Runs `work` unless the inputs are those of its last success and `product` is there.
 * @param {string} name @param {string[]} inputs files or folders @param {string} product @param {() => unknown} work
 */
export async function upToDate(name, inputs, product, work) {
  const stamp = join(STAMP_DIRECTORY, name);
  const hash = hashOf(inputs);
  if (existsSync(product) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  await work();
  mkdirSync(STAMP_DIRECTORY, { recursive: true });
  writeFileSync(stamp, hash);
}
