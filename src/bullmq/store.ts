/** The data of a search by their SHA-256: in Redis, in a folder that all machines see, or elsewhere. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, formatBytes, OptionError, show } from "../base/errors.js";
import { readHeader, readTensors } from "../formats/readSafetensors.js";
import { encodeHeader, joinFile } from "../formats/safetensors.js";
import { writeAtomically } from "../node/atomicFile.js";
import type { Problem } from "../search/trial.js";
import { QueueError } from "./errors.js";
import type { RedisClient } from "./library.js";

/** Keeps files by name. A name is the SHA-256 of the bytes and `.simdgrad-data`. */
export interface DataStore {
  /** The bytes, or `null` if there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
  /** Keeps the bytes; does nothing if the name is there. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** The rows of a search, without its folds. */
export type Rows = Pick<Problem, "x" | "y" | "sampleWeight" | "inputShape" | "targetShape">;

/** Name and size of a data file. */
export interface DataRef {
  readonly sha256: string;
  readonly bytes: number;
}

export const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
export const fileName = (data: DataRef) => `${data.sha256}.simdgrad-data`;

/** @throws OptionError */
export function checkStore(where: string, given: unknown): string | DataStore {
  if (typeof given === "string" && given !== "") return given;
  const { read, write } = (given ?? {}) as Partial<DataStore>;
  if (typeof read === "function" && typeof write === "function") return given as DataStore;
  throw new OptionError(`${where}: expected a folder or { read, write }, got ${show(given)}.`);
}

/** The rows as the bytes of a safetensors file. */
export function encodeRows({ x, y, sampleWeight, inputShape, targetShape }: Rows): Uint8Array {
  const rows = x.length / inputShape.reduce((size, d) => size * d, 1);
  const tensors = [
    { name: "x", shape: [rows, ...inputShape], data: x },
    { name: "y", shape: [rows, ...targetShape], data: y },
    ...(sampleWeight ? [{ name: "sampleWeight", shape: [rows], data: sampleWeight }] : []),
  ];
  return joinFile(encodeHeader({ format: "simdgrad-data", v: "1" }, tensors) as Uint8Array, tensors);
}

/** @throws FormatError */
export function decodeRows(bytes: Uint8Array): Rows {
  const { header, dataBegin } = readHeader(bytes);
  const tensors = readTensors(header, bytes.slice(dataBegin));
  const x = tensors.get("x");
  const y = tensors.get("y");
  if (!x || !y) throw new FormatError("load: a data file holds x and y.");
  const [inputShape, targetShape] = [x.shape.slice(1), y.shape.slice(1)];
  return { x: x.data, y: y.data, inputShape, targetShape, sampleWeight: tensors.get("sampleWeight")?.data ?? null };
}

/** Bytes that a server may be given; a folder has no limit. */
const MOST_IN_REDIS = 64 * 2 ** 20;
/** Seconds that data stay in Redis after their last use by a search. */
const KEEP_SECONDS = 30 * 24 * 3600;

/** @param client Of the server of the queue, where data are kept unless there is a store. */
export function openStore(where: string, store: string | DataStore | undefined, client: RedisClient): DataStore {
  if (typeof store === "object") return store;
  return store === undefined ? redisStore(where, client) : folderStore(store);
}

function redisStore(where: string, client: RedisClient): DataStore {
  const keyOf = (name: string) => `simdgrad:${name}`;
  return {
    read: async (name) => {
      const text = await client.get(keyOf(name));
      return text === null ? null : Buffer.from(text, "base64");
    },
    write: async (name, bytes) => {
      if (bytes.length > MOST_IN_REDIS) {
        const size = `${formatBytes(bytes.length)} of data are more than Redis should keep`;
        throw new QueueError(`${where}: ${size}. Give store: a folder that all machines see, or { read, write }.`);
      }
      await client.set(keyOf(name), Buffer.from(bytes).toString("base64"), "EX", KEEP_SECONDS);
    },
  };
}

function folderStore(folder: string): DataStore {
  const isMissing = (error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  };
  return {
    read: (name) => readFile(join(folder, name)).catch(isMissing),
    write: async (name, bytes) => {
      const there = await stat(join(folder, name)).catch(isMissing);
      if (there?.size === bytes.length) return;
      await writeAtomically("bullExecutor", join(folder, name), bytes);
    },
  };
}

/** The rows of a data file whose bytes have the hash they should. @throws QueueError */
export async function readRows(where: string, store: DataStore, data: DataRef): Promise<Rows> {
  const bytes = await store.read(fileName(data));
  if (bytes === null) {
    const remedy = "Give the worker the store of the search, or start the search again, which writes the file";
    throw new QueueError(`${where}: the data file ${fileName(data)} is not in its store. ${remedy}.`);
  }
  const hash = sha256(bytes);
  if (hash === data.sha256) return decodeRows(bytes);
  const remedy = "Delete it and start the search again, which writes it anew";
  throw new QueueError(`${where}: the data file ${fileName(data)} is damaged: its hash is ${hash}. ${remedy}.`);
}
