/** From a model to a file of another library, for the `export…` functions. */

import { type OnWarning, withWarnings } from "../data/onWarning.js";
import { portableFor, type Savable } from "./fromModel.js";
import type { Portable } from "./portable.js";

/** What `write` makes of a model, for the `export…` function `where`. */
export async function exported<Options extends { readonly onWarning?: OnWarning }, Result>(
  where: string,
  model: Savable,
  options: Options,
  write: (where: string, source: Portable, options: Options) => Result | Promise<Result>,
): Promise<Result> {
  const source = await portableFor(where, model);
  return withWarnings(options, (told) => write(where, source, told));
}
