/** What a model's file says of that which holds the model: read and replaced without making the model. */
import type { JsonObject } from "../base/json.js";
import { readModelFile } from "./readModelFile.js";
import { writeModelFile } from "./writeModelFile.js";

/** `null` for the file of a model alone. @throws FormatError for anything but a whole, unaltered file. */
export function readAttachment(bytes: Uint8Array | ArrayBuffer): JsonObject | null {
  return (readModelFile(bytes).description.attachment as JsonObject | undefined) ?? null;
}

/** The same file with another attachment. @throws FormatError */
export function withAttachment(
  bytes: Uint8Array | ArrayBuffer,
  attachment: JsonObject | null,
): Uint8Array<ArrayBuffer> {
  const { description, tensors } = readModelFile(bytes);
  const { attachment: _, ...own } = description;
  return writeModelFile(attachment ? { ...own, attachment } : own, [...tensors.values()]);
}
