/** Installs, on request, packages that few runs need and that would be in the way among the project's own. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/**
 * Installs packages into a folder of their own, once; returns its node_modules.
 * @param {string} name
 * @param {string[]} specs
 */
export function installAside(name, specs) {
  const folder = join(process.cwd(), "node_modules/.simdgrad", name);
  const stamp = join(folder, `installed ${specs.join(" ").replaceAll("/", "+")}`);
  if (!existsSync(stamp)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), `{ "private": true }`);
    const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, ...specs];
    execFileSync(npm, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    writeFileSync(stamp, "");
  }
  return join(folder, "node_modules");
}

/** The last compiler that was written in TypeScript, with its language service; returns the folder of its modules. */
export function classicTypeScript() {
  // Not a development dependency: it would take the place of the other under the name `tsc`.
  return installAside("typescript-5", ["typescript@5.9.3"]);
}
