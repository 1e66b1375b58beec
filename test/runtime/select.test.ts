/** Choice of a model's backend and build, and its report. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { chooseVariant } from "../../src/runtime/features.js";

const engine = { simd: true, relaxedSimd: true, noThreads: "", cores: 2 };

describe("chooseVariant", () => {
  it.each([
    ["strict by default", engine, true, "simd", /deterministic/],
    ["relaxed where it is allowed", engine, false, "relaxed", /^$/],
    ["strict where there is no relaxed SIMD", { ...engine, relaxedSimd: false }, false, "simd", /no relaxed SIMD/],
    ["none without SIMD", { ...engine, simd: false }, false, null, /no WebAssembly SIMD/],
  ] as const)("%s", (_, features, deterministic, variant, reason) => {
    const choice = chooseVariant(features, deterministic);
    expect(choice.variant).toBe(variant);
    expect(choice.reason).toMatch(reason);
  });
});

/** Runs a program whose engine has no SIMD, in a process of its own. */
function withoutSimd(program: string) {
  const source = `WebAssembly.validate = () => false;\nconst { Sequential, dense } = await import("simdgrad");\n${program}`;
  const options = { encoding: "utf8", timeout: 30_000 } as const;
  return spawnSync(process.execPath, ["--input-type=module", "-e", source], options);
}

describe("without SIMD", () => {
  it("the reference backend trains, with one warning for any number of models", () => {
    const { stdout, stderr } = withoutSimd(`
      for (let i = 0; i < 3; i++) {
        const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })] });
        model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
        await model.fit({ x: [[1]], y: [2] });
        console.log(model.info().backend);
      }`);
    expect(stdout).toBe("reference\nreference\nreference\n");
    expect(stderr.match(/simdgrad: this engine has no WebAssembly SIMD/g)).toHaveLength(1);
  });

  it(`backend: "wasm" is refused`, () => {
    const { stdout } = withoutSimd(`
      await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })], backend: "wasm" })
        .catch((error) => console.log(error.name, error.message));`);
    expect(stdout).toMatch(/^BackendError backend: "wasm" was asked for, but this engine has no WebAssembly SIMD/);
  });
});
