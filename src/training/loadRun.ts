/** Reads the output of `storeRun`, but accepts only runs that can exist. Loaded with the first file. */
import { checkBoolean, checkKeys, checkNumber, FormatError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import type { CallbackState } from "../callbacks/callback.js";
import type { Logs } from "../callbacks/logTypes.js";
import type { NamedTensor } from "../formats/safetensors.js";
import { Place } from "../plan/op.js";
import type { Collected } from "./judge.js";
import type { EpochEnd, Run, RunConditions, StoredState } from "./trainingState.js";

/** The number of sums of a run: the loss, and every metric. */
const SUMS = 1 + Place.MetricSlots;

const COUNT = { min: 0, integer: true };

/** Deeper than any state that can be stored. */
const DEEPEST = 1000;

const COUNTS = ["epoch", "step", "rows", "pass", "batch"] as const;

const KEYS = ["conditions", ...COUNTS, "epochEnd", "untold", "isStopping", "sums", "collected", "callbacks"];

/** Reads a run, and takes its tensors out of those of the file. @throws FormatError, OptionError for anything else. */
export function loadRun(json: unknown, tensors: Map<string, NamedTensor>): Run {
  const run = checkObject("run", json) as Partial<Run>;
  checkKeys("run", run, KEYS);
  const [epoch, step, rows, pass, batch] = COUNTS.map((name) => checkNumber(`run: ${name}`, run[name], COUNT));
  const conditions = loadConditions(run.conditions);
  const sums = load("sums", run.sums, tensors);
  if (!Array.isArray(sums) || !(step === 0 || sums.length === SUMS) || !sums.every((sum) => typeof sum === "number")) {
    throw new FormatError(`run: sums: expected ${SUMS} numbers, got ${show(run.sums)}.`);
  }
  if (!Array.isArray(run.callbacks)) {
    throw new FormatError(`run: callbacks: expected a list, got ${show(run.callbacks)}.`);
  }
  const loaded = {
    conditions,
    epoch,
    step,
    rows,
    pass,
    batch,
    epochEnd: run.epochEnd === null ? null : loadEpochEnd(run.epochEnd, tensors),
    ...(run.untold !== undefined && {
      untold: checkNumber("run: untold", run.untold, { min: 1, integer: true }),
    }),
    isStopping: checkBoolean("run: isStopping", run.isStopping),
    sums,
    collected: run.collected === null ? null : loadCollected(loadAll("collected", run.collected, tensors)),
    callbacks: run.callbacks.map((callback) => loadState(callback, tensors)),
  };
  checkPlace(loaded);
  return loaded;
}

function loadConditions(json: unknown): RunConditions {
  const where = "run: conditions";
  const conditions = checkObject(where, json) as Partial<RunConditions>;
  checkKeys(`${where}`, conditions, ["batchSize", "rows", "shuffle", "stepsPerEpoch"]);
  const { batchSize, rows, shuffle, stepsPerEpoch } = conditions;
  for (const [name, value] of Object.entries({ batchSize, rows, stepsPerEpoch })) {
    if (value !== null) checkNumber(`${where}: ${name}`, value, { min: 1, integer: true });
  }
  if (shuffle !== null) checkBoolean(`${where}: shuffle`, shuffle);
  if ((rows === null) !== (batchSize === null) || (rows === null) !== (shuffle === null)) {
    throw new FormatError(`${where}: expected rows, batchSize and shuffle, or none of them.`);
  }
  return conditions as RunConditions;
}

/** Refuses a position that no run can reach under these conditions: training would not end, or count wrongly. */
function checkPlace({ conditions, epoch, step, rows, batch, epochEnd, untold, collected }: Run): void {
  const { batchSize, stepsPerEpoch, rows: all } = conditions;
  const isStream = batchSize === null || all === null;
  const perPass = isStream ? Infinity : Math.ceil(all / batchSize);
  const check = (name: string, value: number, least: number, most: number) => {
    if (value >= least && value <= most) return;
    const wanted = least === most ? least : most < Infinity ? `at most ${most}` : `at least ${least}`;
    throw new FormatError(`run: ${name}: expected ${wanted}, got ${value}.`);
  };
  check("step", step, 0, epochEnd ? 0 : (stepsPerEpoch ?? perPass));
  if (stepsPerEpoch === null) check("batch", batch, step, step);
  else check("batch", batch, 0, perPass);
  if (isStream) {
    check("rows", rows, step, step === 0 ? 0 : Infinity);
  } else {
    // The last batch of each pass may be short of rows.
    const passes = Math.floor(batch / perPass) - Math.floor((batch - step) / perPass);
    const expected = step * batchSize - passes * (perPass * batchSize - all);
    check("rows", rows, expected, expected);
  }
  if (epochEnd) check("epoch", epoch, epochEnd.epoch + 1, epochEnd.epoch + 1);
  if (untold !== undefined && step === 0) throw new FormatError("run: untold: expected nothing before a step.");
  if (collected && step === 0) throw new FormatError("run: collected: expected nothing between two epochs.");
}

function checkObject(what: string, value: unknown): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new FormatError(`${what}: expected an object, got ${show(value)}.`);
}

