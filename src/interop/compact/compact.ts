/** Model files of half and a quarter the size, for downloads: kernels as float16 or int8, which `Sequential.load` reads. */
import { bytesOf } from "../../base/bytes.js";
import { crc32 } from "../../base/crc32.js";
import { FormatError, OptionError, show } from "../../base/errors.js";
import { toHalf } from "../../base/half.js";
import { type Given, oneOf, readOptions } from "../../base/options.js";
import { COMPACT_VERSION, type CompactType, SCALE } from "../../formats/readCompact.js";
import { encodeText, HEADER_LIMIT, type NamedTensor, PREFIX_BYTES } from "../../formats/safetensors.js";
import { type ModelFile, readModelFile } from "../../model/readModelFile.js";
import { BLANK_CHECKSUM, checksumText, FORMAT } from "../../model/writeModelFile.js";
import { toInt8 } from "../code/quantize.js";
import type { Savable } from "../fromModel.js";
import { transposed } from "../portable.js";
import { type WritingOptions, writingOptions } from "../writing.js";

const compactOptions = {
  /**
   * `float16`: half the bytes; a weight changes by at most 0.05 %, or 3e-8. `int8`: a quarter of the bytes; each column of
   * a kernel has a scale, its largest value by 127, and a weight changes by at most half of it.
   */
  weights: oneOf(["float16", "int8"]),
  ...writingOptions,
};

/** Options of `compact`. */
export interface CompactOptions extends WritingOptions, Given<typeof compactOptions> {}

/** A tensor as it stands in a compact file. */
interface CompactTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: CompactType;
  readonly bytes: Uint8Array;
}

/**
 * The file of a model with its kernels as float16 or int8, for downloads. `Sequential.load` reads it as any other, and then
 * has float32 weights again, those that the file says. Biases, statistics and other vectors stay float32. What training
 * needs to go on is left out, as by `save({ optimizer: false })`; metadata and attachment stay as they are.
 *
 * @param model here or in a worker, or the bytes of its `save()`
 * @example await writeFile("model.simdgrad", await compact(model, { weights: "float16" }));
 * @throws OptionError for anything that is not a model, unknown options, and kernels with values beyond 65504, the largest
 * of float16; FormatError for bytes that are not its file
 */
export async function compact(model: Savable, options: CompactOptions): Promise<Uint8Array<ArrayBuffer>> {
  const where = "compact";
  const { weights, onWarning } = readOptions(where, compactOptions, options, arguments);
  const { description, tensors } = readModelFile(await fileOf(where, model));
  const own = [...tensors.values()].filter(({ name }) => isWeight(name, description));
  const written = own.flatMap((tensor) => compacted(where, tensor, weights));
  // The wider types come first, so that every tensor is aligned.
  const ordered = (["F32", "F16", "I8"] as const).flatMap((type) => written.filter(({ dtype }) => dtype === type));
  const file = fileText(where, forPrediction(description), ordered);
  for (const note of notesOn(description)) onWarning(note);
  return file;
}

/** One sentence for each thing that does not become small, or is left out. */
function notesOn({ compiled, attachment }: ModelFile["description"]): string[] {
  const { members } = (attachment ?? {}) as { members?: unknown };
  return [
    ...(compiled ? ["The optimizer's memory is left out: training begins anew from this file."] : []),
    ...(Array.isArray(members) && members.length > 0
      ? [`Networks after the first one stay float32, as they are in the attachment: ${members.length}.`]
      : []),
  ];
}

async function fileOf(where: string, model: Savable): Promise<Uint8Array> {
  const { save } = (model ?? {}) as { save?: unknown };
  const bytes = bytesOf(typeof save === "function" ? await save.call(model) : model);
  if (bytes) return bytes;
  throw new OptionError(`${where}: expected a model, or the bytes of its save(), got ${show(model)}.`);
}

/** True for weights of layers: the memory of the optimizer and of a run has other names. */
function isWeight(name: string, { layers }: ModelFile["description"]): boolean {
  return Array.isArray(layers) && /^[^/]+\/[^/]+$/.test(name) && !/^(?:optimizer|run)\//.test(name);
}

/** The description as `save({ optimizer: false })` writes it. */
function forPrediction({ run: _, averaged: __, optimizer: ___, progress, ...rest }: ModelFile["description"]): object {
  const { epoch } = progress as { epoch: number };
  return { ...rest, progress: { step: 0, epoch, learningRate: null }, optimizer: false };
}

function compacted(where: string, { name, shape, data }: NamedTensor, weights: "float16" | "int8"): CompactTensor[] {
  if (shape.length !== 2) return [float32(name, shape, data)];
  if (weights === "float16") {
    const bytes = new Uint8Array(2 * data.length);
    const view = new DataView(bytes.buffer);
    data.forEach((value, i) => {
      if (Math.abs(value) >= 65_520) {
        throw new OptionError(`${where}: ${name} has ${value}, beyond 65504, the largest of float16. Use "int8".`);
      }
      view.setUint16(2 * i, toHalf(value), true);
    });
    return [{ name, shape, dtype: "F16", bytes }];
  }
  const [rows, columns] = shape;
  const { values, scale } = toInt8(transposed(data, rows, columns), rows);
  const inRows = transposed(Float32Array.from(values), columns, rows);
  const bytes = new Uint8Array(Int8Array.from(inRows).buffer);
  return [{ name, shape, dtype: "I8", bytes }, float32(name + SCALE, [columns], scale)];
}

function float32(name: string, shape: readonly number[], data: Float32Array): CompactTensor {
  return { name, shape, dtype: "F32", bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** The bytes of a file: those of `writeModelFile` with other types and the version of compact files. */
function fileText(where: string, description: object, tensors: readonly CompactTensor[]): Uint8Array<ArrayBuffer> {
  const metadata = { format: FORMAT, version: COMPACT_VERSION, checksum: BLANK_CHECKSUM };
  const entries: Record<string, object> = {};
  let offset = 0;
  for (const { name, shape, dtype, bytes } of tensors) {
    entries[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const model = JSON.stringify(description);
  const text = JSON.stringify({ __metadata__: { ...metadata, model }, ...entries });
  const padded = text + " ".repeat(-encodeText(text).length & 7);
  const parts = tensors.map(({ bytes }) => bytes);
  const checksum = checksumText(crc32(encodeText(padded), ...parts));
  const header = encodeText(padded.replace(BLANK_CHECKSUM, checksum));
  if (header.length > HEADER_LIMIT) throw new FormatError(`${where}: the description takes more than 100 MB.`);
  const file = new Uint8Array(PREFIX_BYTES + header.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREFIX_BYTES);
  let at = PREFIX_BYTES + header.length;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
