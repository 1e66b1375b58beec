/** Tells what a person means with the files they bring: a table, a set of images, or a model. */
import { type FileKind, kindOfBytes, refusalOf } from "./fileKinds.js";

export interface Received {
  readonly kind: "table" | "images" | "model";
}

/** Bytes that say what a file is. */
const HEAD = 4000;
const MODEL = /\.(keras|onnx|safetensors|h5|hdf5|pt|pth|pkl|joblib|bin|weights|onnx_data|data)$/i;

/** The first bytes of what is in a compressed file. */
async function headOfGzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    const { value } = await reader.read();
    await reader.cancel();
    return value ?? new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}

interface Looked {
  readonly file: File;
  readonly kind: FileKind;
  /** The first characters of text. */
  readonly begin: string;
}

async function look(file: File): Promise<Looked> {
  let head = new Uint8Array();
  try {
    head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  } catch {
    throw new Error(`${file.name} cannot be read. If it is a folder, bring the files in it.`);
  }
  const inner = kindOfBytes(head) === "gzip" ? await headOfGzip(head) : head;
  return { file, kind: kindOfBytes(inner), begin: new TextDecoder().decode(inner.slice(0, 200)).trimStart() };
}

function isModel({ file, kind, begin }: Looked): boolean {
  if (MODEL.test(file.name) || kind === "hdf5" || kind === "safetensors") return true;
  return kind === "text" && begin.startsWith("{");
}

/** @throws Error, in words for the page, for files that it cannot take. */
export async function receive(files: readonly File[]): Promise<Received> {
  const looked = await Promise.all(files.map(look));
  if (looked.some(isModel)) return { kind: "model" };
  if (looked.every(({ kind }) => kind === "idx")) return { kind: "images" };
  const bad = looked.find(({ kind }) => kind !== "text" && kind !== "idx");
  if (bad) throw new Error(refusalOf(bad.file.name, bad.kind));
  if (/\.(xlsx?|svg|docx?)$/i.test(looked[0].file.name))
    throw new Error(refusalOf(looked[0].file.name, looked[0].kind));
  if (looked.length > 1) throw new Error("Bring one table at a time, or the two files of one set of images.");
  return { kind: "table" };
}
