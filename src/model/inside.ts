/**
 * What the glass box may see of a model. Models announce themselves here when they are made, so that `src/inspect/`
 * needs no methods on the model, and programs that do not look inside do not ship it.
 */
import type { Data, Dataset } from "../data/dataset.js";
import { OptionError, show } from "../errors.js";
import type { JsonObject } from "../json.js";
import type { PlacedLayer } from "../layers/index.js";
import type { Compiled } from "./compile.js";
import type { ModelSpec } from "./options.js";
import type { Progress } from "./progress.js";
import type { ModelState } from "./state.js";

/** A model's parts. */
export interface Inside {
  readonly layers: readonly PlacedLayer[];
  readonly spec: ModelSpec;
  readonly state: ModelState;
  readonly progress: Readonly<Progress>;
  /** JSON of what holds the model, which travels in its file. */
  attachment: JsonObject | null;
  /** Checks data as the model's own methods do. @throws OptionError before `compile`, ShapeError, DataError */
  check(where: string, data: Data): { compiled: Compiled; dataset: Dataset };
}

const insides = new WeakMap<object, Inside>();

/** Makes a model known. */
export function announce(model: object, inside: Inside): void {
  insides.set(model, inside);
}

/** @throws OptionError for what is not a model. */
export function insideOf(where: string, model: unknown): Inside {
  const inside = typeof model === "object" && model !== null ? insides.get(model) : undefined;
  if (!inside) throw new OptionError(`${where}: expected a model, got ${show(model)}.`);
  return inside;
}
