// The builds for bundlers and for Node show the same names, and train to the same files.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type * as library from "../src/index.js";

const ROOT = new URL("../", import.meta.url);

/** The names that a value of the library shows: its own, those of its class, and those of its prototypes. */
function shown(value: unknown): string[] {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return [];
  const names = Object.getOwnPropertyNames(value).filter((name) => !["length", "name", "prototype"].includes(name));
  if (typeof value !== "function" || !value.prototype) return names.sort();
  for (let from = value.prototype; from && from !== Object.prototype; from = Object.getPrototypeOf(from)) {
    names.push(...Object.getOwnPropertyNames(from).map((name) => `.${name}`));
  }
  return names.sort();
}

describe("the two builds", () => {
  const { exports } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"));
  const entries = Object.entries<{ node: string; default: string }>(exports).filter(([, { node }]) => node);
  const isAlone = ([name]: [string, unknown]) => !["./bullmq", "./browser"].includes(name);

  it("show the same names of members", async () => {
    for (const [name, files] of entries.filter(isAlone)) {
      const [forNode, forBundlers] = await Promise.all(
        [files.node, files.default].map((path) => import(/* @vite-ignore */ new URL(path, ROOT).href)),
      );
      for (const key of Object.keys(forNode))
        expect(shown(forBundlers[key]), `${name}: ${key}`).toEqual(shown(forNode[key]));
    }
  });

  it("train to the same files with every part that is loaded later", async () => {
    const files = await Promise.all(
      ["build/node/index.js", "build/js/index.js"].map(async (path) => {
        const { Sequential, dense, dropout, normalization, adam, lbfgs, earlyStopping }: typeof library = await import(
          /* @vite-ignore */ new URL(path, ROOT).href
        );
        const x = Array.from({ length: 96 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
        const y = x.map(([a = 0, b = 0]) => a * b);
        const layers = [normalization(), dense({ units: 8, activation: "tanh" }), dropout(0.1), dense({ units: 1 })];
        const model = await Sequential.create({ inputShape: [2], layers, seed: 3 });
        model.adapt(x);
        model.compile({ optimizer: adam({ useEma: true, clipNorm: 1 }), loss: "huber", metrics: ["r2"] });
        const control = new AbortController();
        const callbacks = [earlyStopping({ monitor: "valLoss", patience: 9 }), { onBatchEnd: () => control.abort() }];
        const data = { x, y, sampleWeight: y.map(() => 0.5) };
        const options = { epochs: 3, batchSize: 16, validationSplit: 0.25, callbacks };
        await model.fit(data, { ...options, signal: control.signal });
        const interrupted = model.save();
        const again = await Sequential.load(interrupted);
        const history = await again.fit(data, { ...options, resume: true });
        const scores = await again.evaluate(data);
        await again.trainOnBatch(data);
        async function* batches() {
          yield { x: x.slice(0, 8), y: y.slice(0, 8) };
        }
        await again.fit(() => batches(), { epochs: 2 });
        const trace = again.trace(data, { optimizer: true });
        again.compile({ optimizer: lbfgs(), loss: "meanSquaredError" });
        await again.fit(data, { epochs: 2 });
        const inWorker = await Sequential.load(again.save(), { worker: true });
        await inWorker.fit(data);
        const last = await inWorker.save();
        inWorker.dispose();
        return { interrupted, history, scores, trace, last, json: JSON.stringify(again.compiled) };
      }),
    );
    expect(files[0].history.epoch).toHaveLength(3);
    expect(files[1]).toEqual(files[0]);
  });
});
