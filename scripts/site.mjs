/**
 * The site: home, guides, lessons, API reference and playground, as static files in build/site. `npm run site` builds it
 * and checks its links, `npm run site:dev` serves it and follows changes in docs/. VitePress and TypeDoc are packages
 * of docs/site/, installed when the site is first made.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, watch } from "node:fs";
import { buildPlayground } from "./playground.mjs";
import { writeReference } from "./site/api.mjs";
import { deadLinks } from "./site/links.mjs";
import { makeRelative } from "./site/relative.mjs";
import { HOME, OUT, STAGE, stageGuides, stagePlayground } from "./site/stage.mjs";

const VITEPRESS = `${HOME}/node_modules/vitepress/bin/vitepress.js`;
const isServing = process.argv.includes("dev");

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32", ...options });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(VITEPRESS))
  run("npm", ["ci", "--prefix", HOME, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]);
await buildPlayground();
stageGuides();
stagePlayground();
writeReference();

if (isServing) {
  for (const folder of ["docs", "examples"]) watch(folder, { recursive: true }, stageGuides);
  const server = spawn(process.execPath, [VITEPRESS, "dev", STAGE], { stdio: "inherit" });
  server.on("exit", (code) => process.exit(code ?? 0));
} else {
  run(process.execPath, [VITEPRESS, "build", STAGE], { env: { ...process.env, SIMDGRAD_SITE: "static" } });
  makeRelative(OUT);
  const dead = deadLinks(OUT);
  for (const link of dead) console.error(link);
  if (dead.length > 0) process.exit(1);
  console.log(`The site is in ${OUT}. Any static host serves it, from any folder.`);
}
