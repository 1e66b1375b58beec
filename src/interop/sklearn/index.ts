/** `simdgrad/sklearn`: scikit-learn's `MLPClassifier` and `MLPRegressor`, both ways. */
import { checkArguments } from "../../base/errors.js";
import type { RuntimeOptions } from "../../model/options.js";
import { exported } from "../exported.js";
import type { Savable } from "../fromModel.js";
import { type Imported, importedFrom } from "../toModel.js";
import { type ReadSklearnOptions, readSklearnFor, readSklearnOptions } from "./read.js";
import { type WriteSklearnOptions, writeSklearnFor } from "./write.js";

export * from "../shared.js";
export { sklearnCode } from "./python.js";
export { isSklearn, type ReadSklearnOptions, readSklearn } from "./read.js";
export { type WriteSklearnOptions, writeSklearn } from "./write.js";

/**
 * A model from the JSON of a scikit-learn estimator; see `readSklearn`.
 * @example
 * const { model, notes } = await importSklearn(await readFile("mlp.json"));
 * await model.fit(data, { epochs: 20 }); // goes on with the solver's memory
 */
export async function importSklearn(
  source: string | Uint8Array | object,
  options: ReadSklearnOptions & RuntimeOptions = {},
): Promise<Imported> {
  checkArguments("importSklearn", arguments, 2);
  return importedFrom("importSklearn", (where, own) => readSklearnFor(where, source, own), options, readSklearnOptions);
}

/**
 * A model as JSON for scikit-learn; see `writeSklearn`.
 * @example await writeFile("mlp.json", await exportSklearn(model)); // then in Python: from_json(open("mlp.json").read())
 */
export async function exportSklearn(model: Savable, options: WriteSklearnOptions = {}): Promise<string> {
  checkArguments("exportSklearn", arguments, 2);
  return exported("exportSklearn", model, options, writeSklearnFor);
}
