/**
 * The sources of the library for a run of the tests: each file compiled once, for Node to import. Vitest would otherwise
 * compile them in each project, and wrap them in each process.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { transformSync } from "rolldown/utils";
import type { Plugin } from "vitest/config";

const ROOT = resolve(import.meta.dirname, "../..");
const OUT = join(ROOT, "build/tests");

/** What Node imports itself. */
export const COMPILED = /\/build\/tests\//;

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending) && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name));

const compiledOf = (path: string) => join(OUT, relative(ROOT, path)).replace(/\.ts$/, ".js");

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Writes only what differs, as another run may be reading it. */
function compile(path: string): void {
  const { code, map, errors } = transformSync(path, readFileSync(path, "utf8"), { sourcemap: true });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const comment = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
  const text = `${code}\n${comment}\n`;
  const target = compiledOf(path);
  if (read(target) === text) return;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** Tests of what a program has not loaded yet: their modules must be new, which Vitest's own are after `resetModules`. */
const OWN_MODULES = ["test/losses.test.ts", "test/layers/plainData.test.ts"].map((path) => join(ROOT, path));

/** Compiles `src/`, and leads imports in tests to what was compiled. Source maps in it name the sources in errors. */
export function compiledSources(): Plugin {
  const src = join(ROOT, "src");
  const sources = filesOf(src, ".ts");
  const targets = new Map(sources.map((path) => [path.replace(/\.ts$/, ".js"), compiledOf(path)]));
  mkdirSync(join(OUT, "src"), { recursive: true });
  const known = new Set(targets.values());
  for (const path of filesOf(join(OUT, "src"), ".js")) if (!known.has(path)) rmSync(path);
  for (const path of sources) compile(path);
  return {
    name: "compiled sources",
    enforce: "pre",
    resolveId(source, importer) {
      if (importer === undefined || !source.startsWith(".")) return undefined;
      if (importer.startsWith(`${src}/`) || OWN_MODULES.includes(importer)) return undefined;
      return targets.get(join(dirname(importer), source));
    },
  };
}
