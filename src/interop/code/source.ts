/** What the functions of this entry take: a model, the bytes of its file, or plain data of another format. */
import { bytesOf } from "../../base/bytes.js";
import { OptionError, show } from "../../base/errors.js";
import { isPlainObject } from "../../base/json.js";
import { portableOf, type Savable } from "../fromModel.js";
import { checkPortable, type Portable } from "../portable.js";

/** A model here or in a worker, the bytes of `save()`, or what a `read…` function returned. */
export type Source = Savable | Portable;

/** @throws OptionError naming `where` for anything else; FormatError for bytes of other files */
export async function sourceOf(where: string, source: Source): Promise<Portable> {
  const isModel = typeof (source as { save?: unknown } | null)?.save === "function";
  if (isModel || bytesOf(source)) return portableOf(source as Savable);
  if (isPlainObject(source) && "layers" in source) {
    checkPortable(where, source);
    return source;
  }
  throw new OptionError(`${where}: expected a model, or the bytes of its save(), got ${show(source)}.`);
}
