/** `convert` and `export`: a model of any format in another one, or as code. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { FormatError, type Layer, type Sequential } from "simdgrad";
import type { Portable } from "simdgrad/formats";
import { TableModel } from "simdgrad/table";
import { misuse, OK } from "../failure.js";
import { openModel } from "../files/models.js";
import { checkFolder, checkWritable } from "../files/paths.js";
import { type Contents, writeFolder, writeOne } from "../files/written.js";
import type { Io } from "../io.js";
import { Report } from "../ui/report.js";
import { bytesText } from "../ui/text.js";

export interface ConvertFlags {
  readonly to?: Target;
  readonly layers?: string;
  /** False with --no-training. */
  readonly training?: boolean;
  readonly prefix?: string;
  readonly title?: string;
  readonly weights?: "float32" | "float16" | "int8";
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Everything that a model can become. */
const TARGETS = ["simdgrad", "keras", "onnx", "tfjs", "torch", "sklearn", "brain", "module", "page", "c"] as const;
/** Kinds of code. */
export const CODE = ["module", "page", "c"] as const;

type Target = (typeof TARGETS)[number];
type Warn = (message: string) => void;
/** Contents by file name; one without a name is the file itself. */
type Files = Contents;

/** Targets by the ending of the file. */
const ENDINGS: Readonly<Record<string, Target>> = {
  ".safetensors": "simdgrad",
  ".keras": "keras",
  ".onnx": "onnx",
  ".mjs": "module",
  ".js": "module",
  ".html": "page",
  ".h": "c",
};
/** Targets of several files, which are put into a folder. */
const FOLDERS: readonly Target[] = ["tfjs", "torch"];

export async function convert(input: string, output: string, flags: ConvertFlags, io: Io): Promise<number> {
  return run("convert", TARGETS, input, output, flags, io);
}

export async function exportCode(input: string, output: string, flags: ConvertFlags, io: Io): Promise<number> {
  return run("export", CODE, input, output, flags, io);
}

async function run(
  command: string,
  targets: readonly Target[],
  input: string,
  output: string,
  flags: ConvertFlags,
  io: Io,
): Promise<number> {
  const report = new Report(io, flags);
  const target = targetOf(targets, output, flags);
  checkWeights(target, flags);
  if (flags.prefix !== undefined && target !== "c") throw misuse(`--prefix is for c, not for ${target}. Leave it out.`);
  if (flags.title !== undefined && target !== "page")
    throw misuse(`--title is for page, not for ${target}. Leave it out.`);
  const isFolder = FOLDERS.includes(target);
  if (isFolder) await checkFolder(output, "the second name");
  else await checkWritable(output, "the second name", [input]);
  const layers = flags.layers === undefined ? {} : { layers: layersIn(flags.layers) };
  const { model, format, notes } = await openModel(input, layers);
  const warnings: string[] = [...notes];
  const warn: Warn = (message) => void warnings.push(message);
  const table = format === "simdgrad" && CODE.some((code) => code === target) ? await tableIn(input) : null;
  // The note says that columns are left out, which is not so.
  if (table) warnings.length = 0;
  const write = writers[target] as Write<Sequential | TableModel>; // only code is written of a table model
  const files = await write(table ?? model, warn, flags);
  const written = isFolder
    ? await writeFolder(output, files, "the second name", [input])
    : [await writeOne(output, files[""])];
  for (const warning of new Set(warnings)) report.warn(warning);
  for (const { path, bytes } of written) report.line(`${path}: ${bytesText(bytes)}`);
  if (flags.json) report.json({ command, from: format, to: target, files: written, notes: [...new Set(warnings)] });
  model.dispose();
  table?.dispose();
  return OK;
}

