/** Every layer: its exports, and a row of the table, from which the type of any layer follows. */
import { activationLayer } from "./activation.js";
import { activityRegularizationLayer } from "./activityRegularization.js";
import { alphaDropoutLayer } from "./alphaDropout.js";
import { batchNormalizationLayer } from "./batchNormalization.js";
import { categoryEncodingLayer } from "./categoryEncoding.js";
import { denseLayer } from "./dense.js";
import { dropoutLayer } from "./dropout.js";
import { flattenLayer } from "./flatten.js";
import { gaussianDropoutLayer } from "./gaussianDropout.js";
import { gaussianNoiseLayer } from "./gaussianNoise.js";
import { gluLayer } from "./glu.js";
import { groupNormalizationLayer } from "./groupNormalization.js";
import { layerNormalizationLayer } from "./layerNormalization.js";
import { normalizationLayer } from "./normalization.js";
import { preluLayer } from "./prelu.js";
import { knownLayers } from "./registry.js";
import { rescalingLayer } from "./rescaling.js";
import { reshapeLayer } from "./reshape.js";
import { rmsNormalizationLayer, unitNormalizationLayer } from "./rmsNormalization.js";
import { softmaxLayer } from "./softmax.js";
import { spectralNormalizationLayer } from "./spectralNormalization.js";

export { type ActivationLayerSpec, activation } from "./activation.js";
export {
  type ActivityRegularizationOptions,
  type ActivityRegularizationSpec,
  activityRegularization,
} from "./activityRegularization.js";
export { type AlphaDropoutOptions, type AlphaDropoutSpec, alphaDropout } from "./alphaDropout.js";
export {
  type BatchNormalizationOptions,
  type BatchNormalizationSpec,
  batchNormalization,
} from "./batchNormalization.js";
export {
  type CategoryEncodingOptions,
  type CategoryEncodingSpec,
  categoryEncoding,
} from "./categoryEncoding.js";
export { type DenseOptions, type DenseSpec, dense } from "./dense.js";
export { type DropoutOptions, type DropoutSpec, dropout } from "./dropout.js";
export { type FlattenSpec, flatten } from "./flatten.js";
export { type GaussianDropoutOptions, type GaussianDropoutSpec, gaussianDropout } from "./gaussianDropout.js";
export { type GaussianNoiseOptions, type GaussianNoiseSpec, gaussianNoise } from "./gaussianNoise.js";
export { type GluOptions, type GluSpec, glu } from "./glu.js";
export {
  type GroupNormalizationOptions,
  type GroupNormalizationSpec,
  groupNormalization,
} from "./groupNormalization.js";
export {
  type LayerNormalizationOptions,
  type LayerNormalizationSpec,
  layerNormalization,
} from "./layerNormalization.js";
export { type NormalizationOptions, type NormalizationSpec, normalization } from "./normalization.js";
export { type PreluOptions, type PreluSpec, prelu } from "./prelu.js";
export { type RescalingOptions, type RescalingSpec, rescaling } from "./rescaling.js";
export { type ReshapeSpec, reshape } from "./reshape.js";
export {
  type RmsNormalizationOptions,
  type RmsNormalizationSpec,
  rmsNormalization,
  type UnitNormalizationOptions,
  type UnitNormalizationSpec,
  unitNormalization,
} from "./rmsNormalization.js";
export { type SoftmaxOptions, type SoftmaxSpec, softmax } from "./softmax.js";
export {
  type SpectralNormalizationOptions,
  type SpectralNormalizationSpec,
  spectralNormalization,
} from "./spectralNormalization.js";

const layerTable = {
  dense: denseLayer,
  activation: activationLayer,
  prelu: preluLayer,
  glu: gluLayer,
  softmax: softmaxLayer,
  activityRegularization: activityRegularizationLayer,
  flatten: flattenLayer,
  reshape: reshapeLayer,
  dropout: dropoutLayer,
  alphaDropout: alphaDropoutLayer,
  gaussianDropout: gaussianDropoutLayer,
  batchNormalization: batchNormalizationLayer,
  layerNormalization: layerNormalizationLayer,
  groupNormalization: groupNormalizationLayer,
  rmsNormalization: rmsNormalizationLayer,
  unitNormalization: unitNormalizationLayer,
  spectralNormalization: spectralNormalizationLayer,
  gaussianNoise: gaussianNoiseLayer,
  normalization: normalizationLayer,
  rescaling: rescalingLayer,
  categoryEncoding: categoryEncodingLayer,
};

type Type = keyof typeof layerTable;
type Resolve<T extends Type> = (typeof layerTable)[T]["resolve"];

/** Any layer, as plain data. */
export type LayerSpec = { [T in Type]: ReturnType<Resolve<T>> }[Type];

/** A layer as a model accepts it: a factory's result, or plain data of that form, whose options may be omitted. */
export type Layer = LayerSpec | { [T in Type]: { readonly type: T } & Readonly<Parameters<Resolve<T>>[0]> }[Type];

/** Makes layers known by their types; returns the types. */
function addLayers<Table extends object>(table: Table): readonly (keyof Table & string)[] {
  for (const [type, definition] of Object.entries(table)) knownLayers.set(type, definition);
  return Object.keys(table) as (keyof Table & string)[];
}

/** Every layer type, for menus and documentation. A program that reads the list carries all of them. */
export const layerTypes = /* @__PURE__ */ addLayers(layerTable);
