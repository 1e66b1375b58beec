/** The description of a served model as OpenAPI 3.1. */
import type { TableModel } from "simdgrad/table";

const TEXTS = { type: "array", items: { type: "string" } };

function answerOf({ classes }: TableModel) {
  const number = { type: "number" };
  if (classes === null) {
    const interval = { type: "array", items: number, minItems: 2, maxItems: 2 };
    const properties = { value: number, interval, warnings: TEXTS };
    return { type: "object", required: ["value", "interval", "warnings"], properties };
  }
  const probabilities = Object.fromEntries(classes.map((label) => [String(label), number]));
  const properties = {
    label: { enum: [...classes] },
    probability: number,
    probabilities: { type: "object", properties: probabilities },
    warnings: TEXTS,
  };
  return { type: "object", required: ["label", "probability", "probabilities", "warnings"], properties };
}

const json = (schema: object) => ({ "application/json": { schema } });

/** True or false, one or many: `POST /predict` takes a row or an array of rows, and answers alike. */
const oneOrMany = (schema: object) => ({ oneOf: [schema, { type: "array", items: schema }] });

export function openApiOf(model: TableModel, version: string): object {
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const failed = (description: string) => ({ description, content: json(ref("Error")) });
  const predict = {
    summary: `Predicts ${model.target} for a row, or for each of several rows`,
    requestBody: { required: true, content: json(oneOrMany(ref("Row"))) },
    responses: {
      200: { description: "The answer, or an array of answers", content: json(oneOrMany(ref("Answer"))) },
      400: failed("Not JSON, or not rows"),
      413: failed("The body is too large"),
      415: failed("The body is compressed"),
      429: failed("Too many requests"),
    },
  };
  const health = { summary: "True while it runs", responses: { 200: { description: "It runs" } } };
  return {
    openapi: "3.1.0",
    info: { title: `${model.target}: ${model.task}`, version, description: "A table model, served by simdgrad." },
    paths: { "/predict": { post: predict }, "/health": { get: health } },
    components: {
      schemas: {
        Row: model.schema(),
        Answer: answerOf(model),
        Error: { type: "object", required: ["error"], properties: { error: { type: "string" } } },
      },
    },
  };
}
