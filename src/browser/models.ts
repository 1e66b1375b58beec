/**
 * Models in the storage of a page, as downloads, and from files that people pick. idb-keyval
 * (https://github.com/jakearchibald/idb-keyval) speaks to IndexedDB; the build joins it in. Knows bytes, not models.
 */
import { createStore, del, get, keys, set, type UseStore } from "idb-keyval";
import { bytesOf } from "../base/bytes.js";
import { checkArguments, DataError, didYouMean, OptionError, show } from "../base/errors.js";
import { type Given, readOptions, text } from "../base/options.js";

/** Something that is saved: a model, an estimator, a table model, here or in a worker; or bytes. */
export type Savable = Uint8Array | ArrayBuffer | { save(): Uint8Array | Promise<Uint8Array> };

async function bytesIn(where: string, value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const save = (value as { save?: unknown } | null | undefined)?.save;
  const saved: unknown = typeof save === "function" ? await save.call(value) : value;
  const bytes = bytesOf(saved);
  if (bytes) return bytes.slice();
  throw new OptionError(`${where}: expected a model or bytes, got ${show(value)}. Pass the model itself.`);
}

function checkName(where: string, name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw new OptionError(`${where}: name: expected text such as "digits", got ${show(name)}.`);
}

let store: UseStore | null = null;

/** The database "simdgrad" with one store, "models". @throws OptionError where there is no IndexedDB */
function models(where: string): UseStore {
  if (typeof indexedDB === "undefined") {
    throw new OptionError(`${where}: there is no IndexedDB here. In Node use saveModel of simdgrad/node.`);
  }
  store ??= createStore("simdgrad", "models");
  return store;
}

/** A refusal of the browser (no room, private mode), as an error that says so. */
async function stored<T>(where: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const { name, message } = cause as Error;
    const hint = name === "QuotaExceededError" ? "There is no room left: delete a model, or download it." : message;
    throw new DataError(`${where}: the browser's storage refused: ${hint}`, { cause });
  }
}

/**
 * Keeps a model under a name in the IndexedDB of this origin, whole or not at all; another of that name is replaced.
 * @example await saveToIndexedDB("digits", model);
 * @throws OptionError, DataError if the browser refuses
 */
export async function saveToIndexedDB(name: string, model: Savable): Promise<void> {
  const where = "saveToIndexedDB";
  checkArguments(where, arguments, 2);
  const key = checkName(where, name);
  const bytes = await bytesIn(where, model);
  await stored(where, set(key, bytes, models(where)));
}

/**
 * The bytes that were kept under a name.
 * @example const model = await Sequential.load(await loadFromIndexedDB("digits"));
 * @throws DataError if there are none, with the names that there are
 */
export async function loadFromIndexedDB(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const where = "loadFromIndexedDB";
  checkArguments(where, arguments, 1);
  const bytes = await stored(where, get<Uint8Array<ArrayBuffer>>(checkName(where, name), models(where)));
  if (bytes) return bytes;
  const known = await listIndexedDB();
  const list = known.length > 0 ? `Known: ${known.join(", ")}.` : "Nothing has been saved yet.";
  throw new DataError(`${where}: nothing is saved as ${show(name)}.${didYouMean(name, known)} ${list}`);
}

/** The names under which models are kept, sorted. */
export async function listIndexedDB(): Promise<string[]> {
  const where = "listIndexedDB";
  checkArguments(where, arguments, 0);
  return (await stored(where, keys<string>(models(where)))).sort();
}

/** Removes a model; it is no error if there is none of that name. */
export async function deleteFromIndexedDB(name: string): Promise<void> {
  const where = "deleteFromIndexedDB";
  checkArguments(where, arguments, 1);
  await stored(where, del(checkName(where, name), models(where)));
}

function checkPage(where: string): Document {
  if (typeof document !== "undefined") return document;
  throw new OptionError(
    `${where}: there is no page here. In Node use simdgrad/node; in a worker send the bytes to the page.`,
  );
}

/**
 * Has the browser download a model as a file.
 * @example button.onclick = () => downloadModel(model, "digits.safetensors");
 */
export async function downloadModel(model: Savable, fileName = "model.safetensors"): Promise<void> {
  const where = "downloadModel";
  checkArguments(where, arguments, 2);
  const page = checkPage(where);
  const name = checkName(where, fileName);
  const url = URL.createObjectURL(new Blob([await bytesIn(where, model)], { type: "application/octet-stream" }));
  const link = page.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has taken its own reference by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const pickOptions = {
  /** Files that the dialog offers, as in the `accept` of an input. @default ".safetensors" */
  accept: text(".safetensors"),
};

/** Options of `pickFile`. */
export interface PickFileOptions extends Given<typeof pickOptions> {}

/** A file that was picked. */
export interface PickedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Asks for a file, and reads it; `null` if the dialog is closed without one. Browsers open the dialog only in answer to
 * a click or a key.
 * @example button.onclick = async () => { const file = await pickFile(); if (file) model = await
 * Sequential.load(file.bytes); };
 */
export async function pickFile(options: PickFileOptions = {}): Promise<PickedFile | null> {
  const where = "pickFile";
  const { accept } = readOptions(where, pickOptions, options, arguments);
  const input = checkPage(where).createElement("input");
  input.type = "file";
  input.accept = accept;
  const file = await new Promise<File | null>((resolve) => {
    input.addEventListener("change", () => resolve(input.files?.[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
  return file && { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
