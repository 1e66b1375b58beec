/** Reads an ONNX file as a chain of layers. Trusts nothing in it, and opens no other file. */

import { bytesOf } from "../../base/bytes.js";
import { counted } from "../../base/counted.js";
import { FormatError, located, OptionError, SimdgradError, show } from "../../base/errors.js";
import { isPlainObject } from "../../base/json.js";
import { type Given, type Kept, nullable, readOptions, via } from "../../base/options.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import { otherFile } from "../../formats/otherFile.js";
import { decodeMessage } from "../../formats/protobuf.js";
import { addEveryLayer } from "../../specs/layers/every.js";
import { type PlacedLayer, placeLayers } from "../../specs/layers/facts.js";
import { checkWidth } from "../limits.js";
import { type ClassName, type Portable, portable } from "../portable.js";
import { Budget } from "./broadcast.js";
import { LayerList } from "./layerList.js";
import { ElementType, type GraphMessage, type ModelMessage, modelTable, type ValueInfoMessage } from "./messages.js";
import { type Node, nodesFor, type Source, sourceOf } from "./source.js";
import { type External, locationsOf } from "./tensors.js";
import { checkNodes, walkGraph } from "./walk.js";

/** The bytes of the file beside, or of several by name. */
type Beside = Uint8Array | ReadonlyMap<string, Uint8Array>;

function checkBeside(where: string, value: unknown): Beside {
  const bytes = bytesOf(value);
  if (bytes || !isPlainObject(value)) return bytes ?? bytesRefused(where, value);
  const own = ([name, file]: [string, unknown]) =>
    [name, bytesOf(file) ?? bytesRefused(`${where}[${show(name)}]`, file)] as const;
  return new Map(Object.entries(value).map(own));
}

/** The file beside of each name. @throws FormatError for one file where the tensors are in several */
function externalOf(beside: Beside | null, { initializer, sparseInitializer }: GraphMessage): External {
  if (!beside || !ArrayBuffer.isView(beside)) return (location) => beside?.get(location) ?? null;
  const parts = sparseInitializer.flatMap(({ values = [], indices = [] }) => [values, indices].flat());
  const names = [...locationsOf([...initializer, ...parts])].map(show);
  if (names.length < 2) return () => beside;
  throw new FormatError(
    `the values are in ${counted(names.length, "file")}, and the bytes of one are given. Give each by its name: ` +
      `{ externalData: { ${names[0]}: bytes, ${names[1]}: bytes${names.length > 2 ? ", …" : ""} } }.`,
  );
}

const lengthOf = (beside: Beside | null) =>
  beside === null || ArrayBuffer.isView(beside)
    ? (beside?.length ?? 0)
    : [...beside.values()].reduce((sum, { length }) => sum + length, 0);

function bytesRefused(where: string, value: unknown): never {
  throw new OptionError(`${where}: expected the bytes of a file, got ${show(value)}.`);
}

function checkName(where: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new OptionError(`${where}: expected the name of an output, got ${show(value)}.`);
}

/** Options of the reader, which `importOnnx` takes apart from those of a model. */
export const readingOptions = {
  /**
   * Bytes of the file beside, `model.onnx.data`, in which PyTorch 2.9 and newer keep the weights; of several files, an
   * object of bytes by the names that the model has for them. @default null
   */
  externalData: nullable<Uint8Array | ArrayBuffer | Readonly<Record<string, Uint8Array | ArrayBuffer>>, Beside>(
    /* @__PURE__ */ via(checkBeside),
  ),
  /** Name of the output to read. `null` for the first one of floats. @default null */
  output: nullable<string, string>(/* @__PURE__ */ via(checkName)),
};

/** Options of `readOnnx`. */
export interface ReadOnnxOptions extends Given<typeof readingOptions> {}

/**
 * Reads an ONNX file that is a chain of layers, as PyTorch, Keras, tf2onnx and skl2onnx write it. Nodes between dense
 * layers become the activation that gives the same numbers, however they spell it; Mul and Add are folded into the
 * layer before them.
 * @throws FormatError naming the first node that is not such a layer; OptionError for an unknown option.
 */
