/** The user's data in this session: their table, their images. It never leaves the tab. */
import type { OwnName } from "../setup.js";
import { readImages } from "./images.js";
import type { OwnData } from "./ownData.js";
import { type Notes, Table, type TableView } from "./table.js";

export class Brought {
  #table: Table | null = null;
  /** The table that the data are made of; another may have been opened since. */
  #used: Table | null = null;
  readonly #data = new Map<OwnName, OwnData>();

  get(source: OwnName): OwnData | undefined {
    return this.#data.get(source);
  }

  async readCsv(file: File): Promise<TableView> {
    this.#table = null;
    this.#table = await Table.read(file);
    return this.#table.view;
  }

  chooseTarget(target: string): Notes {
    if (!this.#table) throw new Error("Choose a file first.");
    const { data, notes } = this.#table.dataFor(target);
    this.#data.set("csv", data);
    this.#used = this.#table;
    return notes;
  }

  async readImages(files: readonly File[]): Promise<void> {
    this.#data.set("images", await readImages(files));
  }

  encode(values: Readonly<Record<string, string>>): Float32Array {
    if (this.#used) return this.#used.encode(values);
    throw new Error("Choose a file first.");
  }
}
