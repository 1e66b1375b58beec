/**
 * A model between formats: plain data with everything that some format can hold. Readers make it from bytes, writers
 * make bytes from it, and neither knows a model; `fromModel.ts` and `toModel.ts` do.
 */
import { checkOptions, OptionError, show } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import type { Shape } from "../base/shape.js";
import type { Compiled } from "../program/types.js";
import type { LayerSpec } from "../specs/layers/all.js";

/** Values in row-major order. */
export interface PortableTensor {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** A layer with its weights by their own names, such as `kernel` [inputs, units] and `bias` [units]. */
export interface PortableLayer {
  /** Its name in the model: `dense_1`. */
  readonly name: string;
  readonly spec: LayerSpec;
  readonly weights: ReadonlyMap<string, PortableTensor>;
}

/** The memory of the optimizer, so that training goes on as if it had never stopped. */
export interface PortableTraining {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Epochs finished. */
  readonly epoch: number;
  /** The rate that a callback has set instead of the optimizer's own. */
  readonly learningRate: number | null;
  /** True if the weights are averages, and the slot `average` holds those that the optimizer moves. */
  readonly isAveraged: boolean;
  /** Values by slot (`m`, `v`), then by weight: `dense_1/kernel`. */
  readonly slots: ReadonlyMap<string, ReadonlyMap<string, PortableTensor>>;
}

/** The name of a class. */
export type ClassName = string | number | boolean;

/** A model as plain data. */
export interface Portable {
  /** Shape of one input row. */
  readonly inputShape: Shape;
  readonly layers: readonly PortableLayer[];
  readonly seed: number;
  /** Optimizer, loss and metrics; `null` if the model is not compiled. */
  readonly compiled: Compiled | null;
  /** `null` if training begins anew. */
  readonly training: PortableTraining | null;
  /** Names of the classes, `metadata.classes` of the model: one for each output, or two for a single one. */
  readonly classes: readonly ClassName[] | null;
  /** Names of the inputs, `metadata.features` of the model. */
  readonly features: readonly string[] | null;
  /** The rest of the model's metadata. */
  readonly metadata: JsonObject | null;
  /** Everything that was left out on the way, one sentence each. */
  readonly notes: readonly string[];
}

/** The parts of a `Portable` that have no default. */
type Needed = Pick<Portable, "inputShape" | "layers">;

/** A `Portable` from its parts; the others are empty. */
export function portable(parts: Needed & Partial<Portable>): Portable {
  const empty = { seed: 0, compiled: null, training: null, classes: null, features: null, metadata: null, notes: [] };
  return { ...empty, ...parts };
}

/** Makes sure that a value is a `Portable` in its outlines, as `read…` functions return it. @throws OptionError */
export function checkPortable(where: string, value: unknown): asserts value is Portable {
  checkOptions(where, value);
  const { inputShape, layers, notes } = value as Partial<Portable>;
  if (Array.isArray(inputShape) && Array.isArray(layers) && Array.isArray(notes)) return;
  throw new OptionError(
    `${where}: expected what a reader or portableOf returns, { inputShape, layers, notes, … }, got ${show(value)}.`,
  );
}

/** Names of classes and features as far as they are lists of the right length; `null` otherwise. */
export function namesIn(
  { classes, features }: { readonly classes?: unknown; readonly features?: unknown },
  inputs: number,
  outputs: number,
): Pick<Portable, "classes" | "features"> {
  return {
    classes: listOf(classes, outputs === 1 ? 2 : outputs, /^(?:string|number|boolean)$/) as Portable["classes"],
    features: listOf(features, inputs, /^string$/) as Portable["features"],
  };
}

function listOf(names: unknown, count: number, kind: RegExp): readonly unknown[] | null {
  const isList = Array.isArray(names) && names.length === count && names.every((name) => kind.test(typeof name));
  return isList ? names : null;
}

/** The columns of rows one after the other. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = values[i * columns + j];
  return turned;
}
