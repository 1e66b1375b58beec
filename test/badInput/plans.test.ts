// The doors of plans: searches that cannot be planned, options that a plan cannot hold, paths and indexes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { moons } from "../../src/datasets/index.js";
import { estimatorPipeline, MLPClassifier } from "../../src/estimators/index.js";
import { standardScaler } from "../../src/index.js";
import { gridSearch, randomSearch, successiveHalving } from "../../src/search/index.js";
import { makePlan, openPlan, writePlan } from "../../src/tasks/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const data = moons({ samples: 40, seed: 1 });
const folder = mkdtempSync(join(tmpdir(), "simdgrad-plan-"));
const path = join(folder, "plan.json");
const search = { estimator: "classifier", grid: { alpha: [1e-4] }, folds: 2, options: { maxEpochs: 1 } } as const;
await writePlan(path, gridSearch, data, search);
const plan = await openPlan(path);
const table = Array.from({ length: 40 }, (_, i) => ({ a: (i * 7) % 11, sold: i % 4 ? "no" : "yes" }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const make = (
  what: string,
  says: string[],
  options: object,
  by: unknown = gridSearch,
  given: unknown = data,
): Refusal => [what, "OptionError", says, () => makePlan(by as never, given as never, options as never)];
const local = (name: string, value: unknown) =>
  make(name, [`makePlan: ${name} cannot be part of a plan`, "Leave it out"], { ...search, [name]: value });
const ofTable = (what: string, says: string[], own: object, more: object = {}): Refusal =>
  make(what, says, { grid: search.grid, folds: 2, table: { target: "sold", ...own }, ...more }, gridSearch, table);

describeRefusals("makePlan", [
  make(
    "successiveHalving",
    ["successiveHalving cannot be planned", "depend on the scores", "randomSearch", "bullExecutor"],
    { ...search, space: search.grid },
    successiveHalving,
  ),
  make("no search", ["gridSearch or randomSearch", "null"], search, null),
  make("no options", ["makePlan", "null"], null as never),
  local("executor", { open: async () => [] }),
  local("workers", 2),
  local("seconds", 5),
  local("onTrial", () => {}),
  local("signal", new AbortController().signal),
  local("resume", {}),
  local("build", () => {}),
  local("fit", { epochs: 2 }),
  make("no grid", ["gridSearch: grid"], { estimator: "classifier" }),
  make("an option that no search has", ["gridSearch", "fold"], { ...search, fold: 2 }),
  make("a space for a grid", ["gridSearch", "space"], { estimator: "classifier", space: search.grid }),
  make(
    "no draws",
    ["randomSearch: trials", "got 0"],
    { estimator: "classifier", space: search.grid, trials: 0 },
    randomSearch,
  ),
  make("bits of the machine", ["deterministic: false", "Leave it out."], {
    ...search,
    options: { deterministic: false },
  }),
  make("transformers", ["transformers cannot be part", "table: { target"], {
    ...search,
    estimator: estimatorPipeline([standardScaler(), new MLPClassifier()]),
    options: undefined,
  }),
  make("a warning that is not told", ["onWarning", "function"], { ...search, onWarning: 3 }),
  ofTable("an option that no table has", ["trials"], { trials: 3 }),
  ofTable("a target that is not there", ["makePlan: table: target", '"price"'], { target: "price" }),
  ofTable("an estimator object beside a table", ["estimator", "beside table"], {}, { estimator: new MLPClassifier() }),
  ofTable("rows that leave none", ["testSize", "leaves 1 to train on"], { testSize: 39 }),
  [
    "targets that float32 cannot tell apart",
    "DataError",
    ["makePlan", '"sold"', "different values are 1 in float32", "Subtract an offset"],
    () => {
      const close = table.map((row, i) => ({ ...row, sold: 1e9 + 0.01 * (i % 9) }));
      return makePlan(gridSearch, close, { grid: search.grid, estimator: "regressor", table: { target: "sold" } });
    },
  ],
  make("a table that is not one", ["table"], { ...search, table: 5 }, gridSearch, table),
  [
    "text as number",
    "DataError",
    ["expected a number"],
    () => makePlan(gridSearch, table, { grid: search.grid, estimator: "regressor", table: { target: "sold" } }),
  ],
  [
    "no table",
    "DataError",
    ["a path, CSV text"],
    () => makePlan(gridSearch, 5 as never, { grid: search.grid, table: { target: "sold" } }),
  ],
]);

describeRefusals("writePlan, openPlan, run, gather, fitBest", [
  ["no path", "OptionError", ["writePlan: path", "got 5"], () => writePlan(5 as never, gridSearch, data, search)],
  ["no plan", "OptionError", ["openPlan: path"], () => openPlan("")],
  ["no threads", "OptionError", ["openPlan: concurrency", "got 0"], () => openPlan(path, { concurrency: 0 })],
  [
    "an option that is not known",
    "OptionError",
    ["openPlan", "threads"],
    () => openPlan(path, { threads: 2 } as never),
  ],
  ["an index below 0", "OptionError", ["Plan.run: index", "got -1"], () => plan.run(-1, { out: folder })],
  ["an index of a share", "OptionError", ["Plan.run: index", "integer"], () => plan.run(0.5, { out: folder })],
  ["no folder", "OptionError", ["Plan.run: out"], () => plan.run(0, {} as never)],
  ["gathering from nowhere", "OptionError", ["Plan.gather: out", "got 7"], () => plan.gather({ out: 7 as never })],
  ["no result", "OptionError", ["Plan.fitBest", "result of gather"], () => plan.fitBest(undefined as never)],
  ["a result without a best", "OptionError", ["Plan.fitBest", "best candidate"], () => plan.fitBest({ best: null })],
]);
