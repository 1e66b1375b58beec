/** From a model to a file of another library, for the `export…` functions. */
import { SimdgradError } from "../base/errors.js";
import { type OnWarning, withWarnings } from "../data/onWarning.js";
import { portableFor, type Savable } from "./fromModel.js";
import type { Portable } from "./portable.js";

/** What `write` makes of a model. Its errors begin with `where`, the function that was called. */
export async function exported<Options extends { readonly onWarning?: OnWarning }, Result>(
  where: string,
  model: Savable,
  options: Options,
  write: (source: Portable, options: Options) => Result | Promise<Result>,
): Promise<Result> {
  const source = await portableFor(where, model);
  try {
    return await withWarnings(options, (own) => write(source, own));
  } catch (error) {
    if (error instanceof SimdgradError) error.message = error.message.replace(/^write\w+/, where);
    throw error;
  }
}
