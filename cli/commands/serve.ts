/** `serve`: answers over HTTP, on this machine unless told otherwise. */
import type { Server } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { failure, INTERRUPTED } from "../failure.js";
import { nameOf, readModel } from "../files/tables.js";
import type { Io } from "../io.js";
import { appFor } from "../server/app.js";
import { Report } from "../ui/report.js";
import { version } from "../version.js";

export interface ServeFlags {
  readonly port?: number;
  readonly host?: string;
  readonly limit?: number;
  readonly rate?: number;
  readonly strict?: boolean;
  readonly threads?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Milliseconds that running requests have to end. */
const GRACE = 5000;
/** Milliseconds in which a request must have arrived. */
const PATIENCE = 30_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;

function wordsOf({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === "EADDRINUSE")
    return `port ${port} is taken. Choose another: --port ${port + 1}, or --port 0 for a free one.`;
  if (code === "EACCES") return `port ${port} may not be used. Choose one above 1023: --port 3000.`;
  if (code === "ENOTFOUND" || code === "EADDRNOTAVAIL" || code === "EAI_AGAIN") {
    return `${JSON.stringify(host)} is not an address of this machine. Choose another: --host 127.0.0.1, or 0.0.0.0 for all.`;
  }
  return `the server could not start: ${message}`;
}

/** Listens, and resolves to the port. */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(failure(wordsOf(error, host, port))));
    server.listen(port, host, () => resolve((server.address() as { port: number }).port));
  });
}

/**
 * Makes a function that takes no new requests, and ends when those that run are answered. Node's own `close` cuts answers
 * that wait for a slow reader, and waits for connections that are kept.
 */
function closer(server: Server): () => Promise<void> {
  const running = new Map<Socket, number>();
  let isClosing = false;
  const add = (socket: Socket, requests: number) => {
    const left = (running.get(socket) ?? 0) + requests;
    running.set(socket, left);
    if (isClosing && left === 0) socket.end();
  };
  server.on("connection", (socket: Socket) => {
    add(socket, 0);
    socket.once("close", () => running.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    add(socket, 1);
    response.once("close", () => {
      if (running.has(socket)) add(socket, -1);
    });
  });
  return () =>
    new Promise((resolve) => {
      isClosing = true;
      const timer = setTimeout(() => server.closeAllConnections(), GRACE);
      NetServer.prototype.close.call(server, () => {
        clearTimeout(timer);
        server.close(); // ends its timers
        resolve();
      });
      for (const [socket, requests] of running) if (requests === 0) socket.destroy();
    });
}

export async function serve(path: string, flags: ServeFlags, io: Io): Promise<number> {
  const { port = 3000, host = "127.0.0.1", limit = 2 ** 20, rate = null, strict = false } = flags;
  const report = new Report(io, flags);
  // One row at a time is too little work for threads.
  const model = await readModel(path, flags.threads ?? 1);
  const addressOf = (context: Parameters<typeof getConnInfo>[0]) => getConnInfo(context).remote.address ?? "";
  const app = appFor(model, { limit, rate, strict, version: version(), addressOf });
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { requestTimeout: PATIENCE } }) as Server;
  const close = closer(server);
  try {
    const actual = await listen(server, host, port);
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
    if (!LOOPBACK.test(host)) report.warn(`everyone who reaches ${host} can ask this model. There is no password.`);
    report.line(`${nameOf(path)} answers at ${url}. Ctrl-C stops it.`);
    const [first] = model.columns;
    const example = JSON.stringify({ [first.name]: first.categories?.[0] ?? null }).replaceAll("'", "'\\''");
    report.section("Try", [
      `${url}  a form`,
      `curl ${url}/predict -H 'content-type: application/json' -d '${example}'`,
      `${url}/schema  OpenAPI`,
    ]);
    if (flags.json) report.json({ command: "serve", model: path, url });
    await new Promise<void>((resolve) => {
      if (io.signal.aborted) resolve();
      io.signal.addEventListener("abort", () => resolve());
    });
    await close();
    return INTERRUPTED;
  } finally {
    model.dispose();
  }
}
