/** A readable dump of a plan, one line per record: for debugging, documentation and snapshot tests. */
import { formatShape } from "../shape.js";
import { ActivationKind, LossKind, MetricKind, Op } from "./op.js";
import { recordFields, type TapeRecord } from "./record.js";
import type { Plan } from "./tape.js";
import type { TensorRef } from "./tensor.js";

function describeTensor(tensor: TensorRef | null): string {
  if (tensor === null) return "none";
  const batch = tensor.slab === "rows";
  return `${tensor.name}${formatShape(tensor.shape, { batch })}`;
}

function describeField(record: TapeRecord, name: string, value: unknown): string {
  if (name === "activation") return ActivationKind[value as number];
  if (name === "kind") return record.op === Op.Loss ? LossKind[value as number] : MetricKind[value as number];
  return typeof value === "number" ? String(value) : describeTensor(value as TensorRef | null);
}

/** `DenseForward x=x[*, 784] kernel=dense_1/kernel[784, 128] …` */
export function describeRecord(record: TapeRecord): string {
  const fields = Object.keys(recordFields[record.op]).map((name) => {
    const value = (record as unknown as Record<string, unknown>)[name];
    return `${name}=${describeField(record, name, value)}`;
  });
  return `${Op[record.op]} ${fields.join(" ")}`;
}

/** Every section of a plan with its numbered records. */
export function describe(plan: Plan): string {
  return Object.entries(plan.sections)
    .map(([name, [begin, end]]) => {
      const lines = plan.records.slice(begin, end).map((record, i) => `  ${begin + i}  ${describeRecord(record)}`);
      return [`${name}:`, ...lines].join("\n");
    })
    .join("\n");
}
