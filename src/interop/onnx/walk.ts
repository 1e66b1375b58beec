/** Walks the graph from its input to one output, and finds the layers on the way. */
import { FormatError } from "../../base/errors.js";
import type { Shape } from "../../base/shape.js";
import type { Budget } from "./broadcast.js";
import { canEvaluate, evaluate } from "./evaluate.js";
import type { Inputs } from "./evaluation.js";
import type { LayerList } from "./layerList.js";
import { layerNodes, type Walk } from "./layerNodes.js";
import { type Computed, readSegment, type Surroundings } from "./segment.js";
import { type Node, nodesFor, refuse, type Source } from "./source.js";
import { type External, readSparse, readTensor, type Tensor } from "./tensors.js";

/** Rows with which shapes are found: a number that constants do not have as their first dimension. */
const ROWS = 13;
/** Computed nodes beyond these are no network. */
const MOST_COMPUTED = 4096;

/** Nodes that keep values, so that category numbers remain what they are. */
const KEEPING: ReadonlySet<string> = new Set(["Cast", "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** The file that is read, and its values so far. */
export interface Reading {
  readonly source: Source;
  readonly input: string;
  readonly target: string;
  readonly list: LayerList;
  readonly budget: Budget;
  readonly forConstants: Budget;
  readonly external: External;
}

const layerOf = ({ domain, type }: Node) => layerNodes.get(`${domain}:${type}`);
const isKnown = (node: Node) => layerOf(node) !== undefined || canEvaluate(node);

/** Makes sure that every node can be read, before anything else is said of a graph. @throws FormatError */
export function checkNodes(nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (isKnown(node)) continue;
    const what = "Only chains of dense layers, normalizations and activations can be read.";
    refuse(node, `there is no such layer here. ${what}`);
  }
}

/** Adds the layers of a graph to the list; returns true if the end joins both classes, 1 − p and p. @throws FormatError */
export function walkGraph(reading: Reading): boolean {
  return new Walker(reading).run();
}

class Walker implements Walk {
  readonly list: LayerList;
  readonly opset: number;
  private readonly constants = new Map<string, Tensor>();
  private readonly computed = new Map<string, Computed>();
  /** Values of the current segment on sample rows, from which the shapes of rows follow. */
  private samples = new Map<string, Tensor>();
  private nodes: Node[] = [];
  private anchor: string;
  private segment = 0;
  private joinsClasses = false;
  private readonly around: Surroundings;

  constructor(private readonly reading: Reading) {
    const { source, list, budget, external, target, input } = reading;
    this.list = list;
    this.opset = source.opset;
    const place = { opset: source.opset, budget, external };
    this.around = { constants: this.constants, computed: this.computed, place, makers: source.makers, target };
    this.anchor = input;
    this.begin(input, list.shape);
  }

  run(): boolean {
    const { source, target, input } = this.reading;
    const order = nodesFor(source, target);
    for (const node of order) this.read(node);
    const end = this.computed.get(target);
    if (!end) {
      const name = JSON.stringify(target);
      throw new FormatError(`the output ${name} does not depend on the input ${JSON.stringify(input)}.`);
    }
    this.upToName(target);
    if (!this.joinsClasses) this.list.shapeTo(end.row);
    return this.joinsClasses;
  }

  private read(node: Node): void {
    // A ReduceMax that joins categories belongs to the OneHot before it.
    if (node.outputs.some((name) => this.computed.has(name))) return;
    for (const name of node.inputs) this.know(node, name);
    const isComputed = node.inputs.some((name) => this.computed.has(name));
    const isShape = node.type === "Shape" && node.domain === "";
    if (isComputed && !isShape) this.readComputed(node);
    else this.fold(node, isComputed ? ROWS : 0);
  }

  private readComputed(node: Node): void {
    const layer = layerOf(node);
    if (this.computed.size > MOST_COMPUTED) refuse(node, "there are too many nodes for a chain of layers.");
    this.expectCurrent(node);
    if (layer) layer(node, this);
    else this.extend(node);
  }

  /** Makes sure that a tensor is known. @throws FormatError if nothing makes it */
  private know(node: Node, name: string): void {
    if (name === "" || this.computed.has(name) || this.constants.has(name)) return;
    const { source, external, forConstants } = this.reading;
    const where = JSON.stringify(name);
    const sparse = source.sparse.get(name);
    if (sparse) {
      this.constants.set(name, readSparse(where, sparse, external, forConstants));
      return;
    }
    const message = source.initializers.get(name);
    if (!message) refuse(node, `nothing makes its input ${where}: the file is incomplete, or has a second input.`);
    this.constants.set(name, readTensor(where, message, external));
  }

  private inputsOf(node: Node): Inputs {
    return node.inputs.map((name) => this.samples.get(name) ?? this.constants.get(name) ?? null);
  }

  private fold(node: Node, rows: number): void {
    if (!canEvaluate(node)) refuse(node, "it has numbers of the file as its input: there is no such layer here.");
    const outputs = evaluate(node, this.inputsOf(node), {
      ...this.around.place,
      rows,
      budget: this.reading.forConstants,
    });
    for (const [i, output] of outputs.entries()) this.constants.set(node.outputs[i], output);
  }

  private expectCurrent(node: Node): void {
    for (const name of node.inputs) {
      const known = this.computed.get(name);
      if (known && known.segment !== this.segment) {
        refuse(node, "two computed inputs: the graph is not a chain of layers. Only Sequential models can be read.");
      }
    }
  }

  private extend(node: Node): void {
    const outputs = evaluate(node, this.inputsOf(node), { ...this.around.place, rows: ROWS });
    for (const [i, output] of outputs.entries()) {
      const name = node.outputs[i];
      const [rows, ...row] = output.shape;
      if (rows !== ROWS) refuse(node, "it mixes rows, or has numbers of its own for each row.");
      this.samples.set(name, output);
      this.computed.set(name, { row, segment: this.segment });
    }
    this.nodes.push(node);
  }

  begin(output: string, row: Shape): void {
    this.segment++;
    this.anchor = output;
    this.nodes = [];
    const width = row.reduce((a, b) => a * b, 1);
    const data = new Float64Array(ROWS * width).fill(0.5);
    this.samples = new Map([[output, { shape: [ROWS, ...row], data, kind: "float" }]]);
    this.computed.set(output, { row, segment: this.segment });
  }

  constant(node: Node, i: number): Tensor {
    const tensor = this.optional(node, i);
    if (tensor) return tensor;
    const what = this.computed.has(node.inputs[i]) ? "is computed from the input" : "is missing";
    refuse(node, `its input ${i} ${what}. Expected numbers in the file.`);
  }

  optional(node: Node, i: number): Tensor | null {
    return this.constants.get(node.inputs[i] ?? "") ?? null;
  }

  rowOf(node: Node, i: number): Shape {
    return (
      this.computed.get(node.inputs[i])?.row ??
      refuse(node, `its input ${i} does not depend on the input of the model.`)
    );
  }

  upTo(node: Node, i: number): void {
    this.expectCurrent(node);
    this.upToName(node.inputs[i]);
  }

  upToFlat(node: Node, i: number): void {
    this.upTo(node, i);
    this.list.flat();
  }

  private upToName(name: string): void {
    if (this.anchor === name) return;
    const last = readSegment(this.anchor, name, this.nodes, this.list, this.around);
    this.joinsClasses = last === "bothClasses";
  }

  makerOf(name: string): Node | undefined {
    return this.nodes.find(({ outputs }) => outputs.includes(name));
  }

  takersOf(name: string): readonly Node[] {
    return this.reading.source.takers.get(name) ?? [];
  }

  isUntouched(name: string): boolean {
    if (this.list.layers.length > 0) return false;
    for (let at = name; at !== this.anchor; ) {
      const maker = this.makerOf(at);
      if (!maker || !KEEPING.has(maker.type)) return false;
      at = maker.inputs[0];
    }
    return true;
  }
}
