/** The columns of a table model, and the rows that it takes as JSON Schema. */
import type { JsonObject } from "../base/json.js";
import type { typeOf } from "../data/columns/column.js";
import type { Category } from "../data/preprocess/table.js";

/** A column that the model reads. */
export interface TableColumn {
  readonly name: string;
  readonly type: ReturnType<typeof typeOf>;
  /** Columns of x. */
  readonly inputs: readonly string[];
  /** The categories that are known; `null` for other types. */
  readonly categories: readonly Category[] | null;
  /** The value that is used for a missing one, a date as ISO text; `null` for zeros in all inputs. */
  readonly fill: Category | null;
}

const TYPES = {
  number: "number",
  boolean: "boolean",
  date: "string",
  category: "string",
  hash: "string",
  text: "string",
} as const;

/** An object with a property for each column, null for a missing value. */
export function schemaOf(columns: readonly TableColumn[]): JsonObject {
  const properties = columns.map(({ name, type, categories }) => {
    const isText = categories === null || categories.every((category) => typeof category === "string");
    const own = { ...(isText && { type: [TYPES[type], "null"] }), ...(type === "date" && { format: "date" }) };
    return [name, { ...own, ...(categories && { examples: [...categories] }) }];
  });
  return { type: "object", properties: Object.fromEntries(properties) };
}