export function readOnnx(bytes: Uint8Array | ArrayBuffer, options: ReadOnnxOptions = {}): Portable {
  return readOnnxFor("readOnnx", bytes, options, arguments);
}

/** `readOnnx` for the function `where`. */
export function readOnnxFor(
  where: string,
  bytes: Uint8Array | ArrayBuffer,
  options: ReadOnnxOptions,
  extra?: ArrayLike<unknown>,
): Portable {
  const checked = readOptions(where, readingOptions, options, extra);
  const file = bytesOf(bytes) ?? bytesRefused(where, bytes);
  const message = decoded(where, file);
  return located(where, () => portableIn(file, message, checked));
}

function portableIn(
  file: Uint8Array,
  [model, graph]: readonly [ModelMessage, GraphMessage],
  { externalData, output }: Kept<typeof readingOptions>,
): Portable {
  const source = sourceOf(model, graph);
  const target = targetOf(source, output);
  const order = nodesFor(source, target.name);
  checkNodes(order);
  const input = inputOf(source, order);
  const list = new LayerList(rowShapeOf(input, source, order, file.length));
  const name = input.name ?? "";
  const size = file.length + lengthOf(externalData);
  const [budget, forConstants] = [Budget.forSamples(file.length), Budget.forConstants(size)];
  try {
    const inputShape = list.shape;
    const given = { source, input: name, target: target.name, external: externalOf(externalData, graph) };
    const joinsClasses = walkGraph({ ...given, list, budget, forConstants });
    return portableFrom(list, inputShape, model, namesFrom(model, target, list, joinsClasses), input);
  } catch (error) {
    if (error instanceof FormatError || !(error instanceof SimdgradError)) throw error;
    throw new FormatError(error.message, { cause: error });
  }
}

interface Target {
  readonly name: string;
  /** Names of classes, from a ZipMap. */
  readonly classes: readonly ClassName[] | null;
}

/** The output to read: the one asked for, or the first of floats. A ZipMap stands for its input. */
function targetOf({ outputs, makers }: Source, asked: string | null): Target {
  const isFloat = ({ type }: ValueInfoMessage) => {
    const element = type?.tensorType?.elementType;
    return (
      element === undefined || [ElementType.Float, ElementType.Double, ElementType.Half].includes(element as never)
    );
  };
  const chosen = asked === null ? outputs.find(isFloat) : outputs.find(({ name }) => name === asked);
  if (!chosen) {
    const names = outputs.map(({ name = "" }) => JSON.stringify(name)).join(", ");
    if (asked === null) throw new FormatError(`none of the outputs ${names} holds floats.`);
    throw new OptionError(`output: expected one of ${names}, got ${show(asked)}.`);
  }
  const name = chosen.name ?? "";
  const maker = makers.get(name);
  return maker?.type === "ZipMap"
    ? { name: maker.inputs[0] ?? "", classes: zipMapClasses(maker) }
    : { name, classes: null };
}

function zipMapClasses({ attributes }: Node): readonly ClassName[] | null {
  const texts = attributes.get("classlabels_strings")?.strings ?? [];
  if (texts.length > 0) return texts.map((bytes) => new TextDecoder().decode(bytes));
  const ints = attributes.get("classlabels_int64s")?.ints ?? [];
  return ints.length > 0 ? ints : null;
}

/** The one input of a graph. */
function inputOf({ inputs }: Source, order: readonly Node[]): ValueInfoMessage {
  const used = new Set(order.flatMap((node) => node.inputs));
  const taken = inputs.filter(({ name = "" }) => used.has(name));
  const [first, ...others] = taken.length > 0 ? taken : inputs;
  const names = taken.map(({ name = "" }) => JSON.stringify(name)).join(", ");
  if (!first) throw new FormatError("the graph has no input.");
  if (taken.length > 0 && others.length > 0) {
    throw new FormatError(`expected one input, got ${names}. Join them before the model, and export it again.`);
  }
  return first;
}