function loadEpochEnd(json: unknown, tensors: Map<string, NamedTensor>): EpochEnd {
  const end = checkObject("run: epochEnd", json) as Partial<EpochEnd>;
  checkKeys("run: epochEnd", end, ["epoch", "logs", "next"]);
  const epoch = checkNumber("run: epochEnd: epoch", end.epoch, COUNT);
  const next = checkNumber("run: epochEnd: next", end.next, COUNT);
  const logs = loadAll("epochEnd: logs", end.logs, tensors);
  for (const [name, value] of Object.entries(logs)) {
    if (typeof value === "number") continue;
    throw new FormatError(`run: epochEnd: ${name}: expected a number, got ${show(value)}.`);
  }
  return { epoch, logs: logs as Logs, next };
}

function loadCollected(json: Record<string, unknown>): Collected {
  const { targets, predictions, weights, ...others } = json;
  const given = weights === undefined ? { targets, predictions } : { targets, predictions, weights };
  const areNumbers = Object.values(given).every((values) => kindOf(values) === "Float32Array");
  if (areNumbers && Object.keys(others).length === 0) return given as unknown as Collected;
  throw new FormatError("run: collected: expected the targets and predictions of an epoch.");
}

function loadState(json: unknown, tensors: Map<string, NamedTensor>): StoredState {
  const { name, state } = (json ?? {}) as Partial<StoredState>;
  if (typeof name !== "string" || state === undefined) {
    throw new FormatError(`run: callbacks: expected names with states, got ${show(json)}.`);
  }
  return { name, state: loadAll(`state of ${show(name)}`, state, tensors) as CallbackState };
}

function loadAll(what: string, json: unknown, tensors: Map<string, NamedTensor>, depth = 0): Record<string, unknown> {
  const values = Object.entries(checkObject(`run: ${what}`, json));
  return Object.fromEntries(values.map(([key, value]) => [key, load(what, value, tensors, depth)]));
}

/** A value that `storeRun` stored. Each tensor is taken once, so that no file asks for more memory than it has. */
function load(what: string, json: unknown, tensors: Map<string, NamedTensor>, depth = 0): unknown {
  if (depth > DEEPEST) throw new FormatError(`run: ${what}: nested more than ${DEEPEST} deep.`);
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map((item) => load(what, item, tensors, depth + 1));
  const [[kind, value] = [], ...more] = Object.entries(json) as [string, unknown][];
  if (more.length === 0 && kind === "object") return loadAll(what, value, tensors, depth + 1);
  if (more.length === 0 && kind === "number" && /^(NaN|-?Infinity|-0)$/.test(String(value))) return Number(value);
  if (more.length === 0 && kind === "tensor") return value === null ? new Float32Array(0) : takeTensor(value, tensors);
  throw new FormatError(`run: ${what}: expected a value that simdgrad wrote, got ${show(json)}.`);
}

function takeTensor(name: unknown, tensors: Map<string, NamedTensor>): Float32Array {
  const stored = typeof name === "string" ? tensors.get(name) : undefined;
  if (!stored) throw new FormatError(`${show(name)} is missing.`);
  tensors.delete(stored.name);
  return stored.data.slice();
}
