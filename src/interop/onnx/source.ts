/** The graph of a file: its nodes, with the functions of the model put in their places, and who makes each tensor. */
import { FormatError } from "../../base/errors.js";
import type {
  AttributeMessage,
  FunctionMessage,
  GraphMessage,
  ModelMessage,
  NodeMessage,
  SparseMessage,
  TensorMessage,
  ValueInfoMessage,
} from "./messages.js";

/** A node of the graph. */
export interface Node {
  /** For messages: `Gemm /0/Gemm`. */
  readonly label: string;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeMessage>;
}

/** A graph to be read. */
export interface Source {
  readonly opset: number;
  /** The node that makes a tensor. */
  readonly makers: ReadonlyMap<string, Node>;
  /** The nodes that take a tensor. */
  readonly takers: ReadonlyMap<string, readonly Node[]>;
  readonly initializers: ReadonlyMap<string, TensorMessage>;
  readonly sparse: ReadonlyMap<string, SparseMessage>;
  /** Inputs that are not constants. */
  readonly inputs: readonly ValueInfoMessage[];
  readonly outputs: readonly ValueInfoMessage[];
}

/** Limits of a graph: a chain of layers has fewer, and functions that call functions can multiply. */
const MOST_NODES = 20_000;
const DEEPEST = 32;

/** @throws FormatError naming a node */
export function refuse(node: Node, what: string): never {
  throw new FormatError(`${node.label}: ${what}`);
}

function isStandard(domain = ""): boolean {
  return domain === "" || domain === "ai.onnx";
}

class Collector {
  readonly nodes: Node[] = [];
  private visited = 0;
  private readonly functions: ReadonlyMap<string, FunctionMessage>;

  constructor({ functions }: ModelMessage) {
    this.functions = new Map(functions.map((one) => [keyOf(one.domain, one.name, one.overload), one]));
  }

  /** Adds nodes, with the functions that they call put in their places. */
  add(nodes: readonly NodeMessage[], rename: (name: string) => string, values: Attributes, depth = 0): void {
    for (const message of nodes) {
      const node = nodeOf(message, rename, values, this.nodes.length);
      const called = this.functions.get(keyOf(message.domain, message.opType, message.overload));
      this.visited++;
      if (this.visited > MOST_NODES) {
        throw new FormatError(`the graph has more than ${MOST_NODES} nodes: it is not a chain of layers.`);
      }
      if (called && isStandard(message.domain)) {
        refuse(
          node,
          "a function of the file has the name of an operator, and runtimes take the one or the other. Rename it.",
        );
      }
      if (called && depth >= DEEPEST) refuse(node, "functions call each other in a circle, or too deeply.");
      if (called) this.call(node, called, depth);
      else this.nodes.push(node);
    }
  }

  private call(node: Node, called: FunctionMessage, depth: number): void {
    const outer = new Map<string, string>();
    for (const [i, name] of called.input.entries()) outer.set(name, node.inputs[i] ?? "");
    for (const [i, name] of called.output.entries()) if (node.outputs[i]) outer.set(name, node.outputs[i]);
    const prefix = `${node.label}/${this.nodes.length}/`;
    const defaults = called.attributeDefault.map((one): [string, AttributeMessage] => [one.name ?? "", one]);
    const rename = (name: string) => outer.get(name) ?? (name === "" ? "" : prefix + name);
    this.add(called.node, rename, new Map([...defaults, ...node.attributes]), depth + 1);
  }
}

type Attributes = ReadonlyMap<string, AttributeMessage>;

const keyOf = (domain = "", name = "", overload = "") => `${isStandard(domain) ? "" : domain}:${name}:${overload}`;

function nodeOf(message: NodeMessage, rename: (name: string) => string, values: Attributes, place: number): Node {
  const { opType = "", domain = "", name = "" } = message;
  const attributes = new Map<string, AttributeMessage>();
  for (const attribute of message.attribute) {
    const given = attribute.reference ? values.get(attribute.reference) : attribute;
    if (given) attributes.set(attribute.name ?? "", given);
  }
  const label = `${opType} ${name || message.output[0] || `at ${place}`}`;
  const shown = label.length > 120 ? `${label.slice(0, 117)}…` : label;
  return {
    label: shown,
    type: opType,
    domain: isStandard(domain) ? "" : domain,
    inputs: message.input.map(rename),
    outputs: message.output.map(rename),
    attributes,
  };
}

/** The graph of a model. @throws FormatError if it has none, or if two nodes make the same tensor */
export function sourceOf(model: ModelMessage, graph: GraphMessage): Source {
  const collector = new Collector(model);
  collector.add(graph.node, (name) => name, new Map());
  const makers = new Map<string, Node>();
  const takers = new Map<string, Node[]>();
  for (const node of collector.nodes) {
    for (const name of node.outputs) {
      if (name === "") continue;
      if (makers.has(name)) refuse(node, `the tensor ${JSON.stringify(name)} is made twice.`);
      makers.set(name, node);
    }
    for (const name of new Set(node.inputs)) {
      const list = takers.get(name);
      if (list) list.push(node);
      else takers.set(name, [node]);
    }
  }
  const initializers = new Map(graph.initializer.map((tensor) => [tensor.name ?? "", tensor]));
  const sparse = new Map(graph.sparseInitializer.map((tensor) => [tensor.values?.name ?? "", tensor]));
  const versions = model.operatorSet.filter(({ domain }) => isStandard(domain)).map(({ version = 1 }) => version);
  return {
    opset: versions[0] ?? 1,
    makers,
    takers,
    initializers,
    sparse,
    inputs: graph.input.filter(({ name = "" }) => !initializers.has(name) && !sparse.has(name)),
    outputs: graph.output,
  };
}

/** The nodes that a tensor needs, each after those that it needs itself. @throws FormatError for a circle */
export function nodesFor(source: Source, target: string): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, "open" | "done">();
  const stack: Node[] = [];
  const push = (name: string, from: Node | null) => {
    const maker = source.makers.get(name);
    if (!maker || state.get(maker) === "done") return;
    if (state.get(maker) === "open") refuse(from ?? maker, "the graph runs in a circle.");
    stack.push(maker);
  };
  push(target, null);
  while (stack.length > 0) {
    const node = stack[stack.length - 1];
    const known = state.get(node);
    if (known === undefined) {
      state.set(node, "open");
      for (const name of [...node.inputs].reverse()) push(name, node);
      continue;
    }
    stack.pop();
    if (known === "open") {
      state.set(node, "done");
      order.push(node);
    }
  }
  return order;
}

/** A number of an attribute. */
export function floatOf({ attributes }: Node, name: string, fallback: number): number {
  return attributes.get(name)?.f ?? fallback;
}

/** A whole number of an attribute. */
export function intOf({ attributes }: Node, name: string, fallback: number): number {
  return attributes.get(name)?.i ?? fallback;
}

/** The whole numbers of an attribute; `null` if it is not there. */
export function intsOf({ attributes }: Node, name: string): readonly number[] | null {
  return attributes.get(name)?.ints ?? null;
}

/** The numbers of an attribute; `null` if it is not there. */
export function floatsOf({ attributes }: Node, name: string): readonly number[] | null {
  return attributes.get(name)?.floats ?? null;
}

/** The text of an attribute. */
export function textOf({ attributes }: Node, name: string, fallback: string): string {
  const bytes = attributes.get(name)?.s;
  return bytes ? new TextDecoder().decode(bytes) : fallback;
}
