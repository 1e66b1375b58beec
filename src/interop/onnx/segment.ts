/** The nodes between two layers: cut into functions, each of which is recognized by evaluating it. */
import { type Shape, sizeOf } from "../../base/shape.js";
import type { ActivationSpec } from "../../specs/activations.js";
import { bendsOf } from "./bends.js";
import { evaluate } from "./evaluate.js";
import type { Evaluation } from "./evaluation.js";
import type { LayerList } from "./layerList.js";
import { isUniform } from "./numbers.js";
import { fits, inFloat32, recogniseActivation } from "./recogniseActivation.js";
import { recogniseColumns, recogniseNormalization, type Step } from "./recogniseRows.js";
import { numberRows, patternRows } from "./samples.js";
import { type Node, refuse } from "./source.js";
import type { Tensor } from "./tensors.js";

/** The most nodes of one function: the longest spelling of a known one has 16. */
const LONGEST = 40;

/** A tensor that depends on the input: its shape in one row, and its place. */
export interface Computed {
  readonly row: Shape;
  /** Number of the segment that computes it. */
  readonly segment: number;
}

/** The surroundings of a segment, as far as it needs them. */
export interface Surroundings {
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly computed: ReadonlyMap<string, Computed>;
  readonly place: Omit<Evaluation, "rows">;
  readonly makers: ReadonlyMap<string, Node>;
  /** The output of the graph. */
  readonly target: string;
}

/** The nodes that lead from one tensor to another, in order. */
function nodesBetween(from: string, to: string, nodes: readonly Node[]): Node[] {
  const needed = new Set([to]);
  const between: Node[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name) && name !== from)) continue;
    between.push(node);
    for (const name of node.inputs) needed.add(name);
  }
  return between.reverse();
}

/** Tensors that all ways from `from` lead through, each with its place in the nodes; the last is the target. */
function cutsOf(from: string, to: string, nodes: readonly Node[]): { name: string; end: number }[] {
  const lastUse = new Map<string, number>([[to, nodes.length]]);
  for (const [i, node] of nodes.entries()) for (const name of node.inputs) if (name !== to) lastUse.set(name, i);
  const cuts: { name: string; end: number }[] = [];
  const open = new Set([from]);
  for (const [i, node] of nodes.entries()) {
    for (const name of node.outputs) if (lastUse.has(name)) open.add(name);
    for (const name of open) if ((lastUse.get(name) ?? -1) <= i) open.delete(name);
    const [only] = open;
    if (open.size === 1 && node.outputs.includes(only)) cuts.push({ name: only, end: i + 1 });
  }
  return cuts;
}

function valuesAt(x: Tensor, from: string, to: string, nodes: readonly Node[], around: Surroundings): Tensor | null {
  const values = new Map([[from, x]]);
  const place = { ...around.place, rows: x.shape[0] };
  for (const node of nodes) {
    const inputs = node.inputs.map((name) => values.get(name) ?? around.constants.get(name) ?? null);
    for (const [i, output] of evaluate(node, inputs, place).entries()) values.set(node.outputs[i], output);
  }
  const y = values.get(to);
  return y && y.shape[0] === x.shape[0] ? y : null;
}

/** Numbers that stand in the nodes: candidates for thresholds. */
function constantsOf(nodes: readonly Node[], { constants }: Surroundings): number[] {
  const found = nodes.flatMap(({ inputs, attributes }) => [
    ...inputs.flatMap((name) => {
      const values = constants.get(name)?.data;
      return values && isUniform(values) ? [values[0]] : [];
    }),
    ...[...attributes.values()].flatMap(({ f }) => (f === undefined ? [] : [f])),
  ]);
  return [...new Set(found)].filter(Number.isFinite).slice(0, 2 * LONGEST);
}

