/** Collects the nodes and constants of an ONNX graph that is being written. Knows no layer. */
import type { Shape } from "../../base/shape.js";
import { type AttributeDraft, AttributeType, ElementType, type NodeDraft, type TensorDraft } from "./messages.js";

/** Values of an attribute: a whole number is an int, so give floats as `{ float }`. */
export type AttributeValue = number | { readonly float: number } | readonly number[] | string;

const text = (value: string) => new TextEncoder().encode(value);

function attributeOf(name: string, value: AttributeValue): AttributeDraft {
  if (typeof value === "number") return { name, i: value, type: AttributeType.Int };
  if (typeof value === "string") return { name, s: text(value), type: AttributeType.Text };
  if ("float" in value) return { name, f: value.float, type: AttributeType.Float };
  return { name, ints: value, type: AttributeType.Ints };
}

/** A graph that grows node by node, in the order in which a runtime computes them. */
export class GraphWriter {
  readonly nodes: NodeDraft[] = [];
  readonly initializers: TensorDraft[] = [];
  private readonly taken = new Set<string>();

  /** @param reserved names of inputs and outputs */
  constructor(reserved: readonly string[]) {
    for (const name of reserved) this.taken.add(name);
  }

  private nameFor(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.taken.has(name); n++) name = `${wanted}_${n}`;
    this.taken.add(name);
    return name;
  }

  /** Float32 values, stored as they are. */
  floats(name: string, shape: Shape, values: ArrayLike<number>): string {
    const bytes = new Uint8Array(4 * values.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
    return this.initializer(name, { dims: shape, dataType: ElementType.Float, rawData: bytes });
  }

  /** One float32, as a scalar. */
  float(name: string, value: number): string {
    return this.floats(name, [], [value]);
  }

  ints(name: string, values: readonly number[]): string {
    return this.initializer(name, { dims: [values.length], dataType: ElementType.Int64, int64Data: values });
  }

  bools(name: string, shape: Shape, values: readonly boolean[]): string {
    const rawData = Uint8Array.from(values, Number);
    return this.initializer(name, { dims: shape, dataType: ElementType.Bool, rawData });
  }

  texts(name: string, values: readonly string[]): string {
    return this.initializer(name, { dims: [values.length], dataType: ElementType.Text, stringData: values.map(text) });
  }

  private initializer(wanted: string, tensor: TensorDraft): string {
    const name = this.nameFor(wanted);
    this.initializers.push({ ...tensor, name });
    return name;
  }

  /** Gives a result the name of an output of the graph. */
  rename(from: string, to: string): void {
    const renamed = (names: readonly string[] = []) => names.map((name) => (name === from ? to : name));
    for (const [i, node] of this.nodes.entries()) {
      this.nodes[i] = { ...node, input: renamed(node.input), output: renamed(node.output) };
    }
  }

  /** Adds a node; returns the name of its first output, `name`. */
  op(
    type: string,
    name: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    return this.ops(type, [name], input, attributes)[0];
  }

  /** Adds a node of several outputs; returns their names. */
  ops(
    type: string,
    names: readonly string[],
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): readonly string[] {
    const output = names.map((name) => this.nameFor(name));
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.nodes.push({ opType: type, name: output[0], input, output, attribute });
    return output;
  }
}
