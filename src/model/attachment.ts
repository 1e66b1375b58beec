/** The attachment in a model's file, which describes the owner of the model: read and replaced without a model. */
import type { JsonObject } from "../base/json.js";
import { readModelFile } from "./readModelFile.js";
import { writeModelFile } from "./writeModelFile.js";

/** The attachment, for the function `where`; `null` for the file of a model alone. @throws FormatError except for a whole, unaltered file. */
export function readAttachment(where: string, bytes: Uint8Array | ArrayBuffer): JsonObject | null {
  return (readModelFile(where, bytes).description.attachment as JsonObject | undefined) ?? null;
}

/** The same file with another attachment. @throws FormatError */
export function withAttachment(
  where: string,
  bytes: Uint8Array | ArrayBuffer,
  attachment: JsonObject | null,
): Uint8Array<ArrayBuffer> {
  const { description, tensors } = readModelFile(where, bytes);
  const { attachment: _, ...own } = description;
  return writeModelFile(attachment ? { ...own, attachment } : own, [...tensors.values()]);
}
