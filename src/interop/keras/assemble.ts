/** From the parts of a file, whatever its form, to a model: layers with weights, settings of `compile`, memory of training. */
import { FormatError, show } from "../../base/errors.js";
import type { JsonObject } from "../../base/json.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import type { Compiled } from "../../program/types.js";
import { optimizerSlots } from "../../specs/optimizers/facts.js";
import { Room } from "../limits.js";
import { namesIn, type Portable, type PortableTensor, type PortableTraining, portable } from "../portable.js";
import { type Chain, type ChainLayer, readChain, refused } from "./chain.js";
import { readCompiled } from "./compile.js";
import { type Config, type Context, isConfig } from "./dialect.js";
import { readState, trainedOf } from "./state.js";

/** The values of weights and of the optimizer, wherever a file keeps them. */
export interface Values {
  /** A weight of a layer; `null` if it is not there. */
  weight(layer: ChainLayer, name: string, names: readonly string[]): PortableTensor | null;
  /** The optimizer's variables, in their order; `null` if they cannot be used. */
  optimizer(): readonly PortableTensor[] | null;
  /** Names of the weights of layers that nobody has taken. */
  rest(): readonly string[];
}

/** Paths of weights that layers have taken, and of what belongs to them and is not needed. */
export class Taken {
  readonly #paths = new Set<string>();
  readonly #spare = new Map<string, RegExp>();

  /** @param spare Ends of paths of the layer, whose paths begin with `layer`. */
  add(path: string, layer: string, spare?: RegExp): void {
    this.#paths.add(path);
    if (spare) this.#spare.set(layer, spare);
  }

  /** The paths of the file that nobody has taken; the states of random numbers are none. */
  rest(paths: readonly string[]): string[] {
    const isSpare = (path: string) =>
      [...this.#spare].some(([layer, spare]) => path.startsWith(`${layer}/`) && spare.test(path));
    return paths.filter((path) => !this.#paths.has(path) && !path.includes("seed_generator") && !isSpare(path));
  }
}

/** Weights that a note names. */
const SHOWN = 5;

/** All parts together. */
export function assemble(
  context: Context,
  notes: string[],
  config: Config,
  compileConfig: unknown,
  values: Values,
  metadata: Config,
  bytes: number,
): Portable {
  const chain = readChain(context, config, bytes);
  const room = new Room(bytes);
  const layers = chain.layers.map((layer) => ({
    name: layer.name,
    spec: layer.spec,
    weights: weightsOf(context, layer, values, room),
  }));
  const rest = values.rest();
  if (rest.length > 0) {
    const named = rest.slice(0, SHOWN).map(show).join(", ") + (rest.length > SHOWN ? ", …" : "");
    notes.push(`The layers have no place for these weights of the file, which are left out: ${named}.`);
  }
  const outputs = sizeOf(chain.layers[chain.layers.length - 1].outputShape);
  const compiled = readCompiled(context, compileConfig, outputs);
  const own = isConfig(metadata.simdgrad) ? metadata.simdgrad : {};
  const training = compiled && trainingOf(context, compiled, chain, values, own);
  return portable({
    inputShape: chain.inputShape,
    layers,
    seed: typeof own.seed === "number" && Number.isSafeInteger(own.seed) && own.seed >= 0 ? own.seed : 0,
    compiled,
    training,
    ...namesIn(own, sizeOf(chain.inputShape), outputs),
    metadata: isConfig(own.metadata) ? (own.metadata as JsonObject) : null,
    notes,
  });
}

function weightsOf({ where }: Context, layer: ChainLayer, values: Values, room: Room): Map<string, PortableTensor> {
  const names = layer.parameters.map(({ name }) => name);
  return new Map(
    layer.parameters.map(({ name, shape, values: given }): [string, PortableTensor] => {
      const found = values.weight(layer, name, names);
      if (found) return [name, { shape, data: fitting(`${where}: ${layer.name}/${name}`, found, shape) }];
      // A normalization that was not adapted, or whose numbers are settings, has no weights there.
      if (layer.spec.type !== "normalization") {
        throw new FormatError(`${where}: ${layer.name}/${name} is not in the file.`);
      }
      room.take(`${where}: ${layer.name}/${name}`, sizeOf(shape));
      const data = new Float32Array(sizeOf(shape)).fill(name === "variance" ? 1 : 0);
      if (given) data.set(given);
      return [name, { shape, data }];
    }),
  );
}

/** Values for a shape. Dimensions of 1 may differ, as rows of values are the same with and without them. */
function fitting(path: string, { shape: there, data }: PortableTensor, shape: Shape): Float32Array {
  const squeezed = (one: Shape) => one.filter((size) => size !== 1).join(", ");
  if (squeezed(there) === squeezed(shape) || (shape.length === 1 && data.length === shape[0])) return data;
  throw new FormatError(`${path}: expected [${shape.join(", ")}], got [${there.join(", ")}].`);
}

function trainingOf(
  context: Context,
  { optimizer }: Compiled,
  chain: Chain,
  values: Values,
  own: Config,
): PortableTraining | null {
  const list = values.optimizer();
  if (!list) context.note("The memory of the optimizer is left out: it is kept in another form in Keras 2.");
  if (!list || list.length === 0) return null;
  const trained = trainedOf(chain.layers);
  const isUnbuilt = list.length <= 2 && trained.length > 0 && optimizerSlots(optimizer).length > 0;
  if (isUnbuilt) return null;
  const slots = optimizerSlots(optimizer).map(({ name }) => name);
  const training = refused(context.where, () => readState(context.where, optimizer, list, trained, slots));
  const epoch = Number.isSafeInteger(own.epoch) && (own.epoch as number) >= 0 ? (own.epoch as number) : 0;
  return { ...training, epoch };
}
