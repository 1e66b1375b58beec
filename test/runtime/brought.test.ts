/** Modules that the caller brings, and hosts that compile no bytes: as edge hosts do, by the switch of a vm context. */
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { BackendError, dense, OptionError, Sequential, type WasmSource } from "../../src/index.js";
import { blobs, classifier, stateOf } from "../model/models.js";
import { compile, wasmBytes } from "../support/rawWasm.js";

const data = blobs(40);

async function trained(wasm?: WasmSource | WasmSource[]): Promise<string> {
  const model = await classifier({ threads: 1, ...(wasm === undefined ? {} : { wasm }) });
  await model.fit(data, { epochs: 2 });
  return stateOf(model);
}

describe("wasm", () => {
  it.each<[string, () => WasmSource | WasmSource[]]>([
    ["a module", () => compile("simd")],
    ["a list of modules", () => [compile("simd-threads"), compile("simd")]],
    ["a Uint8Array", () => wasmBytes("simd")],
    ["an ArrayBuffer", () => wasmBytes("simd").buffer],
  ])("may be %s, and gives the bits of the embedded build", async (_, wasm) => {
    expect(await trained(wasm())).toBe(await trained());
  });

  it("gives threads where their build is among them, and else says why not", async () => {
    const both = await classifier({ threads: 2, wasm: [compile("simd"), compile("simd-threads")] });
    expect(both.info()).toMatchObject({ threads: 2, variant: "simd-threads" });
    const one = await classifier({ threads: 2, wasm: compile("simd") });
    expect(one.info()).toMatchObject({ threads: 1, threadsReason: `wasm: no "simd-threads" build was given` });
  });

  it("falls back to the strict build where the relaxed one was not brought", async () => {
    const model = await classifier({ deterministic: false, threads: 1, wasm: compile("simd") });
    expect(model.info().variant).toBe("simd");
    expect(model.info().reason).toMatch(/no "relaxed" build was given|no relaxed SIMD/);
  });

  it("is taken by load as well", async () => {
    const model = await classifier();
    const loaded = await Sequential.load(model.save(), { threads: 1, wasm: compile("simd") });
    expect(stateOf(loaded)).toBe(stateOf(model));
  });

  // (module), which is not one of ours.
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  const aged = () => {
    const bytes = wasmBytes("simd");
    bytes[bytes.length - 1] ^= 1;
    return bytes;
  };
  it.each<[string, () => unknown, typeof OptionError | typeof BackendError, RegExp]>([
    ["a URL", () => "simd.wasm", OptionError, /expected a WebAssembly.Module or the bytes of one.*got "simd.wasm"/],
    ["null", () => null, OptionError, /got null/],
    ["nothing in a list", () => [], OptionError, /at least one module/],
    ["bytes that are not Wasm", () => new Uint8Array(16), BackendError, /could not be compiled/],
    ["another module", () => empty, BackendError, /a module that is not simdgrad's/],
    ["a build of another version", aged, BackendError, /"simd" of another version/],
    [
      "a build without the one needed",
      () => compile("simd-threads"),
      BackendError,
      /"simd" is needed, got simd-threads/,
    ],
  ])("rejects %s", async (_, wasm, Expected, message) => {
    const options = { inputShape: [1], layers: [dense({ units: 1 })], wasm: wasm() as WasmSource };
    const refusal = await Sequential.create(options).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Expected);
    expect((refusal as Error).message).toMatch(message);
  });
});

describe("a host that compiles no bytes", () => {
  let program = "";
  beforeAll(async () => {
    const contents = `
      import { Sequential, dense } from "./build/js/index.js";
      globalThis.train = async (options) => {
        const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })], ...options });
        model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
        await model.fit({ x: [1, 2], y: [2, 4] }, { epochs: 3 });
        return [model.info().variant, ...model.getWeights()[0].data];
      };`;
    const stdin = { contents, resolveDir: process.cwd() };
    const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "iife", platform: "browser" });
    program = outputFiles[0].text;
  });

  function open() {
    const hostHas = { performance, TextDecoder, TextEncoder, AbortSignal, Blob, Response, DecompressionStream };
    const globals = { ...hostHas, setTimeout, atob, console };
    const context = createContext({ ...globals }, { codeGeneration: { strings: false, wasm: false } });
    runInContext(program, context);
    const { train } = context as { train(options: object): Promise<unknown[]> };
    // A module that the host compiled from an import is of the program's own class.
    const module = new WebAssembly.Module(wasmBytes("simd"));
    Object.setPrototypeOf(module, runInContext("WebAssembly.Module.prototype", context) as object);
    return { train, module };
  }

  it("says so, and what to do", async () => {
    const refusal = await open()
      .train({})
      .catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ name: "BackendError", message: expect.stringContaining("'wasm-unsafe-eval'") });
    expect(refusal).toMatchObject({ message: expect.stringMatching(/give wasm: .*backend: "reference"/) });
  });

  it("trains with the module that it imported, to the bits of other hosts", async () => {
    const { train, module } = open();
    const [variant, weight] = await train({ wasm: module });
    expect(variant).toBe("simd");
    const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await model.fit({ x: [1, 2], y: [2, 4] }, { epochs: 3 });
    expect(weight).toBe(model.getWeights()[0].data[0]);
  });

  it("trains on the reference backend", async () => {
    expect((await open().train({ backend: "reference" }))[0]).toBeNull();
  });
});
