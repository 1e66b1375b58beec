// Threads: how their end is told.
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { startThread } from "../../src/runtime/thread.js";

it("tells the end of a worker once: an error is followed by an exit", async () => {
  const ends: string[] = [];
  const program = `listen(() => { throw new Error("broken"); });`;
  const thread = await startThread(program, { onMessage: () => {}, onEnd: (reason) => ends.push(reason) });
  thread.post("go");
  await expect.poll(() => ends.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await pause(300);
  expect(ends).toEqual(["broken"]);
});

it("tells no end of a worker that never started", async () => {
  const ends: string[] = [];
  const started = startThread("throw new Error('at once');", {
    onMessage: () => {},
    onEnd: (reason) => ends.push(reason),
  });
  await expect(started).rejects.toThrow("at once");
  await pause(300);
  expect(ends).toEqual([]);
});

it("gives later workers of a program the code that V8 compiled for the first", async () => {
  // Its own text, so that no other test has run it.
  const program = `listen((message) => answer([message, typeof require("node:worker_threads").workerData[1]])); // kept`;
  const messages: unknown[] = [];
  for (const name of ["first", "second"]) {
    const thread = await startThread(program, { onMessage: (message) => messages.push(message), onEnd: () => {} });
    thread.hold(true);
    thread.post(name);
    await expect.poll(() => messages.flat(), { timeout: 10_000 }).toContain(name);
    thread.terminate();
  }
  expect(messages).toEqual([
    ["first", "undefined"],
    ["second", "object"],
  ]);
});

it("lets a program load modules, the first time and with the code of the first", async () => {
  const program = `
listen(async (name) => {
  const os = await load("node:os");
  answer([name, typeof os.cpus]);
});`;
  for (const name of ["first", "second"]) {
    const messages: unknown[] = [];
    const thread = await startThread(program, { onMessage: (message) => messages.push(message), onEnd: () => {} });
    thread.hold(true);
    thread.post(name);
    await expect.poll(() => messages, { timeout: 10_000 }).toEqual([[name, "function"]]);
    thread.terminate();
  }
});
