/** Serves the scenes to one browser, one after the other, and collects what each reports. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "./finder.js";
import { launch } from "./launch.js";
import type { Scene } from "./scenes.js";
import type { Report } from "./suite.js";

const PAGE = `<!doctype html><meta charset="utf-8"><title>simdgrad</title>
<script src="watch.js"></script><script type="module" src="suite.js"></script>`;
/** Reports a suite that cannot even begin. */
const WATCH = `addEventListener("error", async ({ message }) => {
  const body = JSON.stringify({ results: [], failure: "the page failed: " + message });
  location.href = await (await fetch("report", { method: "POST", body })).text();
});`;
const FAREWELL = "<!doctype html><title>done</title>";

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

/** Plays all scenes in a browser. Those it did not come to report so. */
export async function play(
  browser: Browser,
  scenes: readonly Scene[],
  suite: string,
  limit: number,
): Promise<Map<string, Report>> {
  const reports = new Map<string, Report>();
  const addressOf = (scene: Scene | undefined) =>
    scene ? `/${scene.name}/?place=${scene.place}&files=${scene.files.join(",")}` : "/done/";
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name, file] = (request.url ?? "").split(/[/?]/);
    const at = scenes.findIndex((scene) => scene.name === name);
    const reply = (type: string, content: string) => {
      response.writeHead(200, { "Content-Type": type, "Cache-Control": "no-store", ...scenes[at]?.headers });
      response.end(content);
    };
    if (at < 0) return reply("text/html", FAREWELL);
    if (file === "suite.js") return reply("text/javascript", suite);
    if (file === "watch.js") return reply("text/javascript", WATCH);
    if (request.method !== "POST") return reply("text/html", PAGE);
    reports.set(name, JSON.parse(await bodyOf(request)) as Report);
    reply("text/plain", addressOf(scenes[at + 1]));
    if (at === scenes.length - 1) finish();
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const running = launch(browser, `http://127.0.0.1:${port}${addressOf(scenes[0])}`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limit);
  });
  await Promise.race([finished, running.ended, late]);
  clearTimeout(timer);
  await running.close();
  server.closeAllConnections();
  server.close();
  const failure = `${browser.name} did not come to this scene or did not finish it.\n${running.output()}`;
  for (const { name } of scenes) if (!reports.has(name)) reports.set(name, { results: [], failure });
  return reports;
}
