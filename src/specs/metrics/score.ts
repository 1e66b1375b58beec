/**
 * The type of functions that score predictions: one number, or a list of one per class or output where the options ask
 * for it. Said once for all of them. Knows no formulas.
 */
import { checkArguments } from "../../base/errors.js";

/** Values of options that ask for a list. */
type List = "none" | "rawValues";

/** Options that may hold them. */
interface Asking {
  average: "none";
  multioutput: "rawValues";
}

/** Options that ask for one number. */
export type OneNumber<Options> = { [Key in keyof Options]: Exclude<Options[Key], List> };

/** Options that ask for one number per class or output. */
export type OnePerPart<Options> = {
  [Key in keyof Options & keyof Asking]-?: Options & Pick<Asking, Key>;
}[keyof Options & keyof Asking];

/**
 * A score of predictions: a list with `average: "none"` or `multioutput: "rawValues"`, else one number. Overloads
 * rather than a type parameter, so that a misspelled option does not compile.
 */
export interface Score<Options> {
  (truth: ArrayLike<number>, predictions: ArrayLike<number>, options: OnePerPart<Options>): number[];
  (truth: ArrayLike<number>, predictions: ArrayLike<number>, options?: OneNumber<Options>): number;
}

/** The public function of that name: refuses a fourth argument, and has the type of the score that it is. */
// @__NO_SIDE_EFFECTS__
export function scoreNamed<Options>(
  name: string,
  compute: (truth: ArrayLike<number>, predictions: ArrayLike<number>, options: Options) => number | number[],
): Score<Options> {
  function score(truth: ArrayLike<number>, predictions: ArrayLike<number>, options = {} as Options) {
    checkArguments(name, arguments, 3);
    return compute(truth, predictions, options);
  }
  return Object.defineProperty(score, "name", { value: name }) as Score<Options>;
}
