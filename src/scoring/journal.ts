/** The folder of an output: parts that are done, line by line, so that a second run goes on; and the manifest. */
import { appendFile, mkdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { OptionError, show } from "../base/errors.js";
import { isPlainObject } from "../base/json.js";
import { writeAtomically } from "../node/atomicFile.js";
import { identityOf } from "./files.js";
import type { Part, PartResult } from "./job.js";
import type { Manifest } from "./manifest.js";

const MANIFEST = "manifest.json";
const JOURNAL = "parts.jsonl";

/** The part of a manifest that must be the same for parts to count. */
type Head = Omit<Manifest, "rows" | "filled" | "parts">;

const orNull = (error: NodeJS.ErrnoException) => {
  if (error.code === "ENOENT") return null;
  throw error;
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a line that was cut off
  }
}

function isResult(given: unknown): given is PartResult {
  const { index, file, rows, bytes, sha256, filled } = (isPlainObject(given) ? given : {}) as Partial<PartResult>;
  const areCounts = [index, rows, bytes].every((value) => Number.isSafeInteger(value) && (value as number) >= 0);
  return areCounts && PART.test(String(file)) && typeof sha256 === "string" && isPlainObject(filled);
}

const PART = /^part-\d+\.\w+$/;

/** @throws OptionError for files that are read, in the folder, under names that are written there */
export async function checkApart(where: string, folder: string, read: readonly string[]): Promise<void> {
  const placeOf = (path: string) => realpath(path).catch(() => null);
  const own = await placeOf(folder);
  for (const path of read) {
    const name = basename(path);
    const isTaken = name === MANIFEST || name === JOURNAL || PART.test(name);
    if (!isTaken || own === null || (await placeOf(dirname(path))) !== own) continue;
    throw new OptionError(
      `${where}: output: ${show(folder)} holds ${show(name)}, which is read, under the name of a part. Give another folder.`,
    );
  }
}

export class Journal {
  readonly #where: string;
  readonly #folder: string;
  readonly #head: Head;

  constructor(where: string, folder: string, head: Head) {
    this.#where = where;
    this.#folder = folder;
    this.#head = head;
  }

  /**
   * The parts that are there whole, by index; begins the journal if there is none.
   * @throws OptionError for a folder with parts of another file, model, or with other options.
   */
  async open(parts: readonly Part[]): Promise<Map<number, PartResult>> {
    await mkdir(this.#folder, { recursive: true });
    const [manifest, journal] = await Promise.all(
      [MANIFEST, JOURNAL].map((name) => readFile(join(this.#folder, name), "utf8").catch(orNull)),
    );
    const found = new Map<number, PartResult>();
    if (manifest === null && journal === null) {
      const text = JSON.stringify(this.#head);
      await writeAtomically(this.#where, join(this.#folder, JOURNAL), text, { keepsOld: true });
      return this.open(parts); // another scoring may have begun one at the same moment
    }
    const [head, ...results] =
      manifest === null ? (journal as string).split("\n").map(parsed) : listed(parsed(manifest));
    this.#checkHead(head);
    for (const result of results) {
      if (isResult(result) && result.index < parts.length && (await this.isThere(result)))
        found.set(result.index, result);
    }
    return found;
  }

  /** True if the file of a part has the bytes that it should. */
  async isThere({ file, bytes, sha256 }: PartResult): Promise<boolean> {
    const path = join(this.#folder, file);
    const found = await stat(path).catch(() => null);
    return found?.isFile() === true && found.size === bytes && (await identityOf(path)).sha256 === sha256;
  }

  /** Adds a part, on a line of its own even if the last one was cut off. */
  add(result: PartResult): Promise<void> {
    return appendFile(join(this.#folder, JOURNAL), `\n${JSON.stringify(result)}`);
  }

  /** Writes the manifest, after which the journal is not needed. */
  async close(results: readonly PartResult[]): Promise<Manifest> {
    const filled = new Map<string, number>();
    for (const part of results) {
      for (const [name, count] of Object.entries(part.filled)) filled.set(name, (filled.get(name) ?? 0) + count);
    }
    const rows = results.reduce((sum, part) => sum + part.rows, 0);
    const manifest: Manifest = { ...this.#head, rows, filled: Object.fromEntries(filled), parts: results };
    await writeAtomically(this.#where, join(this.#folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await rm(join(this.#folder, JOURNAL), { force: true });
    return manifest;
  }

  #checkHead(head: unknown): void {
    const there = (isPlainObject(head) ? head : {}) as Readonly<Record<string, unknown>>;
    const textOf = (value: unknown) => JSON.stringify(value, (key, item) => (key === "name" ? undefined : item));
    const differing = Object.entries(this.#head).find(([key, own]) => textOf(there[key]) !== textOf(own));
    if (!differing) return;
    const [key, own] = differing;
    const got = `${key} ${JSON.stringify(there[key]) ?? "unknown"}, now ${JSON.stringify(own)}`;
    const remedy = `Give another folder. To score anew, delete ${MANIFEST}, ${JOURNAL} and the files part-… in it`;
    throw new OptionError(
      `${this.#where}: output: ${show(this.#folder)} holds parts of another scoring (${got}). ${remedy}.`,
    );
  }
}

/** A manifest as the lines of a journal. */
function listed(manifest: unknown): unknown[] {
  const { parts } = (isPlainObject(manifest) ? manifest : {}) as { parts?: unknown };
  return [manifest, ...(Array.isArray(parts) ? parts : [])];
}
