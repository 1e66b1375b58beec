/**
 * Prepares a fresh clone: installs packages and builds if they are missing or stale. No dependencies, because
 * it runs before there are any. It stamps its work with hashes, so that it costs nothing if all is in place. With
 * `peers` it also installs the libraries that tests of formats compare with.
 */
import { spawnSync } from "node:child_process";
import { SOURCES, upToDate } from "./upToDate.mjs";

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

await upToDate("install", ["package.json", "package-lock.json"], "node_modules/typescript", () => {
  run("Installing packages", "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
});
await upToDate("build", SOURCES, "build/js/index.js", () => {
  run("Building", process.execPath, ["scripts/build.mjs"]);
});
if (process.argv.includes("peers")) {
  const files = ["test/peers/package.json", "test/peers/package-lock.json"];
  await upToDate("peers", files, "test/peers/node_modules/bullmq", () => {
    run("Installing the libraries that tests compare with", "npm", [
      ...["ci", "--prefix", "test/peers", "--ignore-scripts", "--no-audit", "--no-fund"],
    ]);
  });
}
