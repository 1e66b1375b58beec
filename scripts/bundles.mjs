/**
 * Bundles of programs that use the built package: the files that a visitor's browser downloads when they run, and the
 * parts of the library that they consist of.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { formForBundlers } from "./entryPoints.mjs";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = join(ROOT, "node_modules/.simdgrad/bundles");

/** A program that trains. `name` is one more export that it uses, `call` the way it uses it. */
export function trainingProgram(name = "", call = "") {
  return `
    import { Sequential, adam, dense, ${name} } from "simdgrad";
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 3 }), dense({ units: 1 })] });
    model.compile({ optimizer: adam(), loss: "meanSquaredError" });
    await model.fit({ x: [[0, 1]], y: [1] });
    console.log(model.predict([[0, 1]]), ${name}${call});`;
}

/** The same program with its model in a worker, by an entry point. */
export function workerProgram(from) {
  return `
    import { Sequential, adam, dense } from "${from}";
    const layers = [dense({ units: 3 }), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [2], layers, worker: true });
    await model.compile({ optimizer: adam(), loss: "meanSquaredError" });
    await model.fit({ x: [[0, 1]], y: [1] });
    console.log(await model.predict([[0, 1]]), (await model.info()).worker);
    model.dispose();`;
}

/** Bundlers by name, as their users start them: each writes the program `input` and its chunks into a folder. */
export const bundlers = {
  /** Rolldown, which is the bundler of Vite, with the settings of `vite build`: no comments for other bundlers. */
  async Vite(input, dir) {
    const bundle = await rolldown({ input, platform: "browser" });
    const comments = { annotation: false, jsdoc: false, legal: false };
    await bundle.write({ dir, format: "esm", minify: true, topLevelVar: true, comments });
  },
  async esbuild(input, outdir) {
    const options = { bundle: true, splitting: true, minify: true, format: "esm", platform: "browser" };
    await build({ ...options, entryPoints: [input], outdir, logLevel: "error" });
  },
};

/**
 * Bundles a program, runs it, and returns the gzipped bytes of each file that it loads, the largest first. A browser
 * loads the same files as Node here, which counts them while it runs.
 */
export async function downloadsOf(program, bundler) {
  const folder = join(FOLDER, bundler);
  const [output, coverage] = [join(folder, "output"), join(folder, "coverage")];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  // Beside the manifest, so that "simdgrad" is this package.
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const input = join(ROOT, "build", "program.js");
  writeFileSync(input, program);
  try {
    await bundlers[bundler](input, output);
  } finally {
    rmSync(input);
  }
  const env = { ...process.env, NODE_V8_COVERAGE: coverage };
  const { status, stderr } = spawnSync(process.execPath, [join(output, "program.js")], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${bundler}: the bundled program failed: ${stderr}`);
  const scripts = readdirSync(coverage).flatMap(
    (file) => JSON.parse(readFileSync(join(coverage, file), "utf8")).result,
  );
  const loaded = new Set(scripts.map(({ url }) => url.slice(url.lastIndexOf("/") + 1)));
  const files = [...loaded].filter((name) => existsSync(join(output, name)));
  return files
    .map((name) => ({ name, bytes: gzipSync(readFileSync(join(output, name)), { level: 9 }).length }))
    .sort((a, b) => b.bytes - a.bytes);
}

export function sumOf(files) {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The room of a module, such as `training` or `specs/losses`. */
function roomOf(path) {
  const [, room, ...rest] = path.split("/");
  if (rest.length === 0) return "entry";
  return room === "specs" && rest.length > 1 ? `specs/${rest[0]}` : room;
}

/** Minified bytes of each room in a program that trains, without Wasm and the loader, the largest first. */
export async function bytesByRoom() {
  const resolve = {
    name: "without what is loaded later",
    setup({ onResolve }) {
      onResolve({ filter: /^simdgrad$/ }, () => ({ path: join(ROOT, "src/index.ts"), sideEffects: false }));
      onResolve({ filter: /^\.\.?\// }, ({ kind, resolveDir, path }) =>
        kind === "dynamic-import"
          ? { path, external: true }
          : { path: formForBundlers(join(resolveDir, path.replace(/\.js$/, ".ts"))), sideEffects: false },
      );
    },
  };
  const { metafile } = await build({
    stdin: { contents: trainingProgram(), resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    format: "esm",
    platform: "neutral",
    external: ["#*", "@assemblyscript/loader"],
    plugins: [resolve],
  });
  const rooms = new Map();
  for (const [path, { bytesInOutput }] of Object.entries(Object.values(metafile.outputs)[0].inputs)) {
    const room = roomOf(path);
    rooms.set(room, (rooms.get(room) ?? 0) + bytesInOutput);
  }
  return [...rooms].sort(([, a], [, b]) => b - a);
}
