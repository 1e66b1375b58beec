/** Builds the playground, as pages and as one file, unless that is done already. */
import { join } from "node:path";
import { build } from "vite";
import { SOURCES, upToDate } from "./upToDate.mjs";

const configs = ["vite.config.ts", "vite.file.config.ts"].map((name) => `playground/${name}`);
const inputs = [...SOURCES, "playground/index.html", "playground/src", ...configs];

/** Needs the built library. */
export async function buildPlayground() {
  await upToDate("playground", inputs, "build/playground/index.html", async () => {
    for (const config of configs)
      await build({ configFile: join(import.meta.dirname, "..", config), logLevel: "error" });
  });
}
