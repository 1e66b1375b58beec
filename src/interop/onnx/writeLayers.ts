/** Every layer as ONNX nodes of opset 17. */
import { FormatError } from "../../base/errors.js";
import { formatShape, type Shape } from "../../base/shape.js";
import type { LayerSpec } from "../../specs/layers/all.js";
import type { PlacedLayer } from "../../specs/layers/facts.js";
import type { PortableTensor } from "../portable.js";
import type { GraphWriter } from "./graphWriter.js";
import { writeActivation } from "./writeActivations.js";

type LayerType = LayerSpec["type"];
type Of<Type extends LayerType> = Extract<LayerSpec, { type: Type }>;

/** A layer that is being written. */
export interface LayerContext<Spec extends LayerSpec = LayerSpec> extends Omit<PlacedLayer, "spec"> {
  readonly graph: GraphWriter;
  readonly spec: Spec;
  /** The name of its input. */
  readonly x: string;
  /** The values of a weight. @throws FormatError if the layer lacks it */
  weight(name: string): PortableTensor;
}

/** Adds the nodes of a layer; returns the name of its output. */
type Write<Type extends LayerType> = (context: LayerContext<Of<Type>>) => string;

function stored({ graph, name, weight }: LayerContext, own: string, shape?: Shape): string {
  const { shape: kept, data } = weight(own);
  return graph.floats(`${name}/${own}`, shape ?? kept, data);
}

function writeDense(context: LayerContext<Of<"dense"> | Of<"spectralNormalization">>): string {
  const { graph, name, spec, x } = context;
  const kernel = stored(context, "kernel");
  const z = spec.useBias
    ? graph.op("Gemm", `${name}/z`, [x, kernel, stored(context, "bias")])
    : graph.op("MatMul", `${name}/z`, [x, kernel]);
  return writeActivation(graph, `${name}/h`, z, spec.activation);
}

/** gamma and beta, or ones and zeros in their place. */
function gammaBeta(context: LayerContext<Of<"batchNormalization"> | Of<"layerNormalization">>, features: number) {
  const { graph, name, spec } = context;
  const all = (own: string, value: number) => graph.floats(`${name}/${own}`, [features], Array(features).fill(value));
  const gamma = spec.scale ? stored(context, "gamma") : all("ones", 1);
  return [gamma, spec.center ? stored(context, "beta") : all("zeros", 0)];
}

const writeBatchNormalization: Write<"batchNormalization"> = (context) => {
  const { graph, name, spec, x, inputShape } = context;
  const statistics = [stored(context, "movingMean"), stored(context, "movingVariance")];
  const momentum = spec.compat === "torch" ? 1 - spec.momentum : spec.momentum;
  const attributes = { epsilon: { float: spec.epsilon }, momentum: { float: momentum } };
  const affine = gammaBeta(context, inputShape[0]);
  return graph.op("BatchNormalization", `${name}/h`, [x, ...affine, ...statistics], attributes);
};

const writeLayerNormalization: Write<"layerNormalization"> = (context) => {
  const { graph, name, spec, x, inputShape } = context;
  const attributes = { axis: -1, epsilon: { float: spec.epsilon } };
  return graph.op("LayerNormalization", `${name}/h`, [x, ...gammaBeta(context, inputShape[0])], attributes);
};

const writeRmsNormalization: Write<"rmsNormalization"> = (context) => {
  const { graph, name, spec, x } = context;
  const square = graph.op("Mul", `${name}/square`, [x, x]);
  const mean = graph.op("ReduceMean", `${name}/mean`, [square], { axes: [-1], keepdims: 1 });
  const sum = graph.op("Add", `${name}/sum`, [mean, graph.float(`${name}/epsilon`, spec.epsilon)]);
  const ratio = graph.op("Div", `${name}/ratio`, [x, graph.op("Sqrt", `${name}/root`, [sum])]);
  return graph.op("Mul", `${name}/h`, [ratio, stored(context, "scale")]);
};

const writeUnitNormalization: Write<"unitNormalization"> = ({ graph, name, x }) => {
  const square = graph.op("Mul", `${name}/square`, [x, x]);
  const sum = graph.op("ReduceSum", `${name}/sum`, [square, graph.ints(`${name}/axes`, [-1])], { keepdims: 1 });
  const bounded = graph.op("Max", `${name}/bounded`, [sum, graph.float(`${name}/least`, 1e-12)]);
  return graph.op("Div", `${name}/h`, [x, graph.op("Sqrt", `${name}/root`, [bounded])]);
};

