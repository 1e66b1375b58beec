/** The number of threads that this machine runs at once. */
import { nodeBuiltin } from "./features.js";

export function cores(): number {
  return nodeBuiltin("node:os")?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}
