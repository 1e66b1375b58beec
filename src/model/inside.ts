/** The internals of models, kept beside them, so that `src/inspect/` needs no methods on the model. */
import type { JsonObject } from "../base/json.js";
import type { Compiled } from "../program/types.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import type { ModelState } from "../state/state.js";
import type { Expectation } from "../training/feed.js";
import type { Progress } from "../training/trainingState.js";
import type { ModelSpec } from "./options.js";

/** A model's parts. */
export interface Inside {
  readonly layers: readonly PlacedLayer[];
  readonly spec: ModelSpec;
  readonly state: ModelState;
  readonly progress: Readonly<Progress>;
  /** JSON of the owner of the model, saved in its file. */
  attachment: JsonObject | null;
  /** @throws OptionError before `compile`, BackendError */
  checkCompiled(where: string): Compiled;
  /** Requirements on data. */
  expectation(compiled: Compiled): Expectation;
}

/** The parts of each model. */
export const insides = new WeakMap<object, Inside>();

/** Key of functions that load for another function of the library. */
export const CORE: unique symbol = Symbol("core");
