/** A readable dump of a plan, one line per record: for debugging, documentation and snapshot tests. */
import { formatShape } from "../base/shape.js";
import type { FieldKind } from "./field.js";
import { ActivationKind, LossKind, MetricKind } from "./op.js";
import { forEachField, type TapeRecord } from "./record.js";
import type { Plan } from "./tape.js";
import type { TensorRef } from "./tensor.js";

function describeTensor(tensor: TensorRef | null): string {
  if (tensor === null) return "none";
  const batch = tensor.slab === "rows";
  return `${tensor.name}${formatShape(tensor.shape, { batch })}`;
}

const ENUMS: Partial<Record<FieldKind, Readonly<Record<number, string>>>> = { ActivationKind, LossKind, MetricKind };

function describeValue(kind: FieldKind, value: number | TensorRef | null): string {
  return typeof value === "number" ? (ENUMS[kind]?.[value] ?? String(value)) : describeTensor(value);
}

/** `DenseForward x=x[*, 784] kernel=dense_1/kernel[784, 128] …` */
function describeRecord(record: TapeRecord): string {
  const fields: string[] = [];
  forEachField(record.op, (name, kind) =>
    fields.push(`${name}=${describeValue(kind, record[name] as number | TensorRef | null)}`),
  );
  return `${record.op.name} ${fields.join(" ")}`;
}

/** Every section of a plan with its numbered records. */
export function describePlan(plan: Plan): string {
  return Object.entries(plan.sections)
    .map(([name, [begin, end]]) => {
      const lines = plan.records.slice(begin, end).map((record, i) => `  ${begin + i}  ${describeRecord(record)}`);
      return [`${name}:`, ...lines].join("\n");
    })
    .join("\n");
}
