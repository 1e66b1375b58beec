/** The user's data in this session: their table, their images. It never leaves the tab. */
import type { OwnName } from "../setup.js";
import { readImages } from "./images.js";
import type { OwnData } from "./ownData.js";
import type { Table } from "./table.js";
import type { Reading, TableChoice, TableView } from "./tableView.js";

export class Brought {
  #table: Table | null = null;
  /** The table that the data are made of; another may have been opened since. */
  #used: Table | null = null;
  readonly #data = new Map<OwnName, OwnData>();

  get(source: OwnName): OwnData | undefined {
    return this.#data.get(source);
  }

  async readTable(file: File, reading: Reading): Promise<TableView> {
    this.#table = null;
    const { Table } = await import("./table.js");
    this.#table = await Table.read(file, reading);
    return this.#table.view;
  }

  useTable(choice: TableChoice): void {
    if (!this.#table) throw new Error("Choose a file first.");
    this.#data.set("csv", this.#table.dataFor(choice));
    this.#used = this.#table;
  }

  async readImages(files: readonly File[]): Promise<void> {
    this.#data.set("images", await readImages(files));
  }

  encode(values: Readonly<Record<string, string>>): Float32Array {
    if (this.#used) return this.#used.encode(values);
    throw new Error("Choose a file first.");
  }
}