/** Groups are the channels of InstanceNormalization, as PyTorch writes them. */
const writeGroupNormalization: Write<"groupNormalization"> = (context) => {
  const { graph, name, spec, x, inputShape } = context;
  if (inputShape.length !== 1) {
    throw new FormatError(
      `${name}: ONNX puts channels first, and rows of ${formatShape(inputShape)} have them last. ` +
        "Put flatten() before it, or use layerNormalization().",
    );
  }
  const [channels] = inputShape;
  const groups = spec.groups === -1 ? channels : spec.groups;
  const all = (own: string, value: number) => graph.floats(`${name}/${own}`, [groups], Array(groups).fill(value));
  const grouped = graph.op("Reshape", `${name}/groups`, [x, graph.ints(`${name}/groups/shape`, [0, groups, -1])]);
  const inputs = [grouped, all("ones", 1), all("zeros", 0)];
  const normalized = graph.op("InstanceNormalization", `${name}/normalized`, inputs, {
    epsilon: { float: spec.epsilon },
  });
  const rows = [normalized, graph.ints(`${name}/rows/shape`, [-1, channels])];
  const flat = graph.op("Reshape", `${name}/rows`, rows);
  const scaled = spec.scale ? graph.op("Mul", `${name}/scaled`, [flat, stored(context, "gamma")]) : flat;
  return spec.center ? graph.op("Add", `${name}/h`, [scaled, stored(context, "beta")]) : scaled;
};

const writeNormalization: Write<"normalization"> = (context) => {
  const { graph, name, x } = context;
  const centered = graph.op("Sub", `${name}/centered`, [x, stored(context, "mean")]);
  const root = graph.op("Sqrt", `${name}/root`, [stored(context, "variance")]);
  const deviation = graph.op("Max", `${name}/deviation`, [root, graph.float(`${name}/least`, 1e-7)]);
  return graph.op("Div", `${name}/h`, [centered, deviation]);
};

const writeRescaling: Write<"rescaling"> = ({ graph, name, spec, x }) => {
  const scaled = graph.op("Mul", `${name}/scaled`, [x, graph.float(`${name}/scale`, spec.scale)]);
  return spec.offset === 0
    ? scaled
    : graph.op("Add", `${name}/h`, [scaled, graph.float(`${name}/offset`, spec.offset)]);
};

const writeCategoryEncoding: Write<"categoryEncoding"> = ({ graph, name, spec, x, inputShape, outputShape }) => {
  const whole = graph.op("Cast", `${name}/whole`, [x], { to: 7 });
  const depth = graph.ints(`${name}/numTokens`, [spec.numTokens]);
  const hot = graph.op("OneHot", `${name}/hot`, [whole, depth, graph.floats(`${name}/values`, [2], [0, 1])]);
  if (spec.outputMode === "multiHot") return graph.op("ReduceMax", `${name}/h`, [hot], { axes: [1], keepdims: 0 });
  if (inputShape[0] > 1) return hot;
  return graph.op("Reshape", `${name}/h`, [hot, graph.ints(`${name}/shape`, [-1, ...outputShape])]);
};

const writeReshape: Write<"reshape"> = ({ graph, name, x, outputShape }) =>
  graph.op("Reshape", `${name}/h`, [x, graph.ints(`${name}/shape`, [-1, ...outputShape])]);

const writePrelu: Write<"prelu"> = (context) =>
  context.graph.op("PRelu", `${context.name}/h`, [context.x, stored(context, "alpha", context.inputShape)]);

const writeGlu: Write<"glu"> = ({ graph, name, x }) => {
  const [a, b] = graph.ops("Split", [`${name}/a`, `${name}/b`], [x], { axis: -1 });
  return graph.op("Mul", `${name}/h`, [a, graph.op("Sigmoid", `${name}/gate`, [b])]);
};

const writeSoftmax: Write<"softmax"> = ({ graph, name, spec, x, inputShape }) => {
  const axis = spec.axis < 0 ? spec.axis : spec.axis - inputShape.length;
  if (!spec.mask) return graph.op("Softmax", `${name}/h`, [x], { axis });
  const shape = [spec.mask.length, ...Array(-axis - 1).fill(1)];
  const inputs = [graph.bools(`${name}/mask`, shape, spec.mask), x, graph.float(`${name}/never`, -Infinity)];
  return graph.op("Softmax", `${name}/h`, [graph.op("Where", `${name}/masked`, inputs)], { axis });
};

const unchanged = ({ x }: LayerContext) => x;

const layers: { readonly [Type in LayerType]: Write<Type> } = {
  dense: writeDense,
  activation: ({ graph, name, spec, x }) => writeActivation(graph, `${name}/h`, x, spec.activation),
  prelu: writePrelu,
  glu: writeGlu,
  softmax: writeSoftmax,
  activityRegularization: unchanged,
  flatten: ({ graph, name, x }) => graph.op("Flatten", `${name}/h`, [x], { axis: 1 }),
  reshape: writeReshape,
  dropout: unchanged,
  alphaDropout: unchanged,
  gaussianDropout: unchanged,
  batchNormalization: writeBatchNormalization,
  layerNormalization: writeLayerNormalization,
  groupNormalization: writeGroupNormalization,
  rmsNormalization: writeRmsNormalization,
  unitNormalization: writeUnitNormalization,
  spectralNormalization: writeDense,
  gaussianNoise: unchanged,
  normalization: writeNormalization,
  rescaling: writeRescaling,
  categoryEncoding: writeCategoryEncoding,
};

/** Adds the nodes of a layer; returns the name of its output. @throws FormatError for what ONNX cannot say */
export function writeLayer(context: LayerContext): string {
  return (layers[context.spec.type] as (context: LayerContext) => string)(context);
}
