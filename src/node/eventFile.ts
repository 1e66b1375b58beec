/** An event file of TensorBoard: records are collected, and appended to the file in one go. */
import { appendFileSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { SimdgradError } from "../base/errors.js";
import { messageOf } from "./atomicFile.js";
import { join as joinBytes, type Moment, versionRecord } from "./events.js";

/** A place in a file: everything before it belongs to the run. At 0 bytes the file is still to be made. */
export interface FilePlace {
  readonly name: string;
  readonly bytes: number;
}

/** Bytes that are collected before they are written anyway. */
const MOST = 1 << 16;

/** Number of files that this process has made, so that no two have one name. */
let made = 0;

export class EventFile {
  readonly #where: string;
  readonly #path: string;
  readonly #name: string;
  #bytes: number;
  #waiting: Uint8Array[] = [];
  #collected = 0;

  /**
   * Continues a file at a place, or makes one if it is not there, or all that is in it was written after the place.
   * @throws SimdgradError, naming the path, if it cannot be written.
   */
  constructor(where: string, folder: string, place: FilePlace) {
    this.#where = where;
    const found = sizeAt(folder, place);
    const isWhole = isEventFile(place.name) && (found ?? 0) >= place.bytes;
    this.#name = isWhole ? place.name : newName();
    this.#path = join(folder, this.#name);
    this.#bytes = isWhole ? place.bytes : 0;
    this.#attempt(() => {
      if (this.#bytes > 0) {
        if (found !== place.bytes) truncateSync(this.#path, place.bytes);
        return;
      }
      mkdirSync(folder, { recursive: true });
      rmSync(this.#path, { force: true });
      const version = versionRecord(clock());
      writeFileSync(this.#path, version, { flag: "wx" });
      this.#bytes = version.length;
    });
  }

  /** The end of the file, with all that was collected. */
  get place(): FilePlace {
    this.flush();
    return { name: this.#name, bytes: this.#bytes };
  }

  /** Collects a record of this moment. */
  add(step: number, make: (moment: Moment) => Uint8Array): void {
    const record = make({ time: clock(), step });
    this.#waiting.push(record);
    this.#collected += record.length;
    if (this.#collected > MOST) this.flush();
  }

  /** Writes all that was collected. @throws SimdgradError, naming the path. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = joinBytes(...this.#waiting);
    this.#attempt(() => appendFileSync(this.#path, bytes));
    this.#waiting = [];
    this.#collected = 0;
    this.#bytes += bytes.length;
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (cause) {
      throw new SimdgradError(`${this.#where}: ${this.#path} could not be written: ${messageOf(cause)}`, { cause });
    }
  }
}

/** Seconds since 1970. */
function clock(): number {
  return Date.now() / 1000;
}

/** The place of a file that is still to be made. */
export const newPlace = (): FilePlace => ({ name: newName(), bytes: 0 });

/**
 * `events.out.tfevents.1700000000.host.4711.1`: TensorBoard reads the files of a folder in the order of their names.
 */
function newName(): string {
  const seconds = String(Math.floor(clock())).padStart(10, "0");
  return `events.out.tfevents.${seconds}.${hostname().replace(/[^\w.-]/g, "_")}.${process.pid}.${made++}`;
}

/** True for the name of an event file; false for a path. */
function isEventFile(name: unknown): name is string {
  return typeof name === "string" && /^events\.out\.tfevents\.[\w.-]+$/.test(name);
}

/** The bytes of a file; `null` if there is none, or if it cannot be looked at, of which an attempt to write it tells. */
export function sizeAt(folder: string, { name }: FilePlace): number | null {
  if (!isEventFile(name)) return null;
  try {
    const found = statSync(join(folder, name));
    return found.isFile() ? found.size : null;
  } catch {
    return null;
  }
}
