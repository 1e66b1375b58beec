/**
 * The API reference, from docstrings: build/docs/index.html. TypeDoc and the TypeScript it needs are packages of
 * docs/api/, installed when the reference is first made.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { entryPoints } from "./entryPoints.mjs";

const HOME = "docs/api";
const TYPEDOC = `${HOME}/node_modules/typedoc/bin/typedoc`;

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(TYPEDOC)) run("npm", ["ci", "--prefix", HOME, "--no-audit", "--no-fund", "--silent"]);
run(process.execPath, [TYPEDOC, "--options", `${HOME}/typedoc.json`, ...entryPoints()]);
