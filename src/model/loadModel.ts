/** `load`, and resuming a `fit` from a file. Loaded with the first file. */
import {
  BackendError,
  checkBoolean,
  checkKeys,
  checkNumber,
  FormatError,
  located,
  OptionError,
  SimdgradError,
  show,
} from "../base/errors.js";
import { copyJson } from "../base/json.js";
import { readOptions } from "../base/options.js";
import { formatShape, sizeOf } from "../base/shape.js";
import type { NamedTensor } from "../formats/safetensors.js";
import { selectBackend } from "../runtime/select.js";
import { addEverySpec } from "../specs/every.js";
import { placeLayers } from "../specs/layers/facts.js";
import { type CustomLossSpec, isCustom } from "../specs/losses/custom.js";
import { type MetricSpec, resolveMetrics } from "../specs/metrics/table.js";
import { rareUpdates } from "../specs/optimizers/rareUpdates.js";
import { addUpdates } from "../specs/optimizers/updates.js";
import type { ModelState } from "../state/state.js";
import { memoryIn } from "../training/lbfgs/memory.js";
import { loadRun } from "../training/loadRun.js";
import { resumeLive } from "../training/resume.js";
import type { Progress, Run } from "../training/trainingState.js";
import { ModelCore } from "./core.js";
import * as everyPart from "./everyPart.js";
import { identityOf } from "./file.js";
import { type CheckedLoad, loadOptions } from "./loadOptions.js";
import {
  type CompileOptions,
  checkTrainable,
  type ModelSpec,
  modelOptions,
  type SequentialOptions,
  workerOptions,
} from "./options.js";
import { addParts } from "./parts.js";
import { type ModelFile, readModelFile } from "./readModelFile.js";

const KEYS = [
  ...["inputShape", "layers", "seed", "compiled", "progress", "run"],
  ...["averaged", "metadata", "attachment", "optimizer"],
];

const RESUME = "fit: resumeFrom";

/** Restores a model, while a `fit` begins, to its state when the file was saved. @throws OptionError, FormatError */
export function resumeFrom(core: ModelCore, bytes: Uint8Array): void {
  const { description, tensors } = readModelFile(RESUME, bytes);
  if (description.optimizer === false) {
    throw new OptionError(`${RESUME}: the file was saved with optimizer: false. Save it without that option.`);
  }
  for (const [name, own] of Object.entries(identityOf(core))) {
    if (JSON.stringify(description[name]) === JSON.stringify(own)) continue;
    const what = name === "compiled" ? "was compiled otherwise" : `has another ${name}`;
    throw new OptionError(`${RESUME}: the model in the file ${what}. Use the program that wrote it.`);
  }
  located(RESUME, () => asFormat(() => loadMemory(core, { description, tensors })));
  core.state.isAveraged = false;
  resumeLive(core.training);
}

/** The options of `Sequential.load`; a file for a worker is read here first. @throws OptionError, FormatError */
export function checkLoad(bytes: Uint8Array | ArrayBuffer, options: object, args: ArrayLike<unknown>) {
  const where = "Sequential.load";
  const checked = readOptions(where, { ...loadOptions, ...workerOptions }, options, args);
  if (checked.worker) readModelFile(where, bytes);
  return checked;
}

/** A model from a file, for the function `where`. @throws the errors of `Sequential.load`. */
export async function loadModel(
  where: string,
  bytes: Uint8Array | ArrayBuffer,
  { loss, metrics, ...runtime }: CheckedLoad,
): Promise<ModelCore> {
  addEverySpec();
  addParts(everyPart);
  addUpdates(rareUpdates);
  const backend = await selectBackend(runtime);
  // From here on without waiting, so that nobody can change the bytes after they were checked.
  const { description, tensors } = readModelFile(where, bytes);
  return located(where, () => {
    giveLoss(description, loss);
    giveMetrics(description, metrics);
    return asFormat(() => {
      checkKeys("description", description, KEYS);
      const spec = checkModel("description", description);
      checkStored(spec, tensors);
      const core = new ModelCore(spec, runtime.threads, backend, { draw: false });
      if (description.compiled !== null) core.compile(description.compiled as CompileOptions);
      loadMemory(core, { description, tensors });
      if (description.metadata !== undefined) core.metadata = copyJson("metadata", description.metadata);
      if (description.attachment !== undefined) core.attachment = copyJson("attachment", description.attachment);
      return core;
    });
  });
}

/** The part of a file that makes its model. */
function checkModel(where: string, { inputShape, layers, seed }: Partial<SequentialOptions>): ModelSpec {
  const checked = readOptions(where, modelOptions, { inputShape, layers, seed });
  checkTrainable(where, checked);
  return checked;
}

/**
 * Puts the caller's functions in the places of the metrics that the file names.
 * @throws OptionError if one is missing, or not needed.
 */
function giveMetrics(description: ModelFile["description"], given: unknown): void {
  const compiled = description.compiled as { metrics?: unknown } | null | undefined;
  const stored: Partial<MetricSpec>[] = Array.isArray(compiled?.metrics) ? compiled.metrics : [];
  const wanted = stored.filter((metric) => metric?.type === "customMetric");
  const functions = new Map<unknown, MetricSpec>();
  for (const spec of given === undefined ? [] : resolveMetrics("metrics", given)) {
    if (!wanted.some(({ name }) => name === spec.name)) {
      const others = wanted.map(({ name }) => show(name)).join(", ");
      const remedy = others
        ? `It has ${others}: customMetric({ name, compute }) gives a function its name`
        : "Leave it out";
      throw new OptionError(
        `metrics: the model in the file has no function ${show(spec.name)} among its metrics. ${remedy}.`,
      );
    }
    functions.set(spec.name, spec);
  }
  const metrics = stored.map((metric) => {
    if (metric?.type !== "customMetric") return metric;
    const compute = functions.get(metric.name)?.compute;
    if (compute) return { ...metric, compute };
    throw new OptionError(
      `the model was compiled with a function ${show(metric.name)} among its metrics, which is not in the file. ` +
        `Give it: Sequential.load(file, { metrics: [customMetric({ name: ${show(metric.name)}, compute })] }).`,
    );
  });
  if (wanted.length > 0) description.compiled = { ...compiled, metrics };
}

