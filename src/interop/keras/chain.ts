/** From the configuration of a model to a chain of layers: Sequential models, and Functional ones that are chains. */
import { FormatError, SimdgradError, show } from "../../base/errors.js";
import type { Shape } from "../../base/shape.js";
import type { LayerSpec } from "../../specs/layers/all.js";
import { addEveryLayer } from "../../specs/layers/every.js";
import { type PlacedLayer, placeLayers, resolveLayer } from "../../specs/layers/facts.js";
import { checkCount, checkWidth, checkWidths } from "../limits.js";
import { type ClassObject, type Config, type Context, isConfig, readClass } from "./dialect.js";
import { readLayer } from "./tablesLayers.js";

/** A layer of the file. */
export interface Source {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  /** Its number among the layers of its class, in the order of the file. */
  readonly count: number;
}

/** A layer here, and the layer of the file whose weights it has. */
export interface ChainLayer extends PlacedLayer {
  /** `null` for a layer that another one needs to be finished. */
  readonly source: Source | null;
}

/** A model without weights. */
export interface Chain {
  readonly inputShape: Shape;
  readonly layers: readonly ChainLayer[];
}

const MOST_LAYERS = 10_000;
/** Name of a layer as it may be here. */
const LEGAL_NAME = /^[A-Za-z][\w.-]*$/;
const INPUT = "InputLayer";

interface Listed extends ClassObject {
  readonly name: string;
}

/**
 * @param bytes of the weights, which bound the width of rows
 * @throws FormatError for anything that is not a chain of layers that exist here
 */
export function readChain(context: Context, value: unknown, bytes: number): Chain {
  const { where } = context;
  const model = readClass(context, "the model", value);
  // Old files hold the list of a Sequential model in place of its configuration.
  const listed = Array.isArray((value as Config).config)
    ? (value as { config: unknown[] }).config
    : model.config.layers;
  if (!/^(?:Sequential|Functional|Model)$/.test(model.className)) {
    throw new FormatError(
      `${where}: expected a Sequential or Functional model, got ${show(model.className)}. Build it again as one of these.`,
    );
  }
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > MOST_LAYERS) {
    throw new FormatError(`${where}: expected a list of layers, got ${show(listed)}.`);
  }
  const layers = listed.map((one: unknown, i): Listed => {
    const layer = readClass(context, `layer ${i}`, one);
    const name = layer.config.name ?? layer.object.name ?? `layer ${i}`;
    const { registered_name: registered } = layer.object;
    if (typeof registered === "string" && /^(?!keras>)[^>]*>/i.test(registered)) {
      throw new FormatError(
        `${where}: ${String(name)}: ${show(registered)} is a layer of your own, which may compute anything. Use one of Keras.`,
      );
    }
    if (typeof name === "string") return { ...layer, name };
    throw new FormatError(`${where}: layer ${i}: expected a name, got ${show(name)}.`);
  });
  const counts = new Map<string, number>();
  const numbered = layers.map((layer) => {
    const count = counts.get(layer.className) ?? 0;
    counts.set(layer.className, count + 1);
    return { ...layer, count };
  });
  const chain = model.className === "Sequential" ? numbered : inOrder(context, model.config, numbered);
  const inputs = chain.filter(({ className }) => className === INPUT);
  if (inputs.length > 1) throw new FormatError(`${where}: ${inputs[1].name}: a model has one input here.`);
  const inputShape = readInputShape(context, chain, model);
  checkWidth(where, inputShape, bytes);
  return {
    inputShape,
    layers: place(
      context,
      inputShape,
      chain.filter(({ className }) => className !== INPUT),
      bytes,
    ),
  };
}

/** The shape of a row. The first layer has it, or the model. */
function readInputShape({ where }: Context, chain: readonly ClassObject[], model: ClassObject): Shape {
  const { config } = chain[0];
  const built = (object: Config) => (isConfig(object.build_config) ? object.build_config.input_shape : undefined);
  const shape =
    config.batch_shape ??
    config.batch_input_shape ??
    model.config.build_input_shape ??
    built(model.object) ??
    built(chain[0].object);
  const row = Array.isArray(shape) ? shape.slice(1) : [];
  if (row.length > 0 && row.length <= 32 && row.every((size) => Number.isSafeInteger(size) && size > 0)) return row;
  throw new FormatError(
    `${where}: expected the shape of an input, such as [null, 4], got ${JSON.stringify(shape) ?? "none"}. ` +
      "Begin the model with Input(shape), and save it again.",
  );
}

