/** Holds the tensors of records to the shapes that the table of ops states in words. */

import { sizeOf } from "../../src/base/shape.js";
import type { FieldKind } from "../../src/plan/field.js";
import { forEachField, type TapeRecord } from "../../src/plan/record.js";
import type { TensorRef } from "../../src/plan/tensor.js";

type Values = Readonly<Record<string, TensorRef | number | null>>;

/** A tensor's shape as the table writes it, each size as a number: `panels [3, 4]`, `[rows, 4]`. */
function shapeOf({ slab, format, shape }: TensorRef): string {
  if (format === "panels") return `panels [${shape.join(", ")}]`;
  if (slab !== "rows") return `[${sizeOf(shape)}]`;
  return shape.length === 0 ? "[rows]" : `[rows, ${sizeOf(shape)}]`;
}

/** Matches what `shapeOf` may give for a kind: names of fields are their values, other words any number. */
function expected(kind: FieldKind, values: Values): RegExp {
  const text = kind.replace(/^out |\?$/g, "").replace(/[[\]]/g, "\\$&");
  const words = text.replace(/\b(?!rows|panels)[a-z]\w*/g, (word) => {
    const value = values[word];
    return typeof value === "number" ? String(value) : "\\d+";
  });
  const product = (numbers: string) => String(numbers.split(" * ").reduce((all, one) => all * Number(one), 1));
  const sizes = words.replace(/\d+(?: \* \d+)+/g, product);
  // Targets may be one label for each row.
  return new RegExp(`^${kind.includes("targets") ? sizes.replace(", \\d+", "(, \\d+)?") : sizes}$`);
}

/** The fields of a record that are not what the table says. */
export function shapeFaults(record: TapeRecord): string[] {
  const values = record as unknown as Values;
  const faults: string[] = [];
  forEachField(record.op, (name, kind) => {
    const value = values[name];
    const isRight =
      value === null
        ? kind.endsWith("?")
        : kind.includes("[")
          ? typeof value === "object" && expected(kind, values).test(shapeOf(value))
          : typeof value === "number";
    if (!isRight) faults.push(`${name} is ${typeof value === "object" && value ? shapeOf(value) : value}, not ${kind}`);
  });
  return faults;
}
