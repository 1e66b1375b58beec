/** Parts that only some models need. `create` loads them, because it may wait; methods such as `compile` may not. */
import { rules } from "../program/rules.js";
import { addFills, canFill } from "../specs/initializers/table.js";
import { layerFacts, type PlacedLayer, placeLayers } from "../specs/layers/facts.js";
import type { ModelSpec } from "./options.js";

/** The module that `adapt` runs, in models that have a layer to adapt. */
export const adapting = {} as typeof import("./adapt.js");

/** True if `adapt` has something to do. */
export function adapts({ spec }: PlacedLayer): boolean {
  return layerFacts(spec).adapt !== undefined;
}

/** Loads the parts that layers need. */
export async function loadParts({ layers, inputShape }: ModelSpec): Promise<void> {
  const placed = placeLayers(layers, inputShape);
  const isPlain = placed.every((layer) =>
    layer.parameters.every(
      ({ values, initializer, regularizer, constraint }) =>
        !regularizer && !constraint && (values || canFill(initializer)),
    ),
  );
  if (!isPlain || placed.some(adapts)) addParts(await import("./everyPart.js"));
}

/** Makes the parts known. */
export function addParts({ fills, ruleRecords, adapt }: typeof import("./everyPart.js")): void {
  addFills(fills);
  Object.assign(rules, ruleRecords);
  Object.assign(adapting, adapt);
}
