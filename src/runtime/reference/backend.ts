/**
 * The reference backend: a naive scalar interpreter of the tape in plain JavaScript. It is the readable
 * specification of every op, the oracle of the tests, and the fallback where there is no WebAssembly SIMD.
 * Sums run in float64; values are stored as float32, or as float64 for gradient checks.
 */
import { type OpEntry, opsByCode } from "../../plan/field.js";
import { Place, Status } from "../../plan/op.js";
import type * as Op from "../../plan/ops.js";
import type { Backend } from "../backend.js";
import * as activation from "./activation.js";
import * as check from "./check.js";
import * as dense from "./dense.js";
import { decode, type Fields } from "./fields.js";
import * as layerNormalization from "./layerNormalization.js";
import * as loss from "./loss.js";
import { type Floats, Memory } from "./memory.js";
import * as metric from "./metric.js";
import * as noise from "./noise.js";
import * as normalization from "./normalization.js";
import * as optimizer from "./optimizer/index.js";
import * as preprocessing from "./preprocessing.js";

type Ops = typeof Op;

/** The function of an op has its name: `columnSum` executes the records of `ColumnSum`. */
type Functions = {
  readonly [Name in keyof Ops as Uncapitalize<Name>]: (memory: Memory, record: Fields<Ops[Name]>) => void;
};

const functions: Functions = {
  ...activation,
  ...check,
  ...dense,
  ...layerNormalization,
  ...loss,
  ...metric,
  ...noise,
  ...normalization,
  ...optimizer,
  ...preprocessing,
};

/** The record at a byte of the tape, ready to be executed. */
function readRecord(view: DataView, start: number): (memory: Memory) => void {
  const op = opsByCode[view.getInt32(start, true)];
  const execute = functions[(op.name[0].toLowerCase() + op.name.slice(1)) as keyof Functions];
  const record = decode(op, view, start);
  return (memory) => (execute as (memory: Memory, record: Fields<OpEntry>) => void)(memory, record);
}

export class ReferenceBackend implements Backend {
  readonly isBroken = false;
  readonly #memory: Memory;
  readonly #records: readonly ((memory: Memory) => void)[];

  /** @param precision 64 keeps every value in float64, in separate memory. @default 32 */
  constructor(words: Int32Array, bytes: number, precision: 32 | 64 = 32) {
    this.#memory = new Memory(bytes, precision);
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    const count = words.byteLength / Place.RecordBytes;
    this.#records = Array.from({ length: count }, (_, i) => readRecord(view, i * Place.RecordBytes));
  }

  get floats(): Floats {
    return this.#memory.floats;
  }

  get ints(): Int32Array {
    return this.#memory.ints;
  }

  get doubles(): Float64Array {
    return this.#memory.doubles;
  }

  run(begin: number, end: number): void {
    for (let index = begin; index < end; index++) {
      this.#records[index](this.#memory);
      if (this.#memory.status !== Status.Running) return;
    }
  }

  release(): void {}
}
