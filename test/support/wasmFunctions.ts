/** Compiles `functions.as.ts`, in memory, and lets tests call the elementary functions of the kernels. */
import asc from "assemblyscript/asc";

export const functionNames = ["exp", "expm1", "log", "log1p", "sigmoid", "tanh", "softplus", "erfc"] as const;
export type FunctionName = (typeof functionNames)[number];
export type VectorFunction = (x: Float32Array) => Float32Array;
/** All of them, and the sine of an angle given as an integer part of a turn. */
export type Functions = Record<FunctionName, VectorFunction> & { sineOfTurn: (x: Int32Array) => Float32Array };

/** @param features AssemblyScript features to enable, as in asconfig.json */
export async function compileFunctions(features: readonly string[]): Promise<Functions> {
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

  const call = (name: keyof Functions) => (x: Float32Array | Int32Array) => {
    const run = exports[name] as (x: number, y: number, count: number) => void;
    const count = Math.ceil(x.length / 4) * 4;
    const missing = 2 * count * 4 - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    new Uint8Array(memory.buffer).set(new Uint8Array(x.buffer, x.byteOffset, x.byteLength));
    run(0, count * 4, count);
    return new Float32Array(memory.buffer, count * 4, x.length).slice();
  };
  const names = [...functionNames, "sineOfTurn"] as const;
  return Object.fromEntries(names.map((name) => [name, call(name)])) as unknown as Functions;
}
