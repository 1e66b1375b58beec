/** Records of an op at many sizes, from what the op states: shapes, numbers, tensors that may be null. */
import type { FieldKind, OpEntry } from "../../src/plan/field.js";
import { forEachField, isTensor, type TapeRecord } from "../../src/plan/record.js";
import { Tape } from "../../src/plan/tape.js";
import type { TensorRef } from "../../src/plan/tensor.js";
import type { RecordCase } from "./recordCase.js";
import { SIZES } from "./sizes.js";
import { uniforms } from "./tensors.js";

interface Variant {
  /** Index of the sizes. */
  readonly place: number;
  readonly withNulls: boolean;
  readonly inPlace: boolean;
  /** Value of flags. */
  readonly flag: 0 | 1;
}

/** Numbers that are not sizes, by name; those ending in `Flag` are 0 and 1. */
const NUMBERS: Readonly<Record<string, number>> = {
  ...{ key0: 0x1234567, key1: -0x7654321, threshold: 0x50000000, epsilon: 1e-3, floor: 1e-12, share: 0.25 },
};

/** Range of the values of a tensor: factors are positive. */
const rangeOf = (name: string): [low: number, high: number] => (/^(gamma|scale)$/.test(name) ? [0.5, 1.5] : [-1, 2]);

/** The words of a shape: `[rows, groups * size]` has groups and size. */
const wordsOf = (kind: FieldKind): string[] => kind.replace(/^out /, "").match(/[a-z]\w*/g) ?? [];

/** The number of columns of a tensor, a product of sizes. */
function columnsOf(kind: FieldKind, sizes: ReadonlyMap<string, number>): number {
  const product = wordsOf(kind).filter((word) => word !== "rows");
  return product.reduce((columns, word) => columns * (sizes.get(word) ?? 1), 1);
}

/** Sizes that grow from case to case, each around the edges of vectors and panels; products stay small. */
function sizesOf(op: OpEntry, place: number): Map<string, number> {
  const names = new Set(Object.values(op.fields).flatMap((kind) => (isTensor(kind) ? wordsOf(kind) : [])));
  names.delete("rows");
  const small = [1, 2, 3, 4, 5, 8, 9];
  const choose = (i: number) => (i === 0 ? SIZES[place] : small[(place * 3 + i * 2) % small.length]);
  return new Map([...names].map((name, i) => [name, choose(i)]));
}

function generatedCase(op: OpEntry, { place, withNulls, inPlace, flag }: Variant): RecordCase {
  const tape = new Tape();
  const sizes = sizesOf(op, place);
  const rows = SIZES[(place * 7) % SIZES.length];
  const record: Record<string, unknown> = {};
  const inputs: [TensorRef, Float32Array][] = [];
  const outputs: TensorRef[] = [];
  let seed = 60;
  forEachField(op, (name, kind) => {
    if (!isTensor(kind)) {
      record[name] = sizes.get(name) ?? NUMBERS[name] ?? (kind === "int" ? flag : 0.37);
      return;
    }
    if (kind.endsWith("?") && withNulls) {
      record[name] = null;
      return;
    }
    const columns = columnsOf(kind, sizes);
    const isRows = kind.includes("[rows");
    const isOut = kind.startsWith("out ");
    if (name === "dx" && inPlace) record[name] = record.dy;
    else if (isRows) record[name] = tape.rows(name, columns);
    else record[name] = isOut ? tape.twin(tape.parameter(name, [columns]), "grads") : tape.parameter(name, [columns]);
    const tensor = record[name] as TensorRef;
    if (isOut) outputs.push(tensor);
    else inputs.push([tensor, uniforms(isRows ? rows * columns : columns, seed++, ...rangeOf(name))]);
  });
  const longest = Math.max(rows, ...sizes.values());
  return {
    label: `${op.name}, ${rows} rows, ${JSON.stringify(Object.fromEntries(sizes))}${inPlace ? " in place" : ""}`,
    tape,
    record: { op, ...record } as TapeRecord,
    rows,
    inputs,
    outputs,
    step: 5,
    tolerance: { rtol: 3e-6 * Math.sqrt(longest), atol: 3e-6 * Math.sqrt(longest) },
  };
}

/** Cases at every size, in place by turns; the last ones without tensors that may be null, and with flags set. */
export function generatedCases(op: OpEntry): RecordCase[] {
  const isInPlace = "dx" in op.fields && "dy" in op.fields;
  const variant = { withNulls: false, inPlace: false, flag: 0 } as const;
  const cases = SIZES.map((_, place): Variant => ({ ...variant, place, inPlace: isInPlace && place % 2 === 1 }));
  const rest = [3, 8, 11].map((place): Variant => ({ ...variant, place, withNulls: true, flag: 1 }));
  return [...cases, ...rest].map((one) => generatedCase(op, one));
}
