/** Two runs in words: the settings in which they differ, and how far each has come. Pure. */
import type { EpochLog } from "./engine/protocol.js";
import { short } from "./numbers.js";
import { differing, type Setup } from "./setup.js";

const labels: Partial<Record<keyof Setup, string>> = {
  variations: "Varied copies of the training images",
  features: "Inputs",
  hidden: "Hidden layers",
  activation: "Activation",
  regularization: "Regularization",
  regularizationRate: "Regularization rate",
  dropout: "Dropout",
  batchNormalization: "Batch normalization",
  optimizer: "Optimizer",
  learningRate: "Learning rate",
  batchSize: "Batch size",
  loss: "Loss",
  seed: "Seed of the weights",
  backend: "Runs on",
};

export interface Difference {
  readonly key: keyof Setup;
  readonly label: string;
  readonly a: string;
  readonly b: string;
}

function worded(value: Setup[keyof Setup]): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(", ");
  return String(value);
}

/** Settings in which run A differs from run B, in the order of the page. */
export function differencesOf(a: Setup, b: Setup): Difference[] {
  const isFree = a.regularization === "none" && b.regularization === "none";
  return differing(a, b)
    .filter((key) => key in labels && !(isFree && key === "regularizationRate"))
    .map((key) => ({ key, label: labels[key] ?? key, a: worded(a[key]), b: worded(b[key]) }));
}

type Logs = readonly EpochLog[];

/** Epochs of both runs in their order, with the logs of each; `null` where a run has none. */
export function sideBySide(a: Logs, b: Logs): { epoch: number; a: EpochLog | null; b: EpochLog | null }[] {
  const [ofA, ofB] = [a, b].map((logs) => new Map(logs.map((log) => [log.epoch, log])));
  const epochs = [...new Set([...ofA.keys(), ...ofB.keys()])].sort((one, other) => one - other);
  return epochs.map((epoch) => ({ epoch, a: ofA.get(epoch) ?? null, b: ofB.get(epoch) ?? null }));
}

/** Which run is better after the last epoch that both have, in a sentence. */
export function verdictOf(a: Logs, b: Logs): string {
  const last = sideBySide(a, b).findLast((each) => each.a && each.b);
  if (!last?.a || !last.b) return "Once both have trained, the page says here which has the lower loss.";
  const hasTest = !Number.isNaN(last.b.valLoss);
  const [ofA, ofB] = [last.a, last.b].map(({ loss, valLoss }) => (hasTest ? valLoss : loss));
  const what = `${hasTest ? "test" : "training"} loss`;
  const after = `After epoch ${last.epoch.toLocaleString("en")}`;
  if (Object.is(ofA, ofB)) return `${after} both have the same ${what}: ${short(ofB)}.`;
  const [winner, low, high] = ofB < ofA ? ["B", ofB, ofA] : ["A", ofA, ofB];
  return `${after} run ${winner} has the lower ${what}: ${short(low)} against ${short(high)}.`;
}
