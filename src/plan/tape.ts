/**
 * Builds a plan: allocates tensors in slabs and collects records, in order, under named sections.
 * Layers, losses and optimizers emit into it, once, when a model is compiled. No bytes, no arithmetic.
 */
import type { OpEntry } from "./field.js";
import { flopsOf, type RecordOf, type TapeRecord } from "./record.js";
import { reuseRows } from "./reuse.js";
import {
  type Format,
  type ParameterSlab,
  panelStride,
  rowStride,
  type SlabName,
  type Span,
  storageSize,
  type TensorRef,
} from "./tensor.js";

/** Ranges of records that run together; `accumulate` is the beginning of `train`, up to the gradients. */
export type Section = "predict" | "evaluate" | "train" | "accumulate";

/** A finished plan: plain data. */
export interface Plan {
  readonly records: readonly TapeRecord[];
  /** For each section, its first record and the one after its last. */
  readonly sections: Partial<Record<Section, readonly [begin: number, end: number]>>;
  /** Vectors that never change, with their values. */
  readonly constants: readonly (readonly [tensor: TensorRef, values: readonly number[]])[];
  /** Floats in each slab; for `rows`, floats per row. */
  readonly slabSizes: Readonly<Record<SlabName, number>>;
  /** Floats per row that each section needs in the slab `rows`. */
  readonly rowSizes: Readonly<Partial<Record<Section, number>>>;
  /** Floating-point operations per row in each section. */
  readonly flopsPerRow: Readonly<Record<Section, number>>;
}

export class Tape {
  readonly #records: TapeRecord[] = [];
  readonly #sections: Plan["sections"] = {};
  readonly #constants: (readonly [tensor: TensorRef, values: readonly number[]])[] = [];
  readonly #sizes: Record<SlabName, number> = {
    params: 0,
    grads: 0,
    slot1: 0,
    slot2: 0,
    slot3: 0,
    accumulated: 0,
    average: 0,
    constants: 0,
    zeros: 0,
    scratch: 0,
    sums: 0,
    rows: 0,
  };
  #mostRows = 0;
  readonly #rowSizes: Partial<Record<Section, number>> = {};
  /** The open section: its name, its first record, and the offset of its row tensors. */
  #open: { readonly name: Section; readonly begin: number; readonly rows: number } = {
    name: "predict",
    begin: 0,
    rows: 0,
  };

  /** Number of records so far. */
  get length(): number {
    return this.#records.length;
  }

  /** Appends a record. */
  emit<Entry extends OpEntry>(record: RecordOf<Entry>): void {
    this.#records.push(record);
  }

  /**
   * Opens a section: records emitted until `end` belong to it. Its row tensors share their memory with those of other
   * sections, because no value lives from one section to the next.
   */
  begin(name: Section): void {
    this.#open = { name, begin: this.#records.length, rows: this.#sizes.rows };
  }

  /** Closes the section. If `kept` lists the tensors that are read after it, the others share memory, too. */
  end(kept?: readonly TensorRef[]): void {
    const { name, begin, rows } = this.#open;
    this.#sections[name] = [begin, this.#records.length];
    if (kept) this.#sizes.rows = reuseRows(this.#records.slice(begin), kept, rows);
    this.#rowSizes[name] = this.#sizes.rows;
    this.#mostRows = Math.max(this.#mostRows, this.#sizes.rows);
    this.#sizes.rows = rows;
  }

  /** Makes the records of the open section so far a section of their own. */
  endPrefix(name: Section): void {
    this.#sections[name] = [this.#open.begin, this.#records.length];
  }

  /** A tensor with one row of `columns` floats per sample. */
  rows(name: string, columns: number): TensorRef {
    return this.#allocate("rows", name, "rows", [columns], rowStride(columns));
  }

  /** One float per sample. */
  rowScalars(name: string): TensorRef {
    return this.#allocate("rows", name, "rows", [], 1);
  }

  /** One int32 label per sample. */
  labels(name: string): TensorRef {
    return this.#allocate("rows", name, "labels", [], 1);
  }

  /** A parameter: `panels` for a kernel [inputs, units], `vector` for a bias [units]. */
  parameter(name: string, shape: readonly number[]): TensorRef {
    return shape.length === 2
      ? this.#allocate("params", name, "panels", shape, panelStride(shape[0]))
      : this.#allocate("params", name, "vector", shape, 0);
  }

  /** A vector of these values; nothing writes to it. */
  constant(name: string, values: readonly number[]): TensorRef {
    const tensor = this.#allocate("constants", name, "vector", [values.length], 0);
    this.#constants.push([tensor, values]);
    return tensor;
  }

  /** A vector of `count` zeros; nothing writes to it. */
  zeros(count: number): TensorRef {
    const vector: TensorRef = { name: "zeros", slab: "zeros", offset: 0, format: "vector", shape: [count], stride: 0 };
    this.#sizes.zeros = Math.max(this.#sizes.zeros, storageSize(vector));
    return vector;
  }

  /** The gradient of a parameter, or one of its optimizer slots: the same offset in another slab. */
  twin(parameter: TensorRef, slab: ParameterSlab): TensorRef {
    this.#sizes[slab] = this.#sizes.params;
    return { ...parameter, slab };
  }

  /** All of a parameter-shaped slab as one vector. */
  whole(slab: ParameterSlab): TensorRef {
    return this.span(slab, { offset: 0, count: this.#sizes.params });
  }

  /** A span of a parameter-shaped slab as one vector, as the optimizers see it. */
  span(slab: ParameterSlab, { offset, count }: Span): TensorRef {
    this.#sizes[slab] = this.#sizes.params;
    return { name: slab, slab, offset, format: "vector", shape: [count], stride: 0 };
  }

  /** A vector for values that one record leaves for a later record of the same step. */
  scratch(name: string, count: number): TensorRef {
    return this.#allocate("scratch", name, "vector", [count], 0);
  }

  /** Doubles in which a record adds up the gradient of a kernel, one for each of its floats; all records share them. */
  sums(kernel: TensorRef): TensorRef {
    const vector = { shape: [2 * storageSize(kernel)], format: "vector", stride: 0 } as const;
    this.#sizes.sums = Math.max(this.#sizes.sums, storageSize(vector));
    return { name: "sums", slab: "sums", offset: 0, ...vector };
  }

  build(): Plan {
    const rows = Math.max(this.#mostRows, this.#sizes.rows);
    const slabSizes = { ...this.#sizes, rows };
    return {
      records: this.#records,
      sections: this.#sections,
      constants: this.#constants,
      slabSizes,
      rowSizes: this.#rowSizes,
      flopsPerRow: {
        predict: this.#flopsPerRow("predict"),
        evaluate: this.#flopsPerRow("evaluate"),
        train: this.#flopsPerRow("train"),
        accumulate: this.#flopsPerRow("accumulate"),
      },
    };
  }

  #flopsPerRow(name: Section): number {
    const [begin, end] = this.#sections[name] ?? [0, 0];
    return this.#records.slice(begin, end).reduce((sum, record) => sum + (flopsOf(record) ?? 0), 0);
  }

  #allocate(slab: SlabName, name: string, format: Format, shape: readonly number[], stride: number): TensorRef {
    const tensor: TensorRef = { name, slab, offset: this.#sizes[slab], format, shape, stride };
    this.#sizes[slab] += storageSize(tensor);
    return tensor;
  }
}
