/** `handover`: a model with its training as files for PyTorch or Keras, and the trained one back. */
import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, type Sequential } from "simdgrad";
import { saveFile } from "simdgrad/node";
import { refuseOthers } from "../arguments.js";
import { failure, inWords, misuse, OK } from "../failure.js";
import { openModel } from "../files/models.js";
import { checkFolder, checkWritable, sizeOf } from "../files/paths.js";
import { trainingRows } from "../files/trainingRows.js";
import { type Contents, writeFolder, writeOne } from "../files/written.js";
import type { Io } from "../io.js";
import { Report } from "../ui/report.js";
import { quoted } from "../ui/shell.js";
import { bytesText } from "../ui/text.js";

export interface HandoverFlags {
  readonly to?: "torch" | "keras";
  readonly out?: string;
  readonly data?: string;
  readonly target?: string[];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  /** False with --no-shuffle. */
  readonly shuffle?: boolean;
  /** The folder to read back. */
  readonly back?: string;
  readonly output?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Commands that start the script in a folder, to be copied from the screen. */
const STARTS = {
  torch: (folder: string) => `torchrun --nproc-per-node=2 --max-restarts=1 ${quoted(join(folder, "train_ddp.py"))}`,
  keras: (folder: string) => `KERAS_BACKEND=jax python ${quoted(join(folder, "train.py"))}`,
};

export async function handover(path: string | undefined, flags: HandoverFlags, io: Io): Promise<number> {
  if (flags.back === undefined) return there(path, flags, io);
  if (path !== undefined) throw misuse("--back reads a folder. Leave out the model, or --back.");
  refuseOthers(flags, ["back", "output", "quiet", "json"], "--back reads what was trained.");
  return back(flags.back, flags, io);
}

async function there(path: string | undefined, flags: HandoverFlags, io: Io): Promise<number> {
  const { to, out, data, target, epochs, batchSize, seed, shuffle } = flags;
  if (flags.output !== undefined) throw misuse("-o names the trained model. Give --back, or leave out -o.");
  if (path === undefined || !to || out === undefined) {
    throw misuse(
      "name a model, a library and a folder: simdgrad handover model.safetensors --to torch --out training.",
    );
  }
  const report = new Report(io, flags);
  await checkFolder(out, "--out");
  if ((await entriesOf(join(out, "checkpoints"))).length > 0) {
    throw failure(`${out} has checkpoints of another training, which would go on. Name another folder: --out.`);
  }
  const warnings = new Set<string>();
  const warn = (message: string) => void warnings.add(message);
  const isNpz = data !== undefined && (await isArchive(data));
  const { model, notes } = await openModel(path);
  for (const note of notes) warn(note);
  const rows = data === undefined || isNpz ? {} : { data: await trainingRows(data, target, model, io, warn) };
  const given = Object.entries({ epochs, batchSize, seed, shuffle }).filter(([, value]) => value !== undefined);
  const files = await filesFor(to, path, model, { ...Object.fromEntries(given), ...rows, onWarning: warn });
  const written = await writeFolder(out, files, "--out", [path]);
  if (isNpz) {
    const copy = join(out, "data.npz");
    await saveFile(copy, createReadStream(data));
    written.push({ path: copy, bytes: await sizeOf(copy, "a file") });
  }
  for (const warning of warnings) report.warn(warning);
  for (const one of written) report.line(`${one.path}: ${bytesText(one.bytes)}`);
  if (data === undefined) report.line(`The script takes rows from x and y of ${join(out, "data.npz")}, or of --data.`);
  report.line(`Train: ${STARTS[to](out)}`);
  report.line(`Then: npx simdgrad handover --back ${quoted(out)} -o model.safetensors`);
  if (flags.json) report.json({ command: "handover", to, files: written, notes: [...warnings] });
  model.dispose();
  return OK;
}

async function filesFor(to: "torch" | "keras", path: string, model: Sequential, options: object): Promise<Contents> {
  try {
    return await trainingFiles[to](model, options);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const other = to === "torch" ? "keras" : "torch";
    const isTaken = await trainingFiles[other](model, options).then(
      () => true,
      () => false,
    );
    throw failure(`${path}: ${inWords(error.message)}${isTaken ? ` Or train it there: --to ${other}.` : ""}`);
  }
}

/** What writes the files of each library. */
const trainingFiles: Readonly<Record<"torch" | "keras", (model: Sequential, options: object) => Promise<Contents>>> = {
  torch: async (model, options) => ({
    ...(await (await import("simdgrad/torch")).exportTorchTraining(model, options)),
  }),
  keras: async (model, options) => ({
    ...(await (await import("simdgrad/keras")).exportKerasTraining(model, options)),
  }),
};

/** The newest checkpoint as a model of simdgrad. */
async function back(folder: string, flags: HandoverFlags, io: Io): Promise<number> {
  const { output = "model.safetensors" } = flags;
  const report = new Report(io, flags);
  const checkpoints = join(folder, "checkpoints");
  const found = (await entriesOf(checkpoints))
    .map((name) => /^epoch-(\d+)(\.keras)?$/.exec(name))
    .filter((match) => match !== null)
    .sort((a, b) => Number(a[1]) - Number(b[1]));
  const newest = found.pop();
  if (!newest)
    throw failure(
      `${folder} has no checkpoints. Train there first: ${STARTS.torch(folder)}, or ${STARTS.keras(folder)}`,
    );
  const path = newest[2] ? join(checkpoints, newest[0]) : join(checkpoints, newest[0], "model.safetensors");
  await checkWritable(output, "-o", [path]);
  const { model, format, notes } = await openModel(path);
  const written = await writeOne(output, model.save());
  for (const note of notes) report.warn(note);
  report.line(`${written.path}: ${bytesText(written.bytes)}, epoch ${Number(newest[1])} of ${path}`);
  if (flags.json) {
    report.json({ command: "handover", from: format, epoch: Number(newest[1]), files: [written], notes });
  }
  model.dispose();
  return OK;
}

const entriesOf = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** True for an archive, as `.npz` is one. */
async function isArchive(path: string): Promise<boolean> {
  if (path === "-") return false;
  await sizeOf(path, "a CSV or .npz file");
  const file = await open(path);
  try {
    const { buffer } = await file.read(new Uint8Array(4), 0, 4, 0);
    return buffer[0] === 0x50 && buffer[1] === 0x4b;
  } finally {
    await file.close();
  }
}
