/** Test files as one script for browsers. What they read from disk travels in it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Test files that only Node can run: they compile AssemblyScript, or compare with snapshots. */
const NODE_ONLY = ["kernels/functions.test.ts", "model/describe.test.ts"];
const FOLDERS = ["kernels", "golden", "model", "browsers/cases"];
const FILES = ["gradients.test.ts", "invariants.test.ts"];

/** Paths below test/ of everything that runs in browsers. */
export function testFiles(): string[] {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, "test", folder))
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => `${folder}/${name}`),
  );
  const all = [...inFolders, ...FILES].filter((path) => !NODE_ONLY.includes(path));
  return all.filter((path) => !/from "node:(?!fs")/.test(readFileSync(join(ROOT, "test", path), "utf8")));
}

/** Files that tests read, by their path in the project. */
function embeddedFiles(): Record<string, string> {
  const paths = [
    ...readdirSync(join(ROOT, "build/wasm")).map((name) => `build/wasm/${name}`),
    ...readdirSync(join(ROOT, "fixtures")).map((name) => `fixtures/${name}`),
  ].filter((path) => /\.(?:wasm|json)$/.test(path));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(ROOT, path), "base64")]));
}

/** `node:fs` with these files and nothing else. */
const FILE_SYSTEM = (files: Record<string, string>) => `
  const files = ${JSON.stringify(files)};
  export function readFileSync(place, encoding) {
    const path = Object.keys(files).find((path) => decodeURI(String(place)).endsWith(path));
    if (!path) throw new Error("No such file in the bundle: " + place);
    const bytes = Uint8Array.from(atob(files[path]), (character) => character.charCodeAt(0));
    return encoding ? new TextDecoder().decode(bytes) : bytes;
  }`;

const LOADERS = (paths: readonly string[]) =>
  `export const loaders = { ${paths.map((path) => `${JSON.stringify(path)}: () => import("../${path}")`).join(",\n")} };`;

const standIns: Plugin = {
  name: "stand-ins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vitest$/ }, () => ({ path: join(HERE, "vitest.ts") }));
    // package.json promises that modules of the library have no side effects, which holds for them alone.
    onResolve({ filter: /toBeAllClose\.js$/ }, () => ({
      path: join(ROOT, "test/support/toBeAllClose.ts"),
      sideEffects: true,
    }));
    onResolve({ filter: /^(?:node:fs|tests:loaders)$/ }, ({ path }) => ({ path, namespace: "made" }));
    onLoad({ filter: /.*/, namespace: "made" }, ({ path }) => ({
      contents: path === "node:fs" ? FILE_SYSTEM(embeddedFiles()) : LOADERS(testFiles()),
      resolveDir: HERE,
    }));
  },
};

/**
 * The script that a page or a worker runs. The full one also tests the build with assertions, all rows of which
 * `sampleInQuick` takes a third, and what is `itInFull`: in Node, `npm test` runs these.
 */
export async function bundleSuite(isFull: boolean): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(HERE, "suite.ts")],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    plugins: [standIns],
    define: {
      "process.env.SIMDGRAD_TEST_BACKENDS": isFull ? "undefined" : `"shipped"`,
      "process.env.SIMDGRAD_TEST": isFull ? "undefined" : `"quick"`,
      "process.env.NODE_ENV": `"test"`,
    },
    logLevel: "error",
  });
  return outputFiles[0].text;
}
