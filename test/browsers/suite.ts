/** Runs the tests of a scene in a page or worker, and posts the report; the answer names the next page. */
import { loaders } from "tests:loaders";
import "../support/toBeAllClose.js";
import { type Result, runTests } from "./vitest.js";

/** Report of a scene. */
export interface Report {
  readonly results: readonly Result[];
  /** Errors outside of any test. */
  readonly failure: string;
}

async function runScene(prefixes: readonly string[]): Promise<Report> {
  try {
    const paths = Object.keys(loaders).filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
    return { results: await runTests(paths, (path) => loaders[path]()), failure: "" };
  } catch (error) {
    return { results: [], failure: error instanceof Error ? `${error.stack ?? error.message}` : String(error) };
  }
}

async function send(report: Report): Promise<void> {
  const response = await fetch("report", { method: "POST", body: JSON.stringify(report) });
  const next = await response.text();
  if (typeof document === "object") location.href = next;
  else postMessage(next);
}

const parameters = new URL(location.href).searchParams;
const prefixes = (parameters.get("files") ?? "").split(",");

if (typeof document === "object" && parameters.get("place") === "worker") {
  const worker = new Worker(`suite.js${location.search}`, { type: "module" });
  worker.onmessage = ({ data }) => {
    location.href = data;
  };
  worker.onerror = (event) => void send({ results: [], failure: `the worker failed: ${event.message}` });
} else {
  void runScene(prefixes).then(send);
}
