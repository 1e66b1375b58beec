// The tables of options in src/, as the library itself reads them, and the types in its declarations that follow from
// them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import type { OptionTable } from "../../src/base/options.js";
import { ROOT } from "./editor.js";

/** A table with its place. */
export interface FoundTable {
  /** Relative to src/, without the ending: `specs/layers/dense`. */
  readonly file: string;
  readonly name: string;
  readonly table: OptionTable;
}

const SRC = join(ROOT, "src");

/** Files that make or use tables, relative to src/, without the ending. */
function filesWithTables(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && /from ".*\boptions\.js"/.test(readFileSync(join(SRC, path), "utf8")))
    .map((path) => path.slice(0, -".ts".length))
    .sort();
}

/** Exports every object literal of a file under its name, so that tables need not be public to be looked at. */
const exportAll: Plugin = {
  name: "export all",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const names = [...text.matchAll(/^const (\w+)(?:: [^=]+)? = \{/gm)].map(([, name]) => name);
      return { contents: `${text}\nexport { ${names.join(", ")} };`, loader: "ts" };
    });
  },
};

function isTable(value: unknown): value is OptionTable {
  if (typeof value !== "object" || value === null) return false;
  const lines = Object.values(value);
  return lines.length > 0 && lines.every((line) => typeof line?.check === "function" && "presence" in line);
}

/** Every table of src/. */
export async function readTables(): Promise<FoundTable[]> {
  const files = filesWithTables();
  const contents = files.map((file, i) => `export * as m${i} from "./${file}.js";`).join("\n");
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: SRC, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    plugins: [exportAll],
    logLevel: "error",
  });
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-tables-"));
  const path = join(folder, "tables.mjs");
  writeFileSync(path, outputFiles[0].contents);
  const modules: Record<string, Record<string, unknown>> = await import(pathToFileURL(path).href);
  rmSync(folder, { recursive: true });
  return files.flatMap((file, i) =>
    Object.entries(modules[`m${i}`]).flatMap(([name, table]) => (isTable(table) ? [{ file, name, table }] : [])),
  );
}

/** Types in the declarations of a file that follow from a table: interfaces, and what functions take and return. */
export function typesOf({ file, name }: FoundTable): string[] {
  const declarations = readFileSync(join(ROOT, "build/js", `${file}.d.ts`), "utf8");
  const place = `import("./build/js/${file}.js")`;
  const isOfTable = (text: string) => new RegExp(`\\btypeof ${name}\\b`).test(text);
  const interfaces = [...declarations.matchAll(/^export interface (\w+) extends ([^{]+)\{/gm)];
  const functions = [...declarations.matchAll(/^export declare function (\w+)\((.*)\): (.*);/gm)];
  return [
    ...interfaces.filter(([, , bases]) => isOfTable(bases)).map(([, type]) => `${place}.${type}`),
    ...functions.flatMap(([, called, taken, returned]) => [
      ...(isOfTable(taken) ? [`NonNullable<Parameters<typeof ${place}.${called}>[0]>`] : []),
      ...(isOfTable(returned) ? [`ReturnType<typeof ${place}.${called}>`] : []),
    ]),
  ];
}
