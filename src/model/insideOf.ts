/** Access to the internals of a model, for what is not one of its methods. */
import { notAModel } from "../base/notAModel.js";
import { CORE, type Inside } from "./inside.js";

/** @throws OptionError for anything that is not a model. */
export function insideOf(where: string, model: unknown): Inside {
  if (typeof model === "object" && model !== null && CORE in model) return model[CORE] as Inside;
  throw notAModel(where, "a model", model);
}
