/** Writes a model as an ONNX file: opset 17 and version 8 of the format, which older runtimes read as well. */

import { FormatError, located, OptionError } from "../../base/errors.js";
import { flag, type Given, readOptions } from "../../base/options.js";
import { formatShape, type Shape } from "../../base/shape.js";
import { forSyncCalls, type OnWarning } from "../../data/onWarning.js";
import { encodeMessage } from "../../formats/protobuf.js";
import { addEveryLayer } from "../../specs/layers/every.js";
import { lastActivation, placeLayers } from "../../specs/layers/facts.js";
import { trainingNotes } from "../chain.js";
import { type ClassName, checkPortable, type Portable, type PortableLayer, type PortableTensor } from "../portable.js";
import { type WritingOptions, writingOptions } from "../writing.js";
import { GraphWriter } from "./graphWriter.js";
import { ElementType, type ModelDraft, modelTable, type ValueInfoDraft } from "./messages.js";
import { writeLayer } from "./writeLayers.js";

const IR_VERSION = 8;
const OPSET = 17;

/** Names of the tensors that a caller of a runtime sees. */
const INPUT = "input";
const OUTPUT = "output";
const LABEL = "label";
const PROBABILITIES = "probabilities";

const options = {
  /**
   * True to add the outputs `label`, the name of the likeliest class of each row, and `probabilities`, one for each
   * class. Needs `metadata.classes`, and softmax or one sigmoid unit at the end. @default false
   */
  withLabels: flag(false),
  ...writingOptions,
};

/** Options of `writeOnnx` and `exportOnnx`. */
export interface WriteOnnxOptions extends WritingOptions, Given<typeof options> {}

/**
 * The bytes of an ONNX file, with the input `input` [batch, …inputShape] and the output `output` [batch, …]. Names of
 * classes and features, and other metadata, are JSON in the file's properties. Layers that work in training only, the
 * optimizer, loss and metrics have no place in ONNX.
 * @throws FormatError naming a layer that ONNX cannot hold; OptionError for an unknown option, or labels without classes.
 */
export function writeOnnx(source: Portable, given: WriteOnnxOptions = {}): Uint8Array {
  return writeOnnxFor("writeOnnx", source, given, arguments);
}

/** `writeOnnx` for the function `where`. */
export function writeOnnxFor(
  where: string,
  source: Portable,
  given: WriteOnnxOptions,
  extra?: ArrayLike<unknown>,
): Uint8Array {
  checkPortable(where, source);
  const { withLabels, onWarning } = readOptions(where, options, given, extra);
  const draft = located(where, () => draftOf(source, withLabels, forSyncCalls(onWarning)));
  return encodeMessage(where, modelTable, draft);
}

/** The message in the file. */
function draftOf(source: Portable, withLabels: boolean, onWarning: OnWarning): ModelDraft {
  addEveryLayer();
  const graph = new GraphWriter([INPUT, OUTPUT, LABEL, PROBABILITIES]);
  const specs = source.layers.map(({ spec }) => spec);
  let x = INPUT;
  let shape: Shape = source.inputShape;
  for (const [i, placed] of placeLayers(specs, source.inputShape).entries()) {
    const weight = (name: string) => weightOf(source.layers[i], name);
    x = writeLayer({ ...placed, graph, x, weight });
    shape = placed.outputShape;
  }
  if (x === INPUT) graph.op("Identity", "unchanged", [x]);
  graph.rename(x === INPUT ? "unchanged" : x, OUTPUT);
  const outputs = [floatsOf(OUTPUT, shape)];
  if (withLabels) outputs.push(...writeLabels(graph, source, shape));
  for (const sentence of [...source.notes, ...leftOut(source)]) onWarning(sentence);
  return {
    irVersion: IR_VERSION,
    producerName: "simdgrad",
    graph: {
      node: graph.nodes,
      name: "simdgrad",
      initializer: graph.initializers,
      input: [floatsOf(INPUT, source.inputShape)],
      output: outputs,
    },
    operatorSet: [{ domain: "", version: OPSET }],
    metadata: propertiesOf(source),
  };
}

function weightOf({ name, weights }: PortableLayer, own: string): PortableTensor {
  const tensor = weights.get(own);
  if (!tensor) throw new FormatError(`${name}: the weight ${own} is missing.`);
  return tensor;
}

function valueInfo(name: string, elementType: number, shape: Shape): ValueInfoDraft {
  const dimension = [{ parameter: "batch" }, ...shape.map((value) => ({ value }))];
  return { name, type: { tensorType: { elementType, shape: { dimension } } } };
}

const floatsOf = (name: string, shape: Shape) => valueInfo(name, ElementType.Float, shape);

/** Adds the outputs `label` and `probabilities`. */
function writeLabels(graph: GraphWriter, { layers, classes }: Portable, shape: Shape): ValueInfoDraft[] {
  if (!classes) {
    throw new OptionError(
      "withLabels: the model has no names of classes. Set model.metadata = { classes: […] } first.",
    );
  }
  const { type } = lastActivation(layers[layers.length - 1].spec);
  const isSingle = shape.length === 1 && shape[0] === 1;
  if (shape.length !== 1 || type !== (isSingle ? "sigmoid" : "softmax")) {
    throw new OptionError(
      `withLabels: expected softmax or one sigmoid unit at the end, got ${type} of ${formatShape(shape)}. ` +
        "Leave withLabels out, and take the labels from the output.",
    );
  }
  let likeliest: string;
  if (isSingle) {
    const rest = graph.op("Sub", "rest", [graph.float("one", 1), OUTPUT]);
    graph.rename(graph.op("Concat", "both", [rest, OUTPUT], { axis: 1 }), PROBABILITIES);
    // One sigmoid unit means the second class above a half, as `labels` says.
    const isSecond = graph.op("Greater", "isSecond", [OUTPUT, graph.float("half", 0.5)]);
    const place = graph.op("Cast", "place", [isSecond], { to: ElementType.Int64 });
    likeliest = graph.op("Squeeze", "likeliest", [place, graph.ints("axes", [1])]);
  } else {
    graph.rename(graph.op("Identity", "every", [OUTPUT]), PROBABILITIES);
    likeliest = graph.op("ArgMax", "likeliest", [OUTPUT], { axis: 1, keepdims: 0 });
  }
  const { name, elementType } = storeClasses(graph, classes);
  graph.rename(graph.op("Gather", "name", [name, likeliest], { axis: 0 }), LABEL);
  return [valueInfo(LABEL, elementType, []), floatsOf(PROBABILITIES, [classes.length])];
}

/** Whole numbers stay numbers, everything else becomes text. */
function storeClasses(graph: GraphWriter, classes: readonly ClassName[]) {
  const isWhole = classes.every((value) => Number.isSafeInteger(value));
  const name = isWhole ? graph.ints("classes", classes.map(Number)) : graph.texts("classes", classes.map(String));
  return { name, elementType: isWhole ? ElementType.Int64 : ElementType.Text };
}

/** Names and metadata as JSON. */
function propertiesOf({ classes, features, metadata }: Portable) {
  const properties = Object.entries({ classes, features, metadata }).filter(([, value]) => value !== null);
  return properties.map(([key, value]) => ({ key, value: JSON.stringify(value) }));
}

function leftOut(source: Portable): string[] {
  const sentences = trainingNotes(source);
  if (source.compiled) sentences.push("ONNX holds no optimizer, loss and metrics; compile the model anew to train it.");
  return sentences;
}