/** The table model in a file, columns included; `null` for a network alone. */
async function tableIn(path: string): Promise<TableModel | null> {
  try {
    return await TableModel.load(await readFile(path), { threads: 1 });
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

function targetOf(targets: readonly Target[], output: string, { to }: ConvertFlags): Target {
  const target = to ?? ENDINGS[extname(output).toLowerCase()];
  if (target && targets.includes(target)) return target;
  const endings = Object.entries(ENDINGS).filter(([, one]) => targets.includes(one));
  const known = endings.map(([ending]) => ending).join(", ");
  const others = targets.filter((one) => !Object.values(ENDINGS).includes(one));
  throw misuse(
    `${JSON.stringify(output)} does not say what to write. Name a file that ends with ${known}` +
      `${others.length > 0 ? `, or give --to ${others.join(", ")}` : ""}.`,
  );
}

/** Refuses types of weights that the target does not have. */
function checkWeights(target: Target, { weights = "float32" }: ConvertFlags): void {
  const known = { simdgrad: ["float16", "int8"], c: ["int8"] } as Partial<Record<Target, string[]>>;
  if (weights === "float32" || known[target]?.includes(weights)) return;
  throw misuse(`--weights ${weights} is not for ${target}: float16 and int8 are for simdgrad, int8 for c.`);
}

function layersIn(text: string): readonly Layer[] {
  try {
    const layers: unknown = JSON.parse(text);
    if (Array.isArray(layers)) return layers as Layer[];
  } catch {} // said below
  throw misuse(`--layers: expected a list such as '[{"type":"dense","units":3}]', got ${JSON.stringify(text)}.`);
}

type Code = (typeof CODE)[number];
type Write<Model> = (model: Model, onWarning: Warn, flags: ConvertFlags) => Promise<Files>;
type Writers = Readonly<
  Record<Code, Write<Sequential | TableModel>> & Record<Exclude<Target, Code>, Write<Sequential>>
>;

/** What is to be written of a model: all of it, or no training. */
async function chosenOf(model: Sequential, { training = true }: ConvertFlags): Promise<Portable> {
  const source = await (await import("simdgrad/formats")).portableOf(model);
  return training ? source : { ...source, compiled: null, training: null };
}

/** Writers by target. */
const writers: Writers = {
  simdgrad: async (model, _, { training = true, weights = "float32" }) => ({
    "": model.save({ optimizer: training && weights === "float32", weights }),
  }),
  keras: async (model, onWarning, { training = true }) => {
    const { exportKeras } = await import("simdgrad/keras");
    return { "": await exportKeras(model, { onWarning, compile: training }) };
  },
  onnx: async (model, onWarning) => ({ "": await (await import("simdgrad/onnx")).exportOnnx(model, { onWarning }) }),
  tfjs: async (model, onWarning) => (await import("simdgrad/tfjs")).exportTfjs(model, { onWarning }),
  torch: async (model, onWarning, flags) => {
    const { writeTorch } = await import("simdgrad/torch");
    return { ...writeTorch(await chosenOf(model, flags), { onWarning }) };
  },
  sklearn: async (model, onWarning, flags) => {
    const { writeSklearn } = await import("simdgrad/sklearn");
    return { "": writeSklearn(await chosenOf(model, flags), { onWarning }) };
  },
  brain: async (model, onWarning) => {
    const { exportBrain } = await import("simdgrad/brain");
    return { "": JSON.stringify(await exportBrain(model, { onWarning })) };
  },
  module: async (model, onWarning) => {
    return { "": await (await import("simdgrad/code")).exportModule(model, { onWarning }) };
  },
  page: async (model, onWarning, { title }) => {
    const { exportPage } = await import("simdgrad/code");
    return { "": await exportPage(model, { onWarning, ...(title !== undefined && { title }) }) };
  },
  c: async (model, onWarning, { prefix, weights }) => {
    const { exportC } = await import("simdgrad/code");
    const own = { ...(prefix && { prefix }), ...(weights && { weights: weights as "float32" | "int8" }) };
    return { "": await exportC(model, { onWarning, ...own }) };
  },
};
