/** ONNX files by hand, for tests of what no exporter writes. */
import { encodeMessage } from "../../src/formats/protobuf.js";
import {
  type AttributeDraft,
  ElementType,
  modelTable,
  type NodeDraft,
  type SparseDraft,
  type TensorDraft,
} from "../../src/interop/onnx/messages.js";

/**
 * A node: its type, inputs, outputs, and attributes; whole numbers are ints, others floats, messages sparse tensors. The type of another domain is
 * `own:twice`, or `own:twice:fast` with an overload.
 */
export type NodeRow = readonly [
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes?: Readonly<Record<string, number | string | readonly number[] | { float: number } | SparseDraft>>,
];

/** A file; what is left out is a graph from x [batch, 2] to y of opset 17. */
export interface FileParts {
  readonly nodes: readonly NodeRow[];
  /** Constants: numbers, or a shape and numbers, or a whole message. */
  readonly constants?: Readonly<
    Record<string, readonly number[] | { shape: readonly number[]; data: readonly number[] }>
  >;
  readonly tensors?: readonly TensorDraft[];
  readonly sparse?: readonly SparseDraft[];
  readonly integers?: Readonly<Record<string, readonly number[]>>;
  readonly input?: readonly (number | null)[];
  readonly type?: number;
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly properties?: Readonly<Record<string, string>>;
  readonly functions?: readonly {
    name: string;
    domain?: string;
    overload?: string;
    input: readonly string[];
    output: readonly string[];
    nodes: readonly NodeRow[];
  }[];
}

function attributeOf([name, value]: [string, unknown]): AttributeDraft {
  if (typeof value === "number")
    return Number.isInteger(value) ? { name, i: value, type: 2 } : { name, f: value, type: 1 };
  if (typeof value === "string") return { name, s: new TextEncoder().encode(value), type: 3 };
  if (Array.isArray(value)) return { name, ints: value, type: 7 };
  if ("dims" in (value as object)) return { name, sparse: value as SparseDraft, type: 11 };
  return { name, f: (value as { float: number }).float, type: 1 };
}

function nodeOf([type, input, output, attributes = {}]: NodeRow): NodeDraft {
  const [domain, opType, overload = ""] = type.includes(":") ? type.split(":") : ["", type];
  return { opType, domain, overload, input, output, attribute: Object.entries(attributes).map(attributeOf) };
}

const info = (name: string, shape: readonly (number | null)[], elementType: number) => ({
  name,
  type: {
    tensorType: {
      elementType,
      shape: { dimension: shape.map((n) => (n === null ? { parameter: "n" } : { value: n })) },
    },
  },
});

export function onnxFile({
  nodes,
  constants = {},
  integers = {},
  tensors = [],
  sparse = [],
  input = [null, 2],
  type = ElementType.Float,
  outputs = ["y"],
  opset = 17,
  properties = {},
  functions = [],
}: FileParts): Uint8Array {
  const floats = Object.entries(constants).map(([name, value]) => {
    const { shape, data } = "shape" in value ? value : { shape: [value.length], data: value };
    return { name, dims: shape, dataType: ElementType.Float, floatData: data };
  });
  const ints = Object.entries(integers).map(([name, int64Data]) => ({
    name,
    dims: [int64Data.length],
    dataType: ElementType.Int64,
    int64Data,
  }));
  return encodeMessage("test", modelTable, {
    irVersion: 8,
    producerName: "test",
    operatorSet: [{ domain: "", version: opset }],
    metadata: Object.entries(properties).map(([key, value]) => ({ key, value })),
    functions: functions.map(({ name, domain = "own", overload = "", input: from, output: to, nodes: body }) => ({
      name,
      domain,
      overload,
      input: from,
      output: to,
      node: body.map(nodeOf),
    })),
    graph: {
      node: nodes.map(nodeOf),
      initializer: [...floats, ...ints, ...tensors],
      sparseInitializer: sparse,
      input: [info("x", input, type)],
      output: outputs.map((name) => info(name, [null, null], ElementType.Float)),
    },
  });
}