/** The layers of a Functional model in the order of the data. @throws FormatError unless it is a chain */
function inOrder<L extends Listed>({ where }: Context, config: Config, layers: readonly L[]): L[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const next = new Map<string, L>();
  let first: L | undefined;
  for (const layer of layers) {
    const sources = sourcesOf(layer.object.inbound_nodes);
    const problem = (what: string) =>
      new FormatError(`${where}: ${layer.name}: ${what}: only chains of layers exist here. Split the model.`);
    if (layer.className === INPUT) {
      if (first) throw problem("a second input");
      first = layer;
      continue;
    }
    if (sources === null) throw problem("a connection that cannot be read");
    if (sources.length !== 1) throw problem(sources.length === 0 ? "it has no input" : "it has several inputs");
    const [source] = sources;
    if (!byName.has(source)) throw problem(`its input ${show(source)} is not in the model`);
    if (next.has(source)) throw problem(`${source} is used twice`);
    next.set(source, layer);
  }
  if (!first) throw new FormatError(`${where}: the model has no input layer.`);
  const chain: L[] = [];
  for (let layer: L | undefined = first; layer && chain.length <= layers.length; layer = next.get(layer.name))
    chain.push(layer);
  const outputs = JSON.stringify(config.output_layers ?? null);
  const last = chain[chain.length - 1];
  if (chain.length !== layers.length) throw new FormatError(`${where}: the layers are not one chain. Split the model.`);
  if (!outputs.startsWith(`["${last.name}"`) && !/^\[\["/.test(outputs)) {
    throw new FormatError(`${where}: expected one output, that of ${last.name}, got ${outputs.slice(0, 60)}.`);
  }
  if (/^\[\["/.test(outputs) && (config.output_layers as unknown[]).length !== 1) {
    throw new FormatError(`${where}: the model has several outputs; here it has one. Split the model.`);
  }
  return chain;
}

/** Names of the layers that feed a layer; `null` if they cannot be found. */
function sourcesOf(nodes: unknown): string[] | null {
  if (!Array.isArray(nodes)) return null;
  if (nodes.length !== 1) return nodes.map(() => "");
  const [node] = nodes as unknown[];
  if (Array.isArray(node)) {
    // Before Keras 3: [["name", 0, 0, {}]]
    const tensors = Array.isArray(node[0]) ? node : [node];
    return tensors.map((tensor: unknown) => String(Array.isArray(tensor) ? tensor[0] : tensor));
  }
  const found: string[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > 8 || typeof value !== "object" || value === null) return;
    const { class_name: className, config } = value as Config;
    if (className === "__keras_tensor__" && isConfig(config) && Array.isArray(config.keras_history)) {
      found.push(String(config.keras_history[0]));
      return;
    }
    for (const part of Object.values(value)) visit(part, depth + 1);
  };
  visit(node, 0);
  return found;
}

/** Our layers, named as in the file wherever that is possible. */
function place(
  context: Context,
  inputShape: Shape,
  sources: readonly (Listed & Source)[],
  bytes: number,
): ChainLayer[] {
  const { where } = context;
  checkCount(where, sources.length);
  addEveryLayer();
  const taken = new Set<string>();
  const specs: LayerSpec[] = [];
  const origins: (Source | null)[] = [];
  for (const { name, className, config, count } of sources) {
    const { layer, after } = readLayer(context, name, className, config);
    const legal = LEGAL_NAME.test(name) && !taken.has(name);
    if (!legal) context.note(`The layer ${show(name)} has another name here: names have letters, digits, _, . and -.`);
    taken.add(name);
    for (const [i, one] of [layer, ...after].entries()) {
      const named = legal && i === 0 ? { ...one, name } : one;
      specs.push(refused(`${where}: ${name}`, () => resolveLayer(name, named)));
      origins.push(i === 0 ? { name, className, config, count } : null);
    }
  }
  if (specs.length === 0) throw new FormatError(`${where}: the model has no layers but its input.`);
  checkWidths(where, specs, bytes);
  const placed = refused(where, () => placeLayers(withoutDefaultNames(specs), inputShape));
  return placed.map((layer, i) => ({ ...layer, source: origins[i] }));
}

/** Leaves out names that layers have anyway. */
function withoutDefaultNames(specs: readonly LayerSpec[]): LayerSpec[] {
  const counts = new Map<string, number>();
  const names = specs.map(({ type }) => {
    counts.set(type, (counts.get(type) ?? 0) + 1);
    return `${type}_${counts.get(type)}`;
  });
  const given = new Set(specs.map(({ name }) => name));
  return specs.map((spec, i) => {
    const { name, ...rest } = spec;
    if (name === names[i]) return rest as LayerSpec;
    if (name !== undefined || !given.has(names[i])) return spec;
    // A layer without a name must not take that of another one.
    let free = `${names[i]}_added`;
    while (given.has(free)) free += "_";
    given.add(free);
    return { ...spec, name: free };
  });
}

/** Runs a check of ours on what a file says. @throws FormatError in place of any other error of ours */
export function refused<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof SimdgradError)) throw cause;
    if (cause instanceof FormatError) throw cause;
    throw new FormatError(`${where}: ${cause.message}`, { cause });
  }
}
