/**
 * Prepares a fresh clone: installs packages and builds if they are missing or stale. No dependencies, because
 * it runs before there are any. It stamps its work with hashes, so that it costs nothing if all is in place. With
 * `peers` it also installs the libraries that tests of formats compare with.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const STAMP_DIRECTORY = "node_modules/.simdgrad";

/** @param {string[]} paths files or folders @returns {string} one hash of all their contents */
function hashOf(paths) {
  const hash = createHash("sha256");
  const visit = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(path).update(readFileSync(path));
  };
  for (const path of paths) visit(path);
  return hash.digest("hex");
}

/** Runs `work` unless the inputs are those of its last success and `product` is there. */
function upToDate(name, inputs, product, work) {
  const stamp = join(STAMP_DIRECTORY, name);
  const hash = hashOf(inputs);
  if (existsSync(product) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  work();
  mkdirSync(STAMP_DIRECTORY, { recursive: true });
  writeFileSync(stamp, hash);
}

/** Runs a command quietly; shows its output only if it failed. */
function run(what, command, args) {
  process.stderr.write(`${what} … `);
  const began = Date.now();
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status === 0) {
    process.stderr.write(`${((Date.now() - began) / 1000).toFixed(0)} s\n`);
    return;
  }
  process.stderr.write(`failed\n${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}\n`);
  process.exit(status ?? 1);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`simdgrad needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

upToDate("install", ["package.json", "package-lock.json"], "node_modules/typescript", () => {
  run("Installing packages", "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
});
const scripts = ["build", "compileWasm", "entryPoints", "generate"].map((name) => `scripts/${name}.mjs`);
const sources = ["assembly", "src", "cli", "asconfig.json", "tsconfig.json", "package.json", ...scripts];
upToDate("build", sources, "build/js/index.js", () => {
  run("Building", process.execPath, ["scripts/build.mjs"]);
});
if (process.argv.includes("peers")) {
  const files = ["test/peers/package.json", "test/peers/package-lock.json"];
  upToDate("peers", files, "test/peers/node_modules/bullmq", () => {
    run("Installing the libraries that tests compare with", "npm", [
      ...["ci", "--prefix", "test/peers", "--ignore-scripts", "--no-audit", "--no-fund"],
    ]);
  });
}
