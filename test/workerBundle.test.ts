// `simdgrad/worker` in bundles: a page takes a part of the core, which must bring along what it loads later.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const PROGRAM = `
  import { dense, freeze, Sequential, standardScaler } from "simdgrad/worker";
  const { compile } = WebAssembly;
  WebAssembly.compile = () => Promise.reject(new Error("no bytes here"));
  const refused = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] }).catch((error) => error);
  WebAssembly.compile = compile;
  const made = await Sequential.create({ inputShape: [2], layers: [dense({ units: 3 }), dense({ units: 1 })] });
  const layers = [...made.layers.slice(0, 1).map(freeze), dense({ units: 2 })];
  const carried = await Sequential.create({ layers });
  const first = async (model) => [...(await model.getWeights())[0].data];
  const isSame = JSON.stringify(await first(made)) === JSON.stringify(await first(carried));
  const scaled = await standardScaler().fitTransform([[1], [3]]);
  await carried.compile({ optimizer: "ftrl", loss: "huber", metrics: ["r2"] });
  const logs = [];
  for await (const { loss } of carried.train({ x: [[0, 1]], y: [[1, 0]] }, { epochs: 2 })) logs.push(loss > 0);
  const loaded = await Sequential.load(await carried.save());
  const bytes = (await loaded.save()).length === (await carried.save()).length;
  for (const model of [made, carried, loaded]) model.dispose();
  console.log(JSON.stringify({ isSame, scaled: scaled.length, logs, bytes, refused: [refused.name, refused.message] }));`;

/** Bundlers by name: each joins the program `input` into a folder, with chunks. */
const bundlers = {
  async esbuild(input: string, outdir: string) {
    const options = { bundle: true, splitting: true, format: "esm", platform: "browser", logLevel: "error" } as const;
    await build({ ...options, entryPoints: [input], outdir });
  },
  async Rolldown(input: string, dir: string) {
    const bundle = await rolldown({ input, platform: "browser" });
    await bundle.write({ dir, format: "esm" });
  },
};

it.each(Object.entries(bundlers))("%s: layers that are carried, train, load, and refused Wasm", async (_, bundle) => {
  // Below build/, so that "simdgrad" is this package.
  const folder = mkdtempSync(join(ROOT, "build/bundle-"));
  try {
    writeFileSync(join(folder, "program.js"), PROGRAM);
    await bundle(join(folder, "program.js"), join(folder, "output"));
    const said = execFileSync(process.execPath, [join(folder, "output/program.js")], { encoding: "utf8" });
    expect(JSON.parse(said)).toEqual({
      ...{ isSame: true, scaled: 2, logs: [true, true], bytes: true },
      refused: ["BackendError", expect.stringMatching(/could not be compiled: no bytes here .*'wasm-unsafe-eval'/)],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
