/** `fit` of a model that another function trains. */
import { SimdgradError } from "../base/errors.js";
import type { Model } from "./model.js";

/** As `model.fit`; errors that begin with the name of `fit` begin with `where`, the function that was called. */
export async function fitFor(
  where: string,
  model: Pick<Model, "fit">,
  ...args: Parameters<Model["fit"]>
): ReturnType<Model["fit"]> {
  try {
    return await model.fit(...args);
  } catch (error) {
    if (error instanceof SimdgradError) error.message = error.message.replace(/^fit(?=: )/, where);
    throw error;
  }
}
