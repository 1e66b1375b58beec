/** All transformers that hold no others, by type: their factories, and how they come back from JSON. */
import { Binarizer, binarizer } from "./binarizer.js";
import { KBinsDiscretizer, kBinsDiscretizer } from "./kBinsDiscretizer.js";
import { KnnImputer, knnImputer } from "./knnImputer.js";
import { Normalizer, normalizer } from "./normalizer.js";
import { OneHotEncoder, oneHotEncoder } from "./oneHotEncoder.js";
import { OrdinalEncoder, ordinalEncoder } from "./ordinalEncoder.js";
import { Passthrough, passthrough } from "./passthrough.js";
import { PolynomialFeatures, polynomialFeatures } from "./polynomialFeatures.js";
import { PowerTransformer, powerTransformer } from "./powerTransformer.js";
import { QuantileTransformer, quantileTransformer } from "./quantileTransformer.js";
import { Scaler } from "./scaler.js";
import { makeScaler, minMaxScaler, robustScaler, standardScaler } from "./scalers.js";
import { SimpleImputer, simpleImputer } from "./simpleImputer.js";
import type { Transformer } from "./transformer.js";

/** The factory of a type of transformer. */
export interface Leaf {
  /** @throws OptionError */
  make(options: object): Transformer;
  /** @throws FormatError */
  read(json: unknown): Transformer;
}

const readScaler = (json: unknown) => Scaler.fromJSON(json);

/** No calls here, so that programs which name no types do not ship them. */
const leaves = {
  binarizer: { make: binarizer, read: (json) => Binarizer.fromJSON(json) },
  kBinsDiscretizer: { make: kBinsDiscretizer, read: (json) => KBinsDiscretizer.fromJSON(json) },
  knnImputer: { make: knnImputer, read: (json) => KnnImputer.fromJSON(json) },
  maxAbsScaler: { make: (options) => makeScaler("maxAbsScaler", options), read: readScaler },
  minMaxScaler: { make: minMaxScaler, read: readScaler },
  normalizer: { make: normalizer, read: (json) => Normalizer.fromJSON(json) },
  oneHotEncoder: { make: oneHotEncoder, read: (json) => OneHotEncoder.fromJSON(json) },
  ordinalEncoder: { make: ordinalEncoder, read: (json) => OrdinalEncoder.fromJSON(json) },
  passthrough: { make: passthrough, read: (json) => Passthrough.fromJSON(json) },
  polynomialFeatures: { make: polynomialFeatures, read: (json) => PolynomialFeatures.fromJSON(json) },
  powerTransformer: { make: powerTransformer, read: (json) => PowerTransformer.fromJSON(json) },
  quantileTransformer: { make: quantileTransformer, read: (json) => QuantileTransformer.fromJSON(json) },
  robustScaler: { make: robustScaler, read: readScaler },
  simpleImputer: { make: simpleImputer, read: (json) => SimpleImputer.fromJSON(json) },
  standardScaler: { make: standardScaler, read: readScaler },
} satisfies Record<string, Leaf>;

/** Names of the types. */
export function leafTypes(): string[] {
  return Object.keys(leaves);
}

/** The factory of a type; `undefined` for any other name. */
export function leafOf(type: unknown): Leaf | undefined {
  return typeof type === "string" && Object.hasOwn(leaves, type) ? leaves[type as keyof typeof leaves] : undefined;
}
