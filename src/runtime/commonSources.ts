/**
 * Builds without the kernels that only some models need (`plan/common.ts`): a page downloads less. The build of the
 * library for Node has `commonSourcesInNode.ts` in place of this file.
 */
import type { Variant } from "./features.js";
import type { EmbeddedSource } from "./unpack.js";

export const commonSources: Partial<Record<Variant, EmbeddedSource>> = {
  simd: () => import("#wasm/simd-common"),
  relaxed: () => import("#wasm/relaxed-common"),
};
