/** The spectral normalization layer: a dense layer whose kernel has a spectral norm of about 1. */
import { OptionError, show } from "../../base/errors.js";
import { type Given, number, type Spec } from "../../base/options.js";
import type { Shape } from "../../base/shape.js";
import * as Op from "../../plan/layerScriptOps.js";
import { Place } from "../../plan/op.js";
import { truncatedNormal } from "../initializers/drawn.js";
import { type DenseOptions, type DenseSpec, denseLayer, denseOptions, denseParameters } from "./dense.js";
import type { LayerDefinition, ParameterSpec } from "./layer.js";
import { makeLayer } from "./registry.js";
import { type LayerScript, layerScript } from "./script.js";

/** Options of `spectralNormalization` besides those of its layer. */
const spectralNormalizationOptions = {
  /** Steps of the power iteration before each training step, an integer >= 1. @default 1 */
  powerIterations: number({ min: 1, max: 1000, integer: true }, 1),
};

const table = { ...denseOptions, ...spectralNormalizationOptions };

/** Options of `spectralNormalization`. */
export interface SpectralNormalizationOptions
  extends Pick<DenseOptions, "name">,
    Given<typeof spectralNormalizationOptions> {}

/** A spectral normalization layer with every option spelled out: those of its dense layer, and its own. */
export interface SpectralNormalizationSpec
  extends Omit<DenseSpec, "type">,
    Spec<"spectralNormalization", typeof spectralNormalizationOptions> {}

/**
 * A dense layer whose kernel W is divided by an estimate σ of its largest singular value before each training step
 * (Miyato et al. 2018), as Keras 3's `SpectralNormalization`. With the layer's vector u, [units], `powerIterations`
 * times: v = W u / ‖W u‖, u = Wᵀ v / ‖Wᵀ v‖. Then σ = vᵀ W u, and W ← W / σ. Gradients are those by the divided kernel.
 * `vectorU` is a weight that is not trained: it begins with truncatedNormal, deviation 0.02, and travels in files.
 *
 * `evaluate` and `predict` use the kernel as it is, after the last update. A kernel of zeros stays as it is, and a
 * frozen one, with its u. PyTorch's `spectral_norm` keeps W, divides it in each pass, and takes gradients through σ.
 *
 * @param layer `dense({ … })`; its name is that of the layer
 * @example spectralNormalization(dense({ units: 32, activation: "relu" }))
 * @throws OptionError for anything but a dense layer, an unknown option or a number out of range; and, in `compile`,
 * for an optimizer that cannot keep constraints.
 */
export function spectralNormalization(
  layer: DenseSpec,
  options: SpectralNormalizationOptions = {},
): SpectralNormalizationSpec {
  const { type, ...given } = (layer ?? {}) as { type?: unknown };
  if (type !== "dense") {
    const got = typeof type === "string" ? type : show(layer);
    throw new OptionError(`spectralNormalization: expected dense({ units: 32 }), got ${got}. Others have no kernel.`);
  }
  const { type: _, ...first } = denseLayer.resolve(given as DenseOptions);
  return makeLayer("spectralNormalization", spectralNormalizationLayer, table, options, arguments, first);
}

const denseOf = (spec: SpectralNormalizationSpec): DenseSpec => ({ ...spec, type: "dense" });

export const spectralNormalizationLayer: LayerDefinition<
  SpectralNormalizationSpec,
  DenseOptions & SpectralNormalizationOptions
> = {
  resolve: (options) => makeLayer("spectralNormalization", spectralNormalizationLayer, table, options),
  outputShape: (spec, inputShape, name) => denseLayer.outputShape(denseOf(spec), inputShape, name),
  parameters,
  lastActivation: ({ activation }) => activation,
  emit(spec, context, x) {
    const { kernel, vectorU } = context.parameters;
    if (context.training && spec.trainable) {
      const sizes = { inputs: x.shape[0], units: spec.units, powerIterations: spec.powerIterations };
      context.tape.emit({ op: Op.SpectralNormalization, script: layerScript(normalize), kernel, vectorU, ...sizes });
    }
    return denseLayer.emit(denseOf(spec), context, x);
  },
  detail: (spec) => denseLayer.detail?.(denseOf(spec)) ?? null,
};

function parameters(spec: SpectralNormalizationSpec, inputShape: Shape): ParameterSpec[] {
  const { units } = spec;
  const initializer = truncatedNormal({ standardDeviation: 0.02 });
  const [kernel, ...bias] = denseParameters(denseOf(spec), inputShape);
  const vectorU = { name: "vectorU", shape: [units], initializer, trainable: false, fanIn: units, fanOut: units };
  return [{ ...kernel, projected: true }, ...bias, vectorU];
}

const normalize: LayerScript<typeof Op.SpectralNormalization> = (f, _, record) => {
  const { kernel, vectorU, inputs, units, powerIterations } = record;
  const width = Place.PanelWidth;
  const columnOf = (unit: number) => kernel.at + Math.floor(unit / width) * kernel.stride + (unit % width);
  const v = new Float64Array(inputs);
  const u = Float64Array.from(f.subarray(vectorU, vectorU + units));
  let sigma = 0;
  for (let n = 0; n < powerIterations; n++) {
    v.fill(0);
    for (let j = 0; j < units; j++) {
      for (let i = 0, at = columnOf(j); i < inputs; i++, at += width) v[i] += u[j] * f[at];
    }
    toUnitLength(v);
    for (let j = 0; j < units; j++) {
      u[j] = 0;
      for (let i = 0, at = columnOf(j); i < inputs; i++, at += width) u[j] += v[i] * f[at];
    }
    sigma = toUnitLength(u);
  }
  if (!(sigma > 0 && sigma < Infinity)) return;
  f.set(u, vectorU);
  for (let j = 0; j < units; j++) {
    for (let i = 0, at = columnOf(j); i < inputs; i++, at += width) f[at] /= sigma;
  }
};

/** Divides by the length, and returns it: that of Wᵀv is vᵀWu. Zeros stay. */
function toUnitLength(vector: Float64Array): number {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i] /= length;
  return length;
}
