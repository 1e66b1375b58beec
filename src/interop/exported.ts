/** From a model to a file of another library, for the `export…` functions. */

import { calledAs } from "../base/calledAs.js";
import { type OnWarning, withWarnings } from "../data/onWarning.js";
import { portableFor, type Savable } from "./fromModel.js";
import type { Portable } from "./portable.js";

/** The result of `write` for a model. Errors of the writers with the names `own` begin with `where`, the function called. */
export async function exported<Options extends { readonly onWarning?: OnWarning }, Result>(
  where: string,
  own: readonly string[],
  model: Savable,
  options: Options,
  write: (source: Portable, options: Options) => Result | Promise<Result>,
): Promise<Result> {
  const source = await portableFor(where, model);
  return calledAs(where, own, () => withWarnings(options, (told) => write(source, told)));
}
