/** The model that the command line describes. */
import { dense, type LayerSpec, type Optimizer, Sequential } from "simdgrad";
import { loadModel } from "simdgrad/node";
import type { Images } from "./data.js";
import type { Settings } from "./options.js";
import { pairs, type Terminal } from "./terminal.js";

/** Hidden layers, and one output per class. @throws OptionError for options that the library rejects. */
export function buildLayers({ hidden, activation }: Settings, classes: number): LayerSpec[] {
  return [...hidden.map((units) => dense({ units, activation })), dense({ units: classes, activation: "softmax" })];
}

/** The optimizer, with its own learning rate or the requested one. */
function optimizerOf({ optimizer, learningRate }: Settings): Optimizer {
  return learningRate === undefined ? optimizer : { type: optimizer, learningRate };
}

/** Runtime options: the same for the model that is trained and the one that is loaded again. */
export function runtimeOptions({ backend, threads, deterministic }: Settings) {
  return { backend, threads, deterministic };
}

/** A new model or, with `resume`, the one in the file. */
export async function buildModel(settings: Settings, { train, classes }: Images): Promise<Sequential> {
  if (settings.resume) return loadModel(settings.save, runtimeOptions(settings));
  const model = await Sequential.create({
    inputShape: train.inputShape,
    layers: buildLayers(settings, classes),
    seed: settings.seed,
    ...runtimeOptions(settings),
  });
  model.compile({ optimizer: optimizerOf(settings), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** Layers and settings of training. */
export function modelLines(terminal: Terminal, model: Sequential, settings: Settings): string[] {
  const { type, learningRate } = model.compiled?.optimizer ?? {};
  const optimizer = `${type}, learning rate ${learningRate}, batches of ${settings.batchSize}, seed ${settings.seed}`;
  return [...model.summary().split("\n"), "", ...pairs(terminal, [["optimizer", optimizer]])];
}

/** The backend in use, and the reason why there is none faster. Threads are chosen when training begins. */
export function runtimeLines(terminal: Terminal, model: Sequential): string[] {
  const { backend, variant, threads, reason, threadsReason } = model.info();
  const isWasm = backend === "wasm";
  const entries: [name: string, text: string][] = [
    ["runs on", isWasm ? `WebAssembly, variant "${variant}"` : "plain JavaScript (the reference backend)"],
  ];
  const hint = reason.replace("deterministic: true, so", "deterministic, so");
  if (reason) entries.push(["", hint.replace("deterministic: false", "--no-deterministic")]);
  if (isWasm) entries.push(["threads", `${threads}${threadsReason ? `: ${threadsReason}` : ""}`]);
  return pairs(terminal, entries);
}
