/** Gives a new model the weights of the layers it was made of. Loaded with the first such model. */
import { OptionError, ShapeError, show } from "../base/errors.js";
import { formatShape } from "../base/shape.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import type { Weight } from "../state/weights.js";

/** A model, here or in a worker. */
export interface Taker {
  readonly layers: readonly PlacedLayer[];
  getWeights(): Weight[] | Promise<Weight[]>;
  setWeights(weights: readonly Weight[]): void | Promise<void>;
  dispose(): void;
}

/** @throws ShapeError if a layer does not get the input it was made for; then the model is disposed of. */
export async function carryWeights(model: Taker, carried: readonly (readonly Weight[])[]): Promise<void> {
  try {
    const found = new Map(model.layers.flatMap((layer, i) => renamed(layer, carried[i])));
    const all = await model.getWeights();
    await model.setWeights(all.map((own) => found.get(own.name) ?? own));
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The weights by their names in the new model. */
function renamed({ name, inputShape, parameters }: PlacedLayer, weights: readonly Weight[]): [string, Weight][] {
  const where = `Sequential.create: layers: ${name}`;
  if (!Array.isArray(weights)) throw new OptionError(`${where}: getWeights: expected a list, got ${show(weights)}.`);
  if (weights.length === 0) return [];
  return parameters.map((parameter, i) => {
    const { shape, data } = (weights[i] ?? {}) as Partial<Weight>;
    const [expected, got] = [formatShape(parameter.shape), show(shape)];
    if (got !== expected || weights.length !== parameters.length || data === undefined) {
      const input = formatShape(inputShape, { batch: true });
      throw new ShapeError(
        `${where}: for input ${input} its ${parameter.name} is ${expected}, but the layer brings ${got}. ` +
          "Give it the input it was trained on, or put a new layer here.",
      );
    }
    const path = `${name}/${parameter.name}`;
    return [path, { name: path, shape: parameter.shape, data }];
  });
}
