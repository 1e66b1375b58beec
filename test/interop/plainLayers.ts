/** A small model with one layer of a type, for tables over all types. */
import {
  activation,
  activityRegularization,
  categoryEncoding,
  dense,
  dropout,
  gaussianDropout,
  gaussianNoise,
  type LayerSpec,
  prelu,
  reshape,
  type SequentialOptions,
  spectralNormalization,
} from "../../src/index.js";

const MADE: Readonly<Record<string, () => LayerSpec>> = {
  activation: () => activation("tanh"),
  activityRegularization: () => activityRegularization({ l2: 0.1 }),
  categoryEncoding: () => categoryEncoding({ numTokens: 4 }),
  dense: () => dense({ units: 4 }),
  dropout: () => dropout(0.2),
  alphaDropout: () => ({ type: "alphaDropout", rate: 0.2 }) as LayerSpec,
  gaussianDropout: () => gaussianDropout(0.2),
  gaussianNoise: () => gaussianNoise(0.2),
  groupNormalization: () => ({ type: "groupNormalization", groups: 2 }) as LayerSpec,
  prelu: () => prelu(),
  rescaling: () => ({ type: "rescaling", scale: 2 }) as LayerSpec,
  reshape: () => reshape([2, 2]),
  spectralNormalization: () => spectralNormalization(dense({ units: 4 })),
};
/** Types that stand first. */
const FIRST = new Set(["categoryEncoding", "reshape", "flatten"]);

/** Options of a model [4] → dense(4) → a layer of that type → dense(2); some types stand first. */
export function plainLayers(type: string): SequentialOptions {
  const layer = MADE[type]?.() ?? ({ type } as LayerSpec);
  const rest = FIRST.has(type) ? [layer] : [dense({ units: 4, activation: "relu" }), layer];
  const inputShape = type === "categoryEncoding" ? [1] : [4];
  const flat = type === "reshape" ? [{ type: "flatten" } as LayerSpec] : [];
  return { inputShape, layers: [...rest, ...flat, dense({ units: 2 })], seed: 1 };
}
