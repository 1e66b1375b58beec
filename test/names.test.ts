// Tables of names in docs/guides: what they say simdgrad calls a thing can be imported, called, and given as an option.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { listNames } from "../scripts/contents.mjs";
import * as browser from "../src/browser/index.js";
import * as bullmq from "../src/bullmq/index.js";
import * as csv from "../src/csv/index.js";
import * as datasets from "../src/datasets/index.js";
import * as estimators from "../src/estimators/index.js";
import * as explain from "../src/explain/index.js";
import * as simdgrad from "../src/index.js";
import * as formats from "../src/interop/any/index.js";
import * as brain from "../src/interop/brain/index.js";
import * as code from "../src/interop/code/index.js";
import * as compact from "../src/interop/compact/index.js";
import * as keras from "../src/interop/keras/index.js";
import * as onnx from "../src/interop/onnx/index.js";
import * as quantized from "../src/interop/quantized/index.js";
import * as sklearn from "../src/interop/sklearn/index.js";
import * as tfjs from "../src/interop/tfjs/index.js";
import * as torch from "../src/interop/torch/index.js";
import * as node from "../src/node/index.js";
import * as parquet from "../src/parquet/index.js";
import * as plot from "../src/plot/index.js";
import * as report from "../src/report/index.js";
import * as scoring from "../src/scoring/index.js";
import * as search from "../src/search/index.js";
import { layerTypes } from "../src/specs/layers/all.js";
import * as table from "../src/table/index.js";
import * as tasks from "../src/tasks/index.js";
import * as worker from "../src/worker.js";

const read = (name: string) => readFileSync(new URL(`../docs/guides/${name}`, import.meta.url), "utf8");

const entries: Readonly<Record<string, object>> = {
  simdgrad,
  "simdgrad/bullmq": bullmq,
  "simdgrad/parquet": parquet,
  "simdgrad/scoring": scoring,
  "simdgrad/tasks": tasks,
  "simdgrad/csv": csv,
  "simdgrad/datasets": datasets,
  "simdgrad/estimators": estimators,
  "simdgrad/keras": keras,
  "simdgrad/node": node,
  "simdgrad/onnx": onnx,
  "simdgrad/search": search,
  "simdgrad/worker": worker,
  "simdgrad/formats": formats,
  "simdgrad/brain": brain,
  "simdgrad/code": code,
  "simdgrad/compact": compact,
  "simdgrad/quantized": quantized,
  "simdgrad/sklearn": sklearn,
  "simdgrad/tfjs": tfjs,
  "simdgrad/torch": torch,
};

/** Values that the page leaves to the reader: one for every option and argument that it names. */
async function readersPart() {
  const data = {
    x: [
      [0, 1],
      [1, 0],
    ],
    y: [0, 1],
  };
  const inputShape = [2];
  const layers = [simdgrad.normalization(), simdgrad.dense({ units: 1, activation: "sigmoid" })];
  const [optimizer, loss, metrics] = ["sgd", "binaryCrossentropy", ["accuracy"]] as const;
  const model = await simdgrad.Sequential.create({ inputShape, layers });
  model.compile({ optimizer, loss });
  return {
    ...{ data, ...data, inputShape, layers, model, optimizer, loss, metrics, epochs: 1, batchSize: 2, seed: 1 },
    ...{ weights: model.getWeights(), bytes: model.save(), path: "unused", saveBestOnly: true },
    ...{ units: 3, useBias: true, kernelInitializer: "zeros", rate: 0.5, standardDeviation: 0.1, shape: [2] },
    ...{ maxValue: 6, negativeSlope: 0.1, scale: 2, offset: 1, numTokens: 3 },
    ...{ delta: 1, posWeight: 2, labelSmoothing: 0.1, ignoreClass: -1 },
    ...{ beta: 0.5, logInput: false, full: true, eps: 0.1, logVariance: true, q: 0.5, p: 2, margin: 1 },
    compute: () => ({ loss: [], gradient: [] }),
    ...{ minValue: 0.5, axis: 1, alpha: 0.5, gamma: 2, applyClassBalancing: true },
    ...{ clip: true, handleUnknown: "ignore", drop: "ifBinary" },
    ...{ categories: "auto", minFrequency: 2, maxCategories: 3 },
    ...{ learningRate: 0.1, momentum: 0.9, nesterov: true, beta1: 0.9, beta2: 0.99, epsilon: 1e-7, amsgrad: true },
    ...{ weightDecay: 0.1, rho: 0.9, clipNorm: 1, globalClipNorm: 1, clipValue: 1 },
    ...{ useEma: true, emaMomentum: 0.9, gradientAccumulationSteps: 2 },
    ...{ restoreBestWeights: true, onEpochEnd: () => {} },
  };
}

