/** The sources of the exports of package.json: `./build/node/csv/index.js` comes from `src/csv/index.ts`. */
import { readFileSync } from "node:fs";

const OUT = "./build/node/";

export function entryPoints() {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  return Object.values(exports)
    .map((target) => target.node ?? target.default)
    .filter((path) => path?.startsWith(OUT))
    .map((path) => `src/${path.slice(OUT.length).replace(/\.js$/, ".ts")}`);
}
