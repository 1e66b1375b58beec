/** Access to the internals of a model, for what is not one of its methods. */
import { notAModel } from "../base/notAModel.js";
import { type Inside, insides } from "./inside.js";

/** @throws OptionError for anything that is not a model. */
export function insideOf(where: string, model: unknown): Inside {
  const inside = insides.get(model as object);
  if (inside) return inside;
  throw notAModel(where, "a model", model);
}
