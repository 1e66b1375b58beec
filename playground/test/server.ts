/** Serves the built playground: below /isolated/ with the headers that allow threads, below /plain/ without. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const SITE = fileURLToPath(new URL("../../build/playground", import.meta.url));

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export const places = ["isolated", "plain"] as const;
export type Place = (typeof places)[number];

export interface Site {
  address(place: Place): string;
  /** Addresses of what browsers have loaded from here: each once, as they keep it. */
  readonly loaded: readonly string[];
  close(): void;
}

export async function serve(): Promise<Site> {
  const loaded: string[] = [];
  const server = createServer(async ({ url = "/" }, response) => {
    const [, place, path] = /^\/(\w+)\/([^?]*)/.exec(url) ?? [];
    try {
      const file = normalize(join(SITE, path || "index.html"));
      if (!file.startsWith(SITE)) throw new Error("outside");
      const content = await readFile(file);
      const headers = place === "isolated" ? isolation : {};
      response.writeHead(200, {
        "Content-Type": types[extname(file)] ?? "application/octet-stream",
        "Cache-Control": "max-age=3600",
        ...headers,
      });
      response.end(content);
      loaded.push(url);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: (place) => `http://127.0.0.1:${port}/${place}/`,
    loaded,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
