/**
 * The types of layers that this program holds. The factory of a layer adds its definition, so that a program carries
 * only the layers it makes; `every.ts` adds all of them, for specs from files, messages and plain data.
 */
import { makeSpec, type OptionTable, type Spec } from "../../base/options.js";

/** Definitions by type. */
export const knownLayers = new Map<string, object>();

/** Makes a layer's spec from the options of its factory, and adds its definition. @throws OptionError */
export function makeLayer<Type extends string, T extends OptionTable>(
  type: Type,
  definition: object,
  table: T,
  options: object,
  args?: ArrayLike<unknown>,
  first?: object,
): Spec<Type, T> {
  knownLayers.set(type, definition);
  return makeSpec(type, table, options, args, first);
}
