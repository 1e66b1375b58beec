/** Where the published files come from. */
import { readFileSync } from "node:fs";

const OUT = "./build/node/";

/** The sources of the exports of package.json: `./build/node/csv/index.js` comes from `src/csv/index.ts`. */
export function entryPoints() {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  return Object.values(exports)
    .map((target) => target.node ?? target.default)
    .filter((path) => path?.startsWith(OUT))
    .map((path) => `src/${path.slice(OUT.length).replace(/\.js$/, ".ts")}`);
}

/** Modules with another form for bundlers, such as `tracingForBundlers.ts`. */
const OWN_FOR_BUNDLERS = ["tracing"];

/** The path of a module, or of its form for bundlers. @param {string} path */
export function formForBundlers(path) {
  const isOwn = OWN_FOR_BUNDLERS.some((name) => path.endsWith(`/${name}.ts`));
  return isOwn ? path.replace(/\.ts$/, "ForBundlers.ts") : path;
}