/** Factories of which a name that is not exported may be an option. */
const takers: readonly ((option: object) => unknown)[] = [
  (option) => simdgrad.Sequential.create({ inputShape: [1], layers: [simdgrad.dense({ units: 1 })], ...option }),
  (option) => simdgrad.dense({ units: 1, ...option }),
  (option) => simdgrad.categoricalCrossentropy(option),
  (option) => simdgrad.adam(option),
  async (option) => {
    const { model, data } = await readersPart();
    return model.fit(data, { callbacks: [option] });
  },
];

async function isTaken(option: object): Promise<boolean> {
  const answers = await Promise.allSettled(takers.map(async (take) => take(option)));
  return answers.some(({ status }) => status === "fulfilled");
}

/** Runs what stands in the page, with the exports of an entry in scope. @throws what is not true */
async function tryOut(text: string, entry: string): Promise<void> {
  const exported = entries[entry] ?? expect.fail(`no entry ${entry}`);
  if (/^\w+$/.test(text) && text in exported) return;
  const scope = await readersPart();
  expect(Object.keys(scope).filter((name) => name in simdgrad)).toEqual([]);
  const evaluate = (code: string) => {
    const known = { ...exported, ...scope };
    return new Function(...Object.keys(known), `return (async () => (${code}))()`)(...Object.values(known));
  };
  if (!/^(?:\w+|\w+: \w+)$/.test(text)) await evaluate(text);
  else if (!(await isTaken(await evaluate(`{ ${text} }`))))
    throw new Error(`${text} is neither exported nor an option`);
}

const spansOf = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

/** The names in one cell, each with its stated entry: the one named after it, before a semicolon. */
function namesIn(cell: string, first: string): [text: string, entry: string][] {
  const spelled = cell.replace(/^the same\b/, first);
  return spelled.split(";").flatMap((clause) => {
    const names: [string, string][] = [];
    let pending: string[] = [];
    for (const span of spansOf(clause)) {
      if (span in entries) {
        names.push(...pending.map((text): [string, string] => [text, span]));
        pending = [];
      } else pending.push(span);
    }
    return [...names, ...pending.map((text): [string, string] => [text, "simdgrad"])];
  });
}

/** The tables of a page: cells, row by row, the header first. */
function tablesOf(page: string): string[][][] {
  const blocks = page.match(/^(?:\|.*\n?)+/gm) ?? [];
  return blocks.map((block) => {
    const lines = block.split("\n").filter((line) => line !== "" && !line.startsWith("| ---"));
    return lines.map((line) => {
      const cells = line.split("|").slice(1, -1);
      return cells.map((cell) => cell.trim());
    });
  });
}

const page = read("names.md");
const tables = tablesOf(page);
const scores = tablesOf(read("metrics.md")).filter(([header]) => header[0] === "scikit-learn");
const [layers] = tablesOf(read("layers.md")).filter(([header]) => header[0] === "Keras");
const names = [...tables, layers, ...scores].flatMap(([, ...rows]) =>
  rows.flatMap((row) => namesIn(row[row.length - 1], row[0])),
);

