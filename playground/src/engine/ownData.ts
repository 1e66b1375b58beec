/** Rows that no generator made. */
import type { FieldView } from "./protocol.js";
import type { TableProgram } from "./tableView.js";

/** Rows that no generator made: columns of numbers, and a target. */
export interface OwnData {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly columns: readonly string[];
  /** Names of the classes; `null` for numbers. */
  readonly classes: readonly string[] | null;
  /** Name of the target. */
  readonly target: string;
  /** Size of an image, if rows are images. */
  readonly image?: readonly [height: number, width: number];
  /** Columns as they were in the user's table. */
  readonly fields?: readonly FieldView[];
  /** What was done to make these data of the user's file, in words. */
  readonly notes?: readonly string[];
  /** How a program reads the user's table. */
  readonly program?: TableProgram;
}
