/**
 * The page: reads the form, starts the worker, shows rows as they arrive.
 * `?run` starts at once; `relaxed`, `threads=2` and `full` choose as the form does.
 */
import { formatTime } from "../table.js";
import type { Message, Order, Row } from "./messages.js";
import { longestTask } from "./pageTurns.js";

function find<T extends Element>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (!element) throw new Error(`page: there is no ${selector}.`);
  return element;
}

const form = find<HTMLFormElement>("form");
const button = find<HTMLButtonElement>("button");
const status = find<HTMLElement>("#status");
const body = find<HTMLTableSectionElement>("tbody");
const rows: Row[] = [];

function tag(name: string, text = "", className = ""): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  element.className = className;
  return element;
}

function bar(className: string, ratio: number, longest: number): HTMLElement {
  const element = tag("div", `${ratio.toFixed(2)}×`, `bar ${className}`);
  element.style.setProperty("--share", String(ratio / longest));
  return element;
}

/** Redraws all rows, because the longest bar sets the scale of all. */
function draw(): void {
  const longest = Math.max(...rows.map(({ plain, ours }) => plain / ours));
  body.replaceChildren(
    ...rows.map(({ name, ours, plain, tuned, rate }) => {
      const line = tag("tr");
      const times = [plain, tuned, ours].map((time) => tag("td", time === undefined ? "" : formatTime(time)));
      const chart = tag("td");
      chart.append(bar("ours", plain / ours, longest));
      if (tuned !== undefined) chart.append(bar("tuned", plain / tuned, longest));
      line.append(tag("td", name), ...times, tag("td", rate === undefined ? "" : rate.toFixed(1)), chart);
      return line;
    }),
  );
}

function show(message: Message): void {
  if (message.type === "row") {
    rows.push(message);
    draw();
    const { variant, threads } = message.engine;
    find("#engine").textContent =
      `${describeBrowser()}. Ran on ${variant}, ${threads} thread${threads > 1 ? "s" : ""}.`;
  } else if (message.type === "progress") {
    status.textContent = `${message.done + 1} of ${message.total}: ${message.name}`;
  } else {
    status.textContent = message.type === "end" ? "Done." : `Failed: ${message.message}`;
    button.disabled = false;
  }
}

/** Runs the same network on the page's own thread, once the worker is idle. */
async function showLongestTask(): Promise<void> {
  status.textContent = "Done; training on the page's own thread …";
  const milliseconds = await longestTask();
  status.textContent = `Done. While MNIST trains on the page's own thread, the longest task is ${milliseconds.toFixed(0)} ms.`;
}

function describeBrowser(): string {
  const isolated = crossOriginIsolated ? "" : ", not cross-origin isolated, so without threads";
  return `${navigator.userAgent}, ${navigator.hardwareConcurrency} cores${isolated}`;
}

function start(): void {
  const fields = new FormData(form);
  const threads = Number(fields.get("threads"));
  const setup = { backend: "auto", deterministic: !fields.has("relaxed"), threads } as const;
  rows.length = 0;
  body.replaceChildren();
  button.disabled = true;
  const worker = new Worker("worker.js", { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Message>) => {
    show(data);
    if (data.type === "end" || data.type === "error") worker.terminate();
    if (data.type === "end") void showLongestTask();
  };
  worker.onerror = ({ message }) => show({ type: "error", message });
  worker.postMessage({ setup, quick: fields.has("quick") } satisfies Order);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
find("#engine").textContent = `${describeBrowser()}.`;

const wishes = new URLSearchParams(location.search);
find<HTMLInputElement>("[name=relaxed]").checked = wishes.has("relaxed");
find<HTMLInputElement>("[name=quick]").checked = !wishes.has("full");
find<HTMLSelectElement>("[name=threads]").value = wishes.get("threads") ?? "1";
if (wishes.has("run")) start();