/** The shape of one row of the input. */
function rowShapeOf(input: ValueInfoMessage, source: Source, order: readonly Node[], bytes: number): Shape {
  const { name = "", type } = input;
  const where = `the input ${JSON.stringify(name)}`;
  if (type?.tensorType?.elementType === ElementType.Text)
    throw new FormatError(`${where}: expected numbers, got text.`);
  const dimensions = type?.tensorType?.shape?.dimension.map(({ value }) => value ?? 0);
  const row = dimensions?.slice(1) ?? [0];
  if (dimensions && dimensions.length < 2) {
    throw new FormatError(
      `${where}: expected [batch, features], got ${counted(dimensions.length, "dimension")}. Add one for rows.`,
    );
  }
  const known = row.length === 1 && row[0] <= 0 ? [featuresOf(source, order)] : row;
  const isShape = known.every((n) => Number.isSafeInteger(n) && n > 0);
  if (!isShape) {
    throw new FormatError(
      `${where}: expected a fixed shape of rows. Export the model with only the first dimension open.`,
    );
  }
  checkWidth(where, known, bytes);
  return known;
}

/** The number of inputs of the first matrix; 0 if there is none. */
function featuresOf({ initializers, sparse }: Source, order: readonly Node[]): number {
  for (const { type, inputs, attributes } of order) {
    if (type === "Scaler") return attributes.get("scale")?.floats.length ?? 0;
    if (type !== "MatMul" && type !== "Gemm") continue;
    const dims = (initializers.get(inputs[1]) ?? sparse.get(inputs[1]))?.dims ?? [];
    return dims[attributes.get("transB")?.i ? 1 : 0] ?? 0;
  }
  return 0;
}

/** Names of classes and features, and other metadata, from the file's properties. */
function namesFrom({ metadata }: ModelMessage, { classes }: Target, list: LayerList, joinsClasses: boolean) {
  const properties = new Map(metadata.map(({ key, value }) => [key, value]));
  const outputs = sizeOf(list.shape);
  const count = outputs === 1 ? 2 : outputs;
  const own = joinsClasses || classes ? classes : null;
  const named = listFrom(properties.get("classes"), /^(?:string|number|boolean)$/) ?? own;
  const features = listFrom(properties.get("features"), /^string$/);
  return {
    classes: named?.length === count ? (named as readonly ClassName[]) : null,
    features: features as readonly string[] | null,
    metadata: objectFrom(properties.get("metadata")),
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null; // properties of others may hold anything
  }
}

function listFrom(text: string | undefined, types: RegExp): readonly unknown[] | null {
  const value = parsed(text);
  return Array.isArray(value) && value.every((one) => types.test(typeof one)) ? value : null;
}

function objectFrom(text: string | undefined): Portable["metadata"] {
  const value = parsed(text);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Portable["metadata"]) : null;
}

type Names = Pick<Portable, "classes" | "features" | "metadata">;

function portableFrom(
  { layers }: LayerList,
  inputShape: Shape,
  { producerName }: ModelMessage,
  { features, ...names }: Names,
  { type }: ValueInfoMessage,
): Portable {
  if (layers.length === 0) throw new FormatError("the graph has no layers.");
  addEveryLayer();
  const specs = layers.map(({ spec }) => spec);
  const placed = placeLayers(specs, inputShape);
  const notes: string[] = [];
  const element = type?.tensorType?.elementType ?? ElementType.Float;
  if (element !== ElementType.Float) notes.push("The file takes numbers of another type; here they are float32.");
  if (producerName !== "simdgrad") notes.push("ONNX holds no loss and no optimizer; compile the model to train it on.");
  return portable({
    inputShape,
    layers: placed.map(({ name, spec }: PlacedLayer, i) => ({ name, spec, weights: layers[i].weights })),
    ...names,
    features: features?.length === sizeOf(inputShape) ? features : null,
    notes,
  });
}

/** The message in the file, and its graph. @throws FormatError, also with what another file is */
function decoded(where: string, file: Uint8Array): [ModelMessage, GraphMessage] {
  try {
    const model = decodeMessage(where, modelTable, file);
    if (model.graph) return [model, model.graph];
    throw new FormatError(`${where}: the file has no graph: it is not an ONNX model.`);
  } catch (error) {
    if (error instanceof FormatError) error.message += ` ${otherFile(file, "onnx") || "Export the model again."}`;
    throw error;
  }
}
