/** Adds every layer, for programs that read specs of any type. Loaded with the first such spec. */
import { layerTypes } from "./all.js";

/** Makes every layer known; returns their types. Reading the list adds them. */
export function addEveryLayer(): readonly string[] {
  return layerTypes;
}
