/**
 * Checks of the package as it would be published: the Wasm is what the sources compile to, byte for byte, and the
 * types hold in programs that check the types of their libraries.
 */
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileWasm } from "./compileWasm.mjs";
import { classicTypeScript, installAside } from "./installAside.mjs";
import { pack, unpack } from "./tarball.mjs";

/** Programs, with code that types must allow and code that they must reject. */
const PROGRAM = "test/types/program.ts";

/** Calls of every entry. They need no types of a host. */
const ENTRIES = "test/types/entries.ts";

/** Every entry of the package but that of Node, which is for programs that have Node's types. */
function entries() {
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  const names = Object.keys(exports).map((name) => name.slice(1));
  return names.filter((name) => !/^\/(?:node$|wasm\/|package\.json)/.test(name));
}

/** Imports every public name. */
function allNames(names) {
  return names.map((entry, i) => `export * as entry${i} from "simdgrad${entry}";\n`).join("");
}

/** Types of Node, by major version: the first that is supported, those with long support, and the newest. */
const NODES = [20, 22, 24, 26];

/** Ways to compile programs: without the DOM's types and with them, without Node's types and with each version. */
function settings() {
  const bundled = { module: "esnext", moduleResolution: "bundler", types: [] };
  const nodes = NODES.map((version) => {
    const modules = installAside(`types-node-${version}`, [`@types/node@${version}`]);
    return { module: "nodenext", moduleResolution: "nodenext", types: ["node"], typeRoots: [join(modules, "@types")] };
  });
  return [
    ...[bundled, ...nodes].map((one) => ({ ...one, lib: ["es2022"] })),
    ...[bundled, nodes[0]].map((one) => ({ ...one, lib: ["es2022", "dom"] })),
  ];
}

/** Compiler settings of careful users. */
const STRICT = {
  target: "es2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
  // Types that are inferred for exports must have names.
  declaration: true,
  noEmit: true,
};

/** Compiles with the newest compiler, the project's own, and with the last one written in TypeScript. */
function typeErrors(folder) {
  const errors = [];
  const compilers = [join(process.cwd(), "node_modules"), classicTypeScript()];
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  cpSync(PROGRAM, join(folder, "program.ts"));
  cpSync(ENTRIES, join(folder, "entries.ts"));
  writeFileSync(join(folder, "all.ts"), allNames(entries()));
  writeFileSync(join(folder, "allOfNode.ts"), allNames([...entries(), "/node"]));
  for (const { typeRoots = [], ...setting } of settings()) {
    const hasNode = typeRoots.length > 0;
    // The program prints and aborts, and needs types of a host for that.
    const files = [
      hasNode ? "allOfNode.ts" : "all.ts",
      "entries.ts",
      ...(hasNode || setting.lib.includes("dom") ? ["program.ts"] : []),
    ];
    const compilerOptions = { ...STRICT, ...setting, typeRoots };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    for (const modules of compilers) {
      const args = [join(modules, "typescript/bin/tsc"), "-p", folder];
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
      if (status !== 0) errors.push(`${modules}, ${setting.lib} ${typeRoots}:\n${stdout}`);
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

/** Packs, checks, and cleans up; returns the faults by check. */
export async function checkTarball() {
  const { folder, tarball } = pack();
  try {
    const home = unpack(tarball, folder);
    return { changed: await changedWasm(home, folder), errors: typeErrors(folder) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
