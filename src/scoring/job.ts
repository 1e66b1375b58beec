/** The work of scoring parts of a file, and its results: plain data that travels to threads and machines. */

/** A format of tables. */
export type TableFormat = "parquet" | "csv";

/** The way in which a file is scored, the same for each of its parts. */
export interface ScoringJob {
  readonly model: { readonly path: string; readonly sha256: string };
  readonly input: {
    readonly path: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly format: TableFormat;
    /** The bytes of the row of names in CSV, and the sign between cells. */
    readonly header: { readonly begin: number; readonly end: number; readonly delimiter: string } | null;
  };
  readonly output: { readonly path: string; readonly format: TableFormat };
  readonly options: JobOptions;
}

/** Options that change predictions or what is written. */
export interface JobOptions {
  /** Columns of the input for a model that is not a table model, in the order of its inputs. */
  readonly features: readonly string[] | null;
  /** Columns of the input that are written beside the predictions. */
  readonly keep: readonly string[];
  readonly strict: boolean;
  readonly threshold: number | null;
}

/** Rows of Parquet, or bytes of CSV, from `begin` up to `end`. */
export interface Part {
  readonly index: number;
  readonly begin: number;
  readonly end: number;
}

/** A part with all that it is scored with. */
export interface ScoringTask {
  readonly job: ScoringJob;
  readonly part: Part;
}

/** A part that has been written. */
export interface PartResult {
  readonly index: number;
  /** Name of the file in the folder of the output. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Cells that were missing, unknown or unreadable, and were filled in, by column. */
  readonly filled: Readonly<Record<string, number>>;
}

/** A result whose keys are in one order, as its text is part of the manifest: servers of queues may order them anew. */
export function inOrder({ index, file, rows, bytes, sha256, filled }: PartResult): PartResult {
  const counts = Object.entries(filled).sort(([a], [b]) => (a < b ? -1 : 1));
  return { index, file, rows, bytes, sha256, filled: Object.fromEntries(counts) };
}

/** Name of a part's file. */
export function fileOf({ index }: Part, format: TableFormat): string {
  return `part-${String(index).padStart(5, "0")}.${format}`;
}
