/** Compiles `functions.as.ts`, in memory, and lets tests call the elementary functions of the kernels. */
import asc from "assemblyscript/asc";

export const functionNames = ["exp", "expm1", "log", "log1p", "sigmoid", "tanh", "softplus", "erfc"] as const;
export type FunctionName = (typeof functionNames)[number];
export type VectorFunction = (x: Float32Array) => Float32Array;

/** @param features AssemblyScript features to enable, as in asconfig.json */
export async function compileFunctions(features: readonly string[]): Promise<Record<FunctionName, VectorFunction>> {
  let bytes = new Uint8Array();
  // A config that is not there: the default one would add its own entry.
  const settings = ["--config", "none", "--runtime", "stub", "--importMemory", "--noExportMemory", "--noAssert", "-O3"];
  const enabled = features.flatMap((feature) => ["--enable", feature]);
  const { error, stderr } = await asc.main(
    ["test/support/functions.as.ts", ...settings, ...enabled, "--outFile", "functions.wasm"],
    {
      writeFile: (_name, contents) => {
        if (typeof contents !== "string") bytes = Uint8Array.from(contents);
      },
    },
  );
  if (error) throw new Error(`asc: ${error.message}\n${stderr}`);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes), { env: { memory } });

  const call = (name: FunctionName) => (x: Float32Array) => {
    const run = exports[name] as (x: number, y: number, count: number) => void;
    const count = Math.ceil(x.length / 4) * 4;
    const missing = 2 * count * 4 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    new Float32Array(memory.buffer).set(x);
    run(0, count * 4, count);
    return new Float32Array(memory.buffer, count * 4, x.length).slice();
  };
  return Object.fromEntries(functionNames.map((name) => [name, call(name)])) as Record<FunctionName, VectorFunction>;
}
