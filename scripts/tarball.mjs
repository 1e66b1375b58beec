/** The package as it would be published: packed by npm, and unpacked in a folder where programs can import it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** Packs what is built into a new temporary folder; the path of the tarball. The caller removes the folder. */
export function pack() {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
  const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const [{ filename }] = JSON.parse(execFileSync(npm, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  return { folder, tarball: join(folder, filename) };
}

/**
 * Unpacks a tarball into `folder`/node_modules, along with the one dependency, as an install would.
 * @param {string} tarball
 * @param {string} folder
 */
export function unpack(tarball, folder) {
  const home = join(folder, "node_modules/simdgrad");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", home, "--strip-components=1"]);
  const loader = "node_modules/@assemblyscript/loader";
  cpSync(loader, join(folder, loader), { recursive: true });
  return home;
}
