/**
 * Builds the playground into one file beside the page: script, styles, worker, Wasm and data sets are in it, so that it
 * opens from a folder or a USB stick, without a host and without a connection.
 */
import { join } from "node:path";
import { build, type PluginBuild } from "esbuild";
import { defineConfig, type Plugin } from "vite";
import { OFFLINE } from "./src/offline.js";
import pages, { mnistSample } from "./vite.config.js";

const WORKER = "virtual:engine-worker";

/** Replaced text of the module that starts the engine. */
const REPLACED = [
  [
    'new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "playground" })',
    'new Worker(URL.createObjectURL(new Blob([engineWorker])), { name: "playground" })',
  ],
  // The engine is in the file once, in its worker.
  ['const { Engine } = await import("./engine.js");', "throw new Error(reason);"],
] as const;

/** The program of the worker as one classic script: Chromium starts no module worker in a page from a folder. */
async function workerText(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "src/engine/worker.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2023",
    logOverride: { "empty-import-meta": "silent" },
    plugins: [{ name: "mnist-sample", setup: sampleForEsbuild }],
  });
  return outputFiles[0].text;
}

/** The sample of MNIST, from the same plugin as in the page. */
function sampleForEsbuild({ onResolve, onLoad }: PluginBuild): void {
  const { resolveId, load } = mnistSample();
  onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path: String(resolveId(path)), namespace: "sample" }));
  onLoad({ filter: /./, namespace: "sample" }, async ({ path }) => ({ contents: (await load(path)) ?? "" }));
}

/** The engine from the file itself: browsers start no worker from another file of a folder. */
function inlineWorker(): Plugin {
  return {
    name: "inline-worker",
    enforce: "pre",
    resolveId: (id) => (id === WORKER ? `\0${WORKER}` : undefined),
    load: async (id) => (id === `\0${WORKER}` ? `export default ${JSON.stringify(await workerText())};` : undefined),
    transform(code, id) {
      if (!id.endsWith("/engine/client.ts")) return undefined;
      let changed = `import engineWorker from "${WORKER}";\n${code}`;
      for (const [from, to] of REPLACED) {
        if (!changed.includes(from)) throw new Error(`client.ts: expected ${from}`);
        changed = changed.replace(from, () => to);
      }
      return changed;
    },
  };
}

/** Puts script and styles into the page, and gives it its name. */
function oneFile(): Plugin {
  return {
    name: "one-file",
    enforce: "post",
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const page = files.find(({ fileName }) => fileName === "index.html");
      if (page?.type !== "asset") throw new Error("The build has no page.");
      let html = String(page.source);
      for (const file of files.filter((each) => each !== page)) {
        delete bundle[file.fileName];
        if (file.type === "chunk") {
          const tag = new RegExp(`<script[^>]*${file.fileName}"></script>`);
          if (!tag.test(html)) throw new Error(`The page does not load ${file.fileName}.`);
          // Text between "<" and "script" would end or begin a script in HTML.
          const code = file.code.replaceAll("__VITE_PRELOAD__", "void 0").replaceAll(/<(?=\/?script|!--)/gi, "\\x3c");
          html = html.replace(tag, "").replace("</body>", () => `<script type="module">${code}</script>\n</body>`);
        } else if (file.fileName.endsWith(".css")) {
          html = html.replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${file.source}</style>`);
        }
      }
      page.fileName = OFFLINE;
      page.source = html;
    },
  };
}

export default defineConfig({
  ...pages,
  plugins: [...(pages.plugins ?? []), inlineWorker(), oneFile()],
  define: { "import.meta.env.VITE_ONE_FILE": "true" },
  build: {
    ...pages.build,
    emptyOutDir: false,
    chunkSizeWarningLimit: 10_000,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: false } },
  },
});
