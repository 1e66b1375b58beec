/** The messages of ONNX that a model of layers needs, with the numbers that the format gives their fields. */
import { type Draft, type Message, many, one } from "../../formats/protobuf.js";

const entry = { key: one(1, "text"), value: one(2, "text") };

const tensor = {
  dims: many(1, "int"),
  dataType: one(2, "int"),
  floatData: many(4, "float"),
  int32Data: many(5, "int"),
  stringData: many(6, "bytes"),
  int64Data: many(7, "int"),
  name: one(8, "text"),
  rawData: one(9, "bytes"),
  doubleData: many(10, "double"),
  uint64Data: many(11, "int"),
  externalData: many(13, entry),
  /** 1 if the values are in another file. */
  dataLocation: one(14, "int"),
};

/** Values at some places of a tensor of zeros. */
const sparse = { values: one(1, tensor), indices: one(2, tensor), dims: many(3, "int") };

const attribute = {
  name: one(1, "text"),
  f: one(2, "float"),
  i: one(3, "int"),
  s: one(4, "bytes"),
  t: one(5, tensor),
  floats: many(7, "float"),
  ints: many(8, "int"),
  strings: many(9, "bytes"),
  type: one(20, "int"),
  sparse: one(22, sparse),
  /** In functions: the attribute of the caller that gives the value. */
  reference: one(21, "text"),
};

const node = {
  input: many(1, "text"),
  output: many(2, "text"),
  name: one(3, "text"),
  opType: one(4, "text"),
  attribute: many(5, attribute),
  domain: one(7, "text"),
  overload: one(8, "text"),
};

const dimension = { value: one(1, "int"), parameter: one(2, "text") };
const tensorType = { elementType: one(1, "int"), shape: one(2, { dimension: many(1, dimension) }) };
const valueInfo = { name: one(1, "text"), type: one(2, { tensorType: one(1, tensorType) }) };

const graph = {
  node: many(1, node),
  name: one(2, "text"),
  initializer: many(5, tensor),
  input: many(11, valueInfo),
  output: many(12, valueInfo),
  sparseInitializer: many(15, sparse),
};

const operatorSet = { domain: one(1, "text"), version: one(2, "int") };

const modelFunction = {
  name: one(1, "text"),
  input: many(4, "text"),
  output: many(5, "text"),
  attribute: many(6, "text"),
  node: many(7, node),
  domain: one(10, "text"),
  attributeDefault: many(11, attribute),
  /** Tells functions of one name apart. */
  overload: one(13, "text"),
};

/** A file. */
export const modelTable = {
  irVersion: one(1, "int"),
  producerName: one(2, "text"),
  producerVersion: one(3, "text"),
  graph: one(7, graph),
  operatorSet: many(8, operatorSet),
  metadata: many(14, entry),
  functions: many(25, modelFunction),
};

export type ModelMessage = Message<typeof modelTable>;
export type GraphMessage = Message<typeof graph>;
export type NodeMessage = Message<typeof node>;
export type TensorMessage = Message<typeof tensor>;
export type SparseMessage = Message<typeof sparse>;
export type AttributeMessage = Message<typeof attribute>;
export type FunctionMessage = Message<typeof modelFunction>;
export type ValueInfoMessage = Message<typeof valueInfo>;

export type ModelDraft = Draft<typeof modelTable>;
export type NodeDraft = Draft<typeof node>;
export type SparseDraft = Draft<typeof sparse>;
export type TensorDraft = Draft<typeof tensor>;
export type AttributeDraft = Draft<typeof attribute>;
export type ValueInfoDraft = Draft<typeof valueInfo>;

/** Element types, as far as they can be read. */
export const ElementType = {
  Float: 1,
  Uint8: 2,
  Int8: 3,
  Uint16: 4,
  Int16: 5,
  Int32: 6,
  Int64: 7,
  Text: 8,
  Bool: 9,
  Half: 10,
  Double: 11,
  Uint32: 12,
  Uint64: 13,
  Bfloat: 16,
} as const;

/** Kinds of attributes. */
export const AttributeType = {
  Float: 1,
  Int: 2,
  Text: 3,
  Tensor: 4,
  Graph: 5,
  Floats: 6,
  Ints: 7,
  Texts: 8,
  Graphs: 10,
} as const;
