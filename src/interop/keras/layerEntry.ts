/** The contract of a layer in the table: its class there, its settings, and the places of its weights. */
import type { Shape } from "../../base/shape.js";
import type { LayerSpec } from "../../specs/layers/all.js";
import type { Config, Context, Dialect } from "./dialect.js";
import type { Fields, Reading } from "./fields.js";

/** A layer as it is read: options as its factory takes them, and layers after it that finish it. */
export interface ReadLayer {
  readonly layer: Config;
  readonly after: readonly object[];
}

/** A layer as it is written. */
export interface WrittenLayer {
  readonly className: string;
  readonly config: Config;
}

/** One type of layer. */
export interface LayerEntry<S = LayerSpec> {
  /** Its class there. */
  readonly className: string;
  /** Dialects that have it. @default all */
  readonly dialects?: readonly Dialect[];
  readonly fields?: Fields;
  /** Fields that must have one of these values, with the value that is written first. */
  readonly fixed?: Readonly<Record<string, readonly unknown[]>>;
  /** Fields of theirs that change only training. */
  readonly trainingOnly?: readonly string[];
  /** Fields of theirs that change nothing here. */
  readonly ignored?: readonly string[];
  /** Places of its weights in a Keras 3 file, other than `vars/0`, `vars/1`, … */
  readonly places?: (weights: readonly string[]) => readonly string[];
  /** Ends of the paths of what the file has too, and that follows from the weights, or is not used after training. */
  readonly spare?: RegExp;
  /** Dimensions of a weight in the file, where they differ from ours. */
  readonly shapeThere?: (weight: string, shape: Shape, inputShape: Shape) => Shape;
  /** Reads what fields cannot say. */
  readonly read?: (reading: Reading, options: Record<string, unknown>) => ReadLayer;
  /** Writes what fields cannot say; `config` is that of the fields. */
  readonly write?: (context: Context, what: string, spec: S, config: Config) => WrittenLayer | Config;
}
