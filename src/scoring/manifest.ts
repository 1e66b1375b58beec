/** The description of a scored file. Types alone. */
import type { JobOptions, PartResult, TableFormat } from "./job.js";

/** The contents of `manifest.json`: what was scored, with what, and the files that came of it. */
export interface Manifest {
  /** Goes up when the format changes. */
  readonly manifest: 1;
  /** Version of simdgrad. */
  readonly library: string;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly input: {
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly format: TableFormat;
  };
  readonly format: TableFormat;
  readonly columns: readonly string[];
  readonly options: JobOptions;
  /** Rows of a part, at most, of Parquet. */
  readonly partRows: number;
  readonly rows: number;
  /** Cells that were missing, unknown or unreadable, and were filled in, by column. */
  readonly filled: Readonly<Record<string, number>>;
  readonly parts: readonly PartResult[];
}
