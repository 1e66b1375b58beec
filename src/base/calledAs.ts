/** Errors of functions that are public themselves, under the name of the one that was called. */
import { SimdgradError } from "./errors.js";

/** Runs `work`. An error that begins with one of the names `own` begins with `where` instead. */
export async function calledAs<Result>(
  where: string,
  own: readonly string[],
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SimdgradError) {
      const name = own.find((each) => error.message.startsWith(`${each}: `));
      if (name !== undefined) error.message = where + error.message.slice(name.length);
    }
    throw error;
  }
}
