/** `npm run bench -- page`: bundles the page and serves it on localhost with the headers that threads need. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

/** Without these two headers there is no SharedArrayBuffer, and without that there are no threads. */
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cache-Control": "no-store",
};

/** Everything the page consists of, by path. */
async function bundle(): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: [`${FOLDER}page.ts`, `${FOLDER}worker.ts`],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outdir: FOLDER,
    write: false,
    absWorkingDir: FOLDER,
  });
  const files = outputFiles.map(({ path, contents }) => [`/${path.slice(FOLDER.length)}`, contents] as const);
  const [html, css] = await Promise.all(["index.html", "style.css"].map((name) => readFile(FOLDER + name)));
  return new Map([...files, ["/", html], ["/style.css", css]]);
}

/** Serves until the process ends. */
export async function servePage(port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port: expected a number from 0 to 65535, got ${port}.`);
  }
  const files = await bundle();
  const server = createServer(({ url = "/" }, response) => {
    const path = url.split("?")[0];
    const contents = files.get(path);
    response.writeHead(contents ? 200 : 404, { ...HEADERS, "Content-Type": TYPES[extname(path) || ".html"] ?? "" });
    response.end(contents);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", resolve);
  });
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  console.log(`http://localhost:${bound}/  (?run starts at once; &threads=2 &relaxed &full choose; end with Ctrl+C)`);
}