describe("names in tables", () => {
  it("are in the last column of every table of names.md, and of one of layers.md and of metrics.md", () => {
    for (const [header] of tables) expect(header[header.length - 1]).toBe("simdgrad");
    expect(tables.length).toBe(page.match(/^## /gm)?.length);
    expect(scores.map(([header]) => header)).toEqual([["scikit-learn", "here"]]);
    expect(names.length).toBeGreaterThan(120);
  });

  it.each(layerTypes)("say what %s is elsewhere", (type) => {
    expect(layers.some((row) => row[row.length - 1].includes(`\`${type}(`))).toBe(true);
  });

  it.each(names)("%s of %s", tryOut);

  it.each([
    ["dense({ neurons: 3 })", "simdgrad", /unknown option "neurons"/],
    ["model.fitAll(data)", "simdgrad", /not a function/],
    ["gridSearch", "simdgrad", /not defined/],
    ["clipNorms", "simdgrad", /not defined/],
    ["trainableWeights: false", "simdgrad", /neither exported nor an option/],
  ])("would refuse %s of %s", async (text, entry, message) => {
    await expect(tryOut(text, entry)).rejects.toThrow(message);
  });
});

it("contents.md lists the names of the tables: run `npm run build`, and commit it", () => {
  const { activationNames, initializerNames, lossNames, metricNames, optimizerNames } = simdgrad;
  const lists = {
    activationNames,
    initializerNames,
    lossNames,
    metricNames,
    optimizerNames,
  };
  const page = read("contents.md");
  expect(page).toBe(listNames(page, lists));
  expect(page).toContain("`sparsePlus`");
});

/** Entries without a table of names: nothing elsewhere is like them. */
const entriesByThemselves: Readonly<Record<string, object>> = {
  "simdgrad/browser": browser,
  "simdgrad/explain": explain,
  "simdgrad/plot": plot,
  "simdgrad/report": report,
  "simdgrad/table": table,
};
const everyEntry = Object.entries({ ...entries, ...entriesByThemselves });

it("every entry of the package is among those that are compared", () => {
  const exported = Object.keys(manifest.exports).filter((path) => !/\.json$|\*/.test(path));
  expect(everyEntry.map(([name]) => name).sort()).toEqual(exported.map((path) => path.replace(".", "simdgrad")).sort());
});

it.each(everyEntry)("contents.md says each function of %s, or links to a guide that does", (entry, exported) => {
  const page = read("contents.md");
  if (entry !== "simdgrad") expect(page).toContain(`\`${entry}\``);
  const said = [page, ...Array.from(page.matchAll(/\]\((\w+\.md)/g), ([, guide]) => read(guide))].join("");
  const functions = Object.keys(exported).filter((name) => !/^[A-Z]/.test(name));
  expect(functions.filter((name) => !new RegExp(`\\b${name}\\b`).test(said))).toEqual([]);
});

/** Functions of which no other library has the like, and lists of names. */
const ONLY_HERE = [
  ...["describeTape", "trainingControl", "findingCodes", "formatFindings", "transformerFromJSON", "saveFile"],
  ...["formatClassificationReport", "formatConfusionMatrix"],
];

it.each(Object.entries(entries))("every function of %s is in a table", (_, exported) => {
  const said = ["names.md", "layers.md", "metrics.md"].map(read).join("");
  const missing = Object.keys(exported).filter((name) => {
    const isClass = /^[A-Z]/.test(name);
    return (
      !isClass && !/(Names|Types)$/.test(name) && !ONLY_HERE.includes(name) && !new RegExp(`\\b${name}\\b`).test(said)
    );
  });
  expect(missing).toEqual([]);
});

it.each(["README.md", "CHANGELOG.md"])("%s counts layers, activations, losses and optimizers right", (file) => {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8").replace(/\s+/g, " ");
  const { activationNames, lossNames, optimizerNames } = simdgrad;
  for (const [names, what] of [
    [layerTypes, "layers"],
    [activationNames, "activations"],
    [lossNames, "losses"],
    [optimizerNames, "optimizers"],
  ] as const) {
    const [, count] = text.match(new RegExp(`(\\d+) ${what}\\b`)) ?? [];
    expect(Number(count), what).toBe(names.length);
  }
});
