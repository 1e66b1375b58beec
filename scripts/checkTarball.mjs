/**
 * Checks of the package as it would be published: the Wasm is what the sources compile to, byte for byte, and the
 * types hold in programs that check the types of their libraries.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileWasm } from "./compileWasm.mjs";
import { installAside } from "./installAside.mjs";
import { pack, unpack } from "./tarball.mjs";

/** Every public name is drawn in, and the result of `create` used. */
const PROGRAM = `
import * as simdgrad from "simdgrad";
import { type History, type RuntimeOptions, Sequential, dense } from "simdgrad";
export const names: string[] = Object.keys(simdgrad);
export async function train(options: RuntimeOptions): Promise<History> {
  const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })], ...options });
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  const prediction: Float32Array = model.predict([1]);
  return model.fit({ x: [1, 2], y: prediction });
}
`;
const NODE_PROGRAM = `${PROGRAM}export { loadModel, mnist } from "simdgrad/node";\n`;

/** How a program is compiled: for a bundler without Node's types, and for Node. */
const SETTINGS = [
  { program: PROGRAM, module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] },
  { program: NODE_PROGRAM, module: "nodenext", moduleResolution: "nodenext", lib: ["es2022", "dom"], types: ["node"] },
];

/** With the newest compiler, which is the project's own, and with the last that was written in TypeScript. */
function typeErrors(folder) {
  const errors = [];
  // Not a development dependency: it would take the place of the other under the name `tsc`.
  const compilers = [join(process.cwd(), "node_modules"), installAside("typescript-5", ["typescript@5.9.3"])];
  for (const { program, ...compilerOptions } of SETTINGS) {
    const options = { ...compilerOptions, target: "es2022", strict: true, skipLibCheck: false, noEmit: true };
    const typeRoots = [join(process.cwd(), "node_modules/@types")];
    writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
    writeFileSync(join(folder, "program.ts"), program);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...options, typeRoots }, files: ["program.ts"] }),
    );
    for (const modules of compilers) {
      const args = [join(modules, "typescript/bin/tsc"), "-p", folder];
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
      if (status !== 0) errors.push(`${modules}, ${options.moduleResolution}:\n${stdout}`);
    }
  }
  return errors;
}

/** Files of the package's Wasm folder that differ from a new build, or are missing from one of the two. */
async function changedWasm(home, folder) {
  const rebuilt = join(folder, "rebuilt");
  const { log } = console;
  console.log = () => {};
  await compileWasm(rebuilt).finally(() => {
    console.log = log;
  });
  const shipped = readdirSync(join(home, "build/wasm"));
  if (shipped.length === 0) return ["nothing is shipped"];
  return shipped.filter(
    (file) => !readFileSync(join(home, "build/wasm", file)).equals(readFileSync(join(rebuilt, file))),
  );
}

/** Packs, looks, and cleans up: what is wrong, by check. */
export async function checkTarball() {
  const { folder, tarball } = pack();
  try {
    const home = unpack(tarball, folder);
    return { changed: await changedWasm(home, folder), errors: typeErrors(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
