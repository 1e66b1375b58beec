/** Engines and test environments without TextDecoder, each in a process of its own. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };

function run(program: string) {
  const options = { encoding: "utf8", timeout: 30_000 } as const;
  return spawnSync(process.execPath, ["--input-type=module", "-e", program], options);
}

const without = "delete globalThis.TextDecoder;\ndelete globalThis.TextEncoder;\n";
const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === "object" && "types" in target ? [`simdgrad${name.slice(1)}`] : [],
);

it("every entry point is imported without TextDecoder", () => {
  expect(entries.length).toBeGreaterThan(5);
  const { stdout, stderr } = run(`${without}
    for (const entry of ${JSON.stringify(entries)}) await import(entry);
    console.log("imported");`);
  expect({ stdout, stderr }).toEqual({ stdout: "imported\n", stderr: "" });
});

it("models train without it, to the same numbers, on every backend and with modules that were brought", () => {
  const program = `
    const { readFileSync } = await import("node:fs");
    const { Sequential, dense } = await import("simdgrad");
    const bytes = readFileSync(new URL(import.meta.resolve("simdgrad/wasm/simd.wasm")));
    for (const runtime of [{ backend: "reference" }, { backend: "wasm" }, {}, { wasm: bytes, threads: 1 }]) {
      const layers = [dense({ units: 1 })];
      const model = await Sequential.create({ inputShape: [2], layers, ...runtime });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      const { loss } = await model.fit({ x: [[1, 2], [3, 4]], y: [1, 2] }, { epochs: 3 });
      console.log(model.info().backend, JSON.stringify(loss));
    }`;
  const { stdout, stderr } = run(without + program);
  expect({ stdout, stderr }).toEqual({ stdout: run(program).stdout, stderr: "" });
  expect(stdout.match(/^(?:reference|wasm) \[\d/gm)).toHaveLength(4);
});