/**
 * Puts the caller's custom loss in the place of the one in the file, which has no function.
 * @throws OptionError if it is another one, missing, or not needed.
 */
function giveLoss(description: ModelFile["description"], given: unknown): void {
  const compiled = description.compiled as { loss?: unknown } | null | undefined;
  const stored = compiled?.loss;
  if (!isCustom(stored)) {
    if (given === undefined) return;
    throw new OptionError("loss: the model in the file has no custom loss. Leave loss out.");
  }
  const example = `Sequential.load(file, { loss: customLoss({ name: ${show(stored.name)}, compute }) })`;
  if (!isCustom(given)) {
    throw new OptionError(
      `the model was compiled with customLoss ${show(stored.name)}, whose function is not in the file. ` +
        `Give it: ${example}.${given === undefined ? "" : ` Got ${show(given)}.`}`,
    );
  }
  if (given.type !== stored.type || given.name !== stored.name) {
    const of = ({ name, type }: CustomLossSpec) => `customLoss ${show(name)} of type ${show(type)}`;
    throw new OptionError(`loss: expected ${of(stored)}, as in the file, got ${of(given)}.`);
  }
  description.compiled = { ...compiled, loss: given };
}

/** Turns errors of `work` into errors of the file. */
function asFormat<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof FormatError || cause instanceof BackendError) throw cause;
    const reason = cause instanceof SimdgradError ? cause.message : "its description is incomplete.";
    throw new FormatError(`this does not describe a model: ${reason}`, { cause });
  }
}

/** Loads weights and the memory of training. @throws FormatError, OptionError before any other change. */
function loadMemory({ state, training }: ModelCore, { description, tensors }: ModelFile): void {
  const { run: json, averaged = false, optimizer = true } = description;
  const isAveraged = checkBoolean("averaged", averaged);
  if (checkBoolean("optimizer", optimizer)) {
    const progress = loadProgress(description.progress);
    const run = json === undefined ? null : loadRun(json, tensors);
    if (run) checkRun(run, progress, state);
    const { compiled, program } = state;
    if (compiled && program.minimizer) {
      memoryIn(training, program, compiled).load(tensors, state.tensorCount);
    }
    state.load(tensors, isAveraged);
    training.load(progress, run, false);
    return;
  }
  if (json !== undefined || isAveraged) throw new FormatError("expected nothing of the optimizer, got its memory.");
  state.loadWeights(tensors);
  training.load(loadProgress(description.progress), null, true);
}

function loadProgress(json: unknown): Progress {
  const { step, epoch, learningRate = null } = (json ?? {}) as Partial<Progress>;
  const count = { min: 0, integer: true };
  return {
    step: checkNumber("step", step, count),
    epoch: checkNumber("epoch", epoch, count),
    learningRate: learningRate === null ? null : checkNumber("learningRate", learningRate, { min: 0 }),
  };
}

/** Refuses a run that the model cannot have reached. @throws FormatError */
function checkRun({ step, batch, rows, collected }: Run, progress: Progress, { program, compiled }: ModelState): void {
  const taken = Math.max(step, batch);
  if (taken > progress.step) {
    throw new FormatError(`run: expected at most the ${progress.step} steps of the optimizer, got ${taken}.`);
  }
  const tensors = program.training;
  const wantsRows = step > 0 && tensors?.collected != null;
  if (wantsRows !== (collected !== null)) {
    throw new FormatError(`run: collected: expected ${wantsRows ? "rows" : "nothing"} for these metrics.`);
  }
  if (!wantsRows || !collected) return;
  const { targets, predictions, weights } = collected;
  const outputs = tensors.collected.train.shape[0];
  const count = predictions.length / outputs;
  const isWhole = compiled?.loss.ignoreClass == null ? count === rows : count <= rows;
  const isLegal =
    tensors.targets.format === "labels"
      ? (target: number) => Number.isInteger(target) && target >= 0 && target < Math.max(outputs, 2)
      : Number.isFinite;
  const isWeighted = weights?.length === (tensors.collected.isWeighted ? count : undefined);
  if (isWhole && isWeighted && targets.length === count * sizeOf(tensors.targets.shape)) {
    const areWeights = weights?.every((weight) => Number.isFinite(weight) && weight >= 0) ?? true;
    if (areWeights && targets.every(isLegal) && predictions.every(Number.isFinite)) return;
  }
  throw new FormatError(`run: collected: expected targets and predictions of ${rows} rows.`);
}

/** Checks that every weight of the model is in the file, so that no file can ask for more memory than its own size. */
function checkStored({ layers, inputShape }: ModelSpec, tensors: ReadonlyMap<string, NamedTensor>): void {
  for (const { name, parameters } of placeLayers(layers, inputShape)) {
    for (const { name: own, shape } of parameters) {
      const path = `${name}/${own}`;
      const stored = tensors.get(path);
      const got = stored ? formatShape(stored.shape) : "nothing";
      if (got === formatShape(shape)) continue;
      throw new FormatError(`${path}: expected ${formatShape(shape)}, got ${got} in the file.`);
    }
  }
}
