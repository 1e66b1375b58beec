/** Layers of a model as its users see them: they cannot be changed, but another model can begin with their weights. */
import { checkArguments, OptionError } from "../base/errors.js";
import type { Shape } from "../base/shape.js";
import type { Layer, LayerSpec } from "../specs/layers/all.js";
import { deepFreeze, isUnknown, type PlacedLayer, resolveLayer } from "../specs/layers/facts.js";
import type { Weight } from "../state/weights.js";

/** A layer and its weights, as another model takes them over. */
export interface TrainedLayer {
  readonly spec: LayerSpec;
  readonly inputShape: Shape;
  /** A copy of its weights, kernel before bias (Keras's `layer.get_weights()`). A promise from a model in a worker. */
  getWeights(): readonly Weight[] | Promise<readonly Weight[]>;
}

/** A layer of a model, with its shapes and weights. */
export interface ModelLayer extends PlacedLayer, TrainedLayer {
  getWeights(): Weight[];
}

/** A layer of a model in a worker. */
export interface WorkerLayer extends PlacedLayer, TrainedLayer {
  getWeights(): Promise<Weight[]>;
}

/** True for layers of models, whatever realm they are from. */
function isTrained(layer: unknown): layer is TrainedLayer {
  return typeof (layer as TrainedLayer | null)?.getWeights === "function" && "spec" in (layer as TrainedLayer);
}

/** Checks a layer of either kind. @throws OptionError saying which layer. */
export function resolveModelLayer(where: string, layer: unknown): LayerSpec {
  return resolveLayer(where, withoutWeights(where, layer));
}

/** The layer itself; of one of a model, what makes it. @throws OptionError for a model */
export function withoutWeights(where: string, layer: unknown): unknown {
  if (Array.isArray((layer as { layers?: unknown } | null)?.layers)) {
    throw new OptionError(`${where}: a model is not a layer. Give its layers: [...base.layers].`);
  }
  return isTrained(layer) ? layer.spec : layer;
}

/** True if the type of one of these layers is not known. */
export function hasUnknown(layers: unknown): boolean {
  return Array.isArray(layers) && layers.some(isUnknown);
}

/** The weights that layers bring along; new layers bring none. */
export function weightsOf(layers: readonly unknown[]): Promise<(readonly Weight[])[]> {
  return Promise.all(layers.map((layer) => (isTrained(layer) ? layer.getWeights() : [])));
}

/**
 * Freezes the layers of a model and gives them their weights. Properties that other libraries set on a layer throw with
 * the alternative.
 * @param read Copies the weights whose names begin so.
 */
export function lockLayers<Read>(
  layers: readonly PlacedLayer[],
  read: (prefix: string) => Read,
): readonly (PlacedLayer & { getWeights(): Read })[] {
  for (const layer of layers) {
    Object.defineProperties(layer, {
      trainable: {
        get: () => (layer.spec as { trainable?: boolean }).trainable,
        set() {
          throw new OptionError(
            `layers: ${layer.name}: a model keeps its layers. Make another with them and their weights: ` +
              "Sequential.create({ layers: model.layers.map(freeze) }).",
          );
        },
      },
      getWeights: {
        value() {
          checkArguments("getWeights", arguments, 0);
          return read(`${layer.name}/`);
        },
      },
    });
  }
  return deepFreeze(layers as readonly (PlacedLayer & { getWeights(): Read })[]);
}

/**
 * The layer with `trainable: false`: used, but not trained. A layer of a model keeps its weights; a layer without the
 * option, such as `flatten()`, is returned as it is. A frozen `batchNormalization` uses its moving statistics in
 * training too, as in Keras.
 *
 * @example
 * const layers = [...base.layers.slice(0, -1).map(freeze), dense({ units: 3, activation: "softmax" })];
 * const model = await Sequential.create({ layers });
 * @throws OptionError for anything that is not a layer.
 */
export function freeze<L extends Layer | TrainedLayer>(layer: L): L extends TrainedLayer ? TrainedLayer : LayerSpec {
  checkArguments("freeze", arguments, 1);
  return withTrainable("freeze", layer, false) as ReturnType<typeof freeze<L>>;
}

/**
 * The layer with `trainable: true`: the reverse of `freeze`, for fine-tuning.
 *
 * @example const model = await Sequential.create({ layers: frozen.layers.map(unfreeze) });
 * @throws OptionError for anything that is not a layer.
 */
export function unfreeze<L extends Layer | TrainedLayer>(layer: L): L extends TrainedLayer ? TrainedLayer : LayerSpec {
  checkArguments("unfreeze", arguments, 1);
  return withTrainable("unfreeze", layer, true) as ReturnType<typeof unfreeze<L>>;
}

function withTrainable(where: string, layer: Layer | TrainedLayer, trainable: boolean): LayerSpec | TrainedLayer {
  const own = resolveModelLayer(where, layer);
  const spec = "trainable" in own ? { ...own, trainable } : own;
  return isTrained(layer) ? { spec, inputShape: layer.inputShape, getWeights: () => layer.getWeights() } : spec;
}
