/** The internals of a model, under a symbol, so that `src/inspect/` needs no methods on the model. */
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

/** Key of a model's parts. */
export const CORE: unique symbol = Symbol("core");
