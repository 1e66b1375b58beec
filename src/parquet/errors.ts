/** Messages that say where in a file something is wrong. */
import { DataError, FormatError, show } from "../base/errors.js";

/** A place in a Parquet file, in words. */
export function placeOf(name: string, group?: number, column?: string): string {
  const parts = [group !== undefined && `row group ${group}`, column !== undefined && `column ${show(column)}`];
  const place = parts.filter((part) => part !== false).join(", ");
  return place ? `${name}, ${place}` : name;
}

export const DAMAGED = "The file is damaged or incomplete. Write or copy it again.";

/** An error of the reader with the place; errors of this library pass as they are. */
export function damaged(place: string, cause: unknown): Error {
  if (cause instanceof FormatError || cause instanceof DataError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FormatError(`${place}: ${reason.replace(/[.\s]*$/, "")}. ${DAMAGED}`, { cause });
}