/** Sub and Div by a root are a normalization, whose variance need not go through the root. */
function exactNormalization(nodes: readonly Node[], { constants, makers }: Surroundings) {
  const [sub, div] = nodes;
  if (nodes.length !== 2 || sub.type !== "Sub" || div.type !== "Div" || div.inputs[0] !== sub.outputs[0]) return null;
  const bounded = makers.get(div.inputs[1]);
  const root = bounded?.type === "Max" ? makers.get(bounded.inputs[0]) : bounded;
  const [mean, variance] = [constants.get(sub.inputs[1]), constants.get(root?.inputs[0] ?? "")];
  if (root?.type !== "Sqrt" || !mean || !variance) return null;
  const least = constants.get((bounded?.type === "Max" && bounded.inputs[1]) || "")?.data[0] ?? 1e-7;
  const isOurs = Math.fround(least) === Math.fround(1e-7);
  return isOurs && mean.data.length === variance.data.length ? { mean: mean.data, variance: variance.data } : null;
}

/** Adds the layers of the nodes from one tensor to another. @throws FormatError naming the nodes of an unknown function */
export function readSegment(
  from: string,
  to: string,
  segment: readonly Node[],
  list: LayerList,
  around: Surroundings,
): Step["type"] | null {
  let [at, nodes] = [from, nodesBetween(from, to, segment)];
  let lastStep: Step["type"] | null = null;
  while (at !== to) {
    const cuts = cutsOf(at, to, nodes).filter(({ end }) => end <= LONGEST);
    const rowShape = around.computed.get(at)?.row ?? list.shape;
    let next: { name: string; end: number } | undefined;
    for (const cut of cuts.reverse()) {
      const step = recognise(at, cut.name, nodes.slice(0, cut.end), rowShape, list, around);
      if (!step) continue;
      next = cut;
      lastStep = step;
      break;
    }
    if (!next) {
      const last = nodes[Math.min(nodes.length, LONGEST) - 1];
      const until = nodes.length > 1 ? ` to ${last.label}` : "";
      const isOne = nodes.length === 1;
      refuse(
        nodes[0],
        `the function ${isOne ? "of this node" : `from here${until}`} is none that layers here compute. ` +
          "Replace it by an activation, and export the model again.",
      );
    }
    at = next.name;
    nodes = nodes.slice(next.end);
  }
  return lastStep;
}

/** Nodes that keep straight lines straight. Others could bend where no sample is. */
const STRAIGHT: ReadonlySet<string> = new Set([
  ...[
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Neg",
    "Sum",
    "Mean",
    "Cast",
    "CastLike",
    "Identity",
    "Dropout",
    "Reshape",
    "Flatten",
  ],
  ...["Squeeze", "Unsqueeze", "Transpose", "Expand", "Slice", "Split", "Gather", "Concat"],
]);
/** Nodes that bend at 0 or at a number of their own, of which a straight line is a special case. */
const BENDING: ReadonlySet<string> = new Set(["LeakyRelu", "PRelu", "Shrink"]);

function canBeLine(nodes: readonly Node[]): boolean {
  const isBending = nodes.length === 1 && BENDING.has(nodes[0].type);
  return isBending || nodes.every(({ type }) => STRAIGHT.has(type));
}

const LIMITING = /^(?:Min|Max|Where|Equal|(?:Greater|Less)(?:OrEqual)?)$/;

/** True if columns have limits of their own, which no activation has, and which samples may not reach. */
function limitsColumns(nodes: readonly Node[], { constants }: Surroundings): boolean {
  const isVector = (name: string) => {
    const values = constants.get(name)?.data;
    return values !== undefined && !isUniform(values);
  };
  return nodes.some(({ type, inputs }) => LIMITING.test(type) && inputs.some(isVector));
}

