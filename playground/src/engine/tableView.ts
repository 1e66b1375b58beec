/** A table as the dialog shows it, and what a person chooses there. Plain data. */

/** Encodings of text; `auto`: Unicode if the bytes are, else Western European. */
export const encodings = [
  "auto",
  "utf-8",
  "utf-16le",
  "utf-16be",
  "windows-1252",
  "windows-1250",
  "windows-1251",
  "shift_jis",
  "gb18030",
] as const;
export type Encoding = (typeof encodings)[number];

/** How a file is read; `auto` leaves it to the page. */
export interface Reading {
  readonly encoding: Encoding;
  readonly delimiter: "auto" | "," | ";" | "\t" | "|";
  readonly decimal: "auto" | "." | ",";
  /** True if the first row holds the names of the columns. */
  readonly header: "auto" | boolean;
}

export const AUTO: Reading = { encoding: "auto", delimiter: "auto", decimal: "auto", header: "auto" };

/** What a column's cells are read as. */
export type CellType = "number" | "category" | "boolean" | "date" | "text";

export interface ColumnView {
  readonly name: string;
  /** The type that fits best; `null` if all cells are missing. */
  readonly type: CellType | null;
  /** Types to choose from. */
  readonly types: readonly CellType[];
  /** As a target: a number, or classes; `null` if it cannot be one. */
  readonly asTarget: "number" | "category" | null;
  readonly missing: number;
  readonly unique: number;
  /** Some cells, as text. */
  readonly samples: readonly string[];
  /** Why the column is left out unless a person takes it; "" for one to learn from. */
  readonly reason: string;
}

/** Contents of a file. */
export interface TableView {
  readonly rows: number;
  readonly columns: readonly ColumnView[];
  /** The column to learn, as far as the page can tell. */
  readonly target: string;
  /** How the file was read, without `auto`; `null` for JSON, which needs no choice. */
  readonly found: Reading | null;
  /** What was done to the file, in words. */
  readonly notes: readonly string[];
}

/** The use of a table. */
export interface TableChoice {
  readonly target: { readonly name: string; readonly type: "number" | "category" };
  readonly inputs: readonly { readonly name: string; readonly type: CellType }[];
}

/** A table as a program reads it: the file, and the options of the library for it. */
export interface TableProgram {
  readonly file: string;
  readonly isJson: boolean;
  readonly isGzipped: boolean;
  /** The encoding, if the library would not see it by itself. */
  readonly encoding: Encoding | null;
  /** Options of `parseCsv`. */
  readonly csv: Readonly<Record<string, unknown>>;
  /** Options of `fromTable`. */
  readonly options: Readonly<Record<string, unknown>>;
}