/** Recognizes a function and adds its layer; returns the kind, `null` if it is unknown. */
function recognise(
  from: string,
  to: string,
  nodes: readonly Node[],
  rowShape: Shape,
  list: LayerList,
  around: Surroundings,
): Step["type"] | null {
  const exact = exactNormalization(nodes, around);
  if (exact && rowShape.length === 1 && exact.mean.length === rowShape[0]) {
    list.shapeTo(rowShape);
    list.normalization(exact.mean, exact.variance);
    return "lines";
  }
  if (limitsColumns(nodes, around)) return null;
  const numbers = recogniseNumbers(from, to, nodes, rowShape, around);
  if (numbers === "unknown") return null;
  if (numbers?.activation) {
    list.activation(numbers.activation);
    return "same";
  }
  const step = numbers?.step ?? normalizationStep(from, to, nodes, rowShape, around);
  if (!step || (step.type === "bothClasses" && to !== around.target)) return null;
  const isFlat = rowShape.length === 0;
  const keepsShape = step.type === "same" || step.type === "line" || step.type === "lines";
  if (!keepsShape && !isFlat && sizeOf(rowShape) === sizeOf(list.shape)) list.shapeTo(rowShape);
  if (step.type !== "bothClasses") list.step(step);
  return step.type;
}

/** Nodes that bend nowhere, of which functions of several columns may consist. */
const SMOOTH: ReadonlySet<string> = new Set(["Sigmoid", "Exp", "Reciprocal", "Tanh"]);
/** Numbers closer than this, relative to the input, may be the same in float32. */
const SLACK = 3e-7;

interface Numbers {
  readonly step?: Step;
  readonly activation?: ActivationSpec;
}

/** Functions that work number by number, and a few that join two; `null` for others, "unknown" if no layer can be it. */
function recogniseNumbers(
  from: string,
  to: string,
  nodes: readonly Node[],
  rowShape: Shape,
  around: Surroundings,
): Numbers | "unknown" | null {
  const constants = constantsOf(nodes, around);
  const rowsWith = (bends: readonly number[]) => {
    const x = numberRows(rowShape, constants, bends);
    return { x, y: valuesAt(x, from, to, nodes, around) };
  };
  const { x, y } = rowsWith([]);
  if (!y) return "unknown";
  const step = recogniseColumns({ x, y });
  const isLine = step !== null && /^(?:same|lines?)$/.test(step.type);
  if (isLine && !canBeLine(nodes)) return "unknown";
  if (step?.type === "glu" || step?.type === "bothClasses") {
    return nodes.every(({ type }) => STRAIGHT.has(type) || SMOOTH.has(type)) ? { step } : "unknown";
  }
  const isSameSize = x.data.length === y.data.length;
  const activation = !isLine && isSameSize ? recogniseActivation({ x: x.data, y: y.data, constants }) : null;
  if (!activation && !step) return null;
  // It looks like one: now around all of its bends, so that none hides between the numbers.
  const bends = bendsOf(from, nodes, around.constants);
  const more = bends && rowsWith(bends);
  if (!more?.y) return "unknown";
  if (activation) {
    return fits({ x: more.x.data, y: more.y.data, slack: SLACK }, inFloat32(activation)) ? { activation } : "unknown";
  }
  return step && recogniseColumns({ x: more.x, y: more.y })?.type === step.type ? { step } : "unknown";
}

/** Nodes of a normalization. Others, such as Clip, could hide: a normalized row does not reach their limits. */
const NORMALIZING: ReadonlySet<string> = new Set([
  ...["Add", "Sub", "Mul", "Div", "Pow", "Neg", "Sqrt", "Reciprocal"],
  ...["Cast", "Identity", "Dropout", "Reshape", "Expand", "Squeeze", "Unsqueeze"],
]);

function normalizationStep(from: string, to: string, nodes: readonly Node[], rowShape: Shape, around: Surroundings) {
  if (!nodes.some(({ type }) => type.startsWith("Reduce"))) return null;
  const isOfRow = ({ outputs }: Node) => sizeOf(around.computed.get(outputs[0])?.row ?? []) === 1;
  if (!nodes.every((node) => NORMALIZING.has(node.type) || isOfRow(node))) return null;
  const x = patternRows(rowShape);
  const y = valuesAt(x, from, to, nodes, around);
  return y && recogniseNormalization({ x, y });
}
