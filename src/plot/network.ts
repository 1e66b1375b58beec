/** The network as a diagram: units in columns, connections as wide as their weights. */
import { counted } from "../base/counted.js";
import { checkArguments, checkArrayLike, OptionError, show } from "../base/errors.js";
import { type Given, number, optional, readOptions, unchecked } from "../base/options.js";
import { plainNumber } from "./scale.js";
import { element, type PictureOptions, pictureOptions, svgDocument, TITLE_HEIGHT, textWidth, words } from "./svg.js";
import { colorClass } from "./theme.js";
import { type WeightSource, weightsOf } from "./weights.js";

/** Options of `networkDiagram`. */
const networkDiagramOptions = {
  /** Names of the inputs. @default "x1", "x2", … */
  inputs: optional(unchecked<readonly string[]>()),
  /** Names of the outputs. @default "y1", "y2", … */
  outputs: optional(unchecked<readonly string[]>()),
  /** Most units of a layer to draw; a larger layer shows its first and last ones. @default 12 */
  limit: number({ min: 2, max: 100, integer: true }, 12),
  ...pictureOptions,
};

/** Options of `networkDiagram`. */
export interface NetworkDiagramOptions extends PictureOptions, Given<typeof networkDiagramOptions> {}

interface Kernel {
  readonly layer: string;
  readonly inputs: number;
  readonly units: number;
  readonly data: ArrayLike<number>;
  readonly bias: ArrayLike<number> | null;
}

/** A column of units: their number, those that are drawn, and their places. */
interface Column {
  readonly name: string;
  readonly units: number;
  readonly shown: readonly number[];
  readonly x: number;
  readonly y: readonly number[];
}

const RADIUS = 11;
const THICKEST = 7;

/**
 * Units and weights of a model of dense layers, as in TensorFlow Playground: solid lines for positive weights, dashed
 * ones for negative, as wide as the weight is large. A bar within each unit shows its bias, up or down; the largest
 * fills its half.
 * @returns an SVG document
 * @throws OptionError where the layers with kernels do not follow each other; for names that do not fit.
 */
export function networkDiagram(model: WeightSource, options: NetworkDiagramOptions = {}): string {
  checkArguments("networkDiagram", arguments, 2);
  const where = "networkDiagram";
  const checked = readOptions(where, networkDiagramOptions, options);
  const { limit, theme } = checked;
  const kernels = readKernels(where, model);
  const sizes = [kernels[0].inputs, ...kernels.map(({ units }) => units)];
  const tallest = Math.min(
    limit,
    sizes.reduce((a, b) => Math.max(a, b)),
  );
  const [inputs, outputs] = [
    endNames(`${where}: inputs`, checked.inputs, kernels[0].inputs, "x"),
    endNames(`${where}: outputs`, checked.outputs, sizes[sizes.length - 1], "y"),
  ];
  const [left, right] = [inputs, outputs].map(
    (names) => names.reduce((most, name) => Math.max(most, textWidth(name)), 40) + 40,
  );
  const { width = left + right + 170 * kernels.length, height = TITLE_HEIGHT + 90 + tallest * 38 } = checked;
  const columns = sizes.map((units, i): Column => {
    const name = i === 0 ? "input" : kernels[i - 1].layer;
    const shown = firstAndLast(units, limit);
    const x = left + (i * (width - left - right)) / (sizes.length - 1);
    return { name, units, shown, x, y: spread(shown.length, units > shown.length, TITLE_HEIGHT + 30, height - 50) };
  });
  const largest = largestOf(kernels.map(({ data }) => data));
  const largestBias = largestOf(kernels.map(({ bias }) => bias ?? []));
  const edges = kernels.flatMap((kernel, i) => drawEdges(kernel, columns[i], columns[i + 1], largest));
  const units = columns.flatMap((column, i) => drawUnits(column, i === 0 ? null : kernels[i - 1].bias, largestBias));
  const names = [
    ...drawNames(columns[0], inputs, { class: "end", side: -1 }),
    ...drawNames(columns[columns.length - 1], outputs, { class: undefined, side: 1 }),
  ];
  const description = checked.description ?? `${sizes.join("-")} units; the largest weight is ${plainNumber(largest)}.`;
  const body = [...edges, ...units, ...names, ...drawKey(height)];
  return svgDocument({ title: checked.title ?? `Network ${sizes.join("-")}`, description, theme, width, height, body });
}

/** The largest size of all numbers; 1 where all are 0. */
function largestOf(arrays: readonly ArrayLike<number>[]): number {
  let largest = 0;
  for (const values of arrays) for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest || 1;
}

function readKernels(where: string, model: WeightSource): Kernel[] {
  const weights = weightsOf(where, model);
  const kernels = weights
    .filter(({ shape }) => shape.length === 2)
    .map(({ name, shape, data }): Kernel => {
      const layer = name.slice(0, name.lastIndexOf("/"));
      const bias = weights.find((one) => one.name === `${layer}/bias`)?.data ?? null;
      return { layer, inputs: shape[0], units: shape[1], data, bias };
    });
  if (kernels.length === 0) throw new OptionError(`${where}: expected a model with dense layers, got none.`);
  kernels.slice(1).forEach(({ layer, inputs }, i) => {
    if (inputs === kernels[i].units) return;
    throw new OptionError(
      `${where}: ${layer}: expected ${counted(kernels[i].units, "input")}, one per unit before it, got ${inputs}.`,
    );
  });
  return kernels;
}

function firstAndLast(units: number, limit: number): number[] {
  const all = Array.from({ length: units }, (_, i) => i);
  return units <= limit ? all : [...all.slice(0, limit - 1), units - 1];
}

/** Heights of units centred in [top, bottom], with a gap before the last one if some are left out. */
function spread(count: number, hasGap: boolean, top: number, bottom: number): number[] {
  const places = hasGap ? count + 1 : count;
  const pitch = Math.min(46, (bottom - top) / places);
  const first = (top + bottom - (places - 1) * pitch) / 2;
  return Array.from({ length: count }, (_, i) => first + (hasGap && i === count - 1 ? i + 1 : i) * pitch);
}

function drawEdges({ data, units }: Kernel, from: Column, to: Column, largest: number): string[] {
  return from.shown.flatMap((input, i) =>
    to.shown.map((unit, j) => {
      const weight = data[input * units + unit];
      const thickness = (THICKEST * Math.abs(weight)) / largest;
      if (thickness < 0.05) return "";
      const [x1, x2] = [from.x + RADIUS, to.x - RADIUS];
      const third = (x2 - x1) / 3;
      const [y1, y2] = [from.y[i], to.y[j]];
      return element("path", {
        class: `edge ${colorClass("s", weight < 0 ? 1 : 0)}`,
        "stroke-width": Math.max(0.4, thickness),
        "stroke-opacity": 0.35 + (0.6 * Math.abs(weight)) / largest,
        "stroke-dasharray": weight < 0 ? `${4 + thickness} ${4 + thickness}` : undefined,
        d: `M${x1} ${y1}C${x1 + third} ${y1} ${x2 - third} ${y2} ${x2} ${y2}`.replace(/\d+\.\d{3,}/g, (n) =>
          Number(n).toFixed(2),
        ),
      });
    }),
  );
}

function drawUnits({ name, units, shown, x, y }: Column, bias: ArrayLike<number> | null, largest: number): string[] {
  const circles = shown.flatMap((unit, i) => {
    const circle = element("circle", { class: "page ink", "stroke-width": 1.5, cx: x, cy: y[i], r: RADIUS });
    return bias ? [circle, drawBias(bias[unit], largest, x, y[i])] : [circle];
  });
  const last = y.length - 1;
  const gap = shown.length < units ? [words("⋮", x, (y[last - 1] + y[last]) / 2 + 4, { class: "middle" })] : [];
  const label = `${name}, ${counted(units, "unit")}`;
  return [
    ...circles,
    ...gap,
    words(units === shown.length ? name : label, x, TITLE_HEIGHT + 14, { class: "name middle" }),
  ];
}

/** A bar within the unit: up for a positive bias, down for a negative one, full at the largest of the model. */
function drawBias(bias: number, largest: number, x: number, y: number): string {
  const height = Math.min(1, Math.abs(bias) / largest) * (RADIUS - 2);
  const top = bias < 0 ? y : y - height;
  return element("rect", { class: colorClass("f", bias < 0 ? 1 : 0), x: x - 3, y: top, width: 6, height });
}

function endNames(where: string, given: unknown, units: number, letter: string): string[] {
  if (given === undefined) return Array.from({ length: units }, (_, i) => `${letter}${i + 1}`);
  checkArrayLike(where, given);
  const names = Array.from(given as ArrayLike<unknown>);
  if (names.length === units && names.every((name) => typeof name === "string")) return names as string[];
  throw new OptionError(`${where}: expected ${counted(units, "name")}, got ${show(given)}.`);
}

function drawNames(
  { shown, x, y }: Column,
  names: readonly string[],
  { class: look, side }: { class: string | undefined; side: -1 | 1 },
): string[] {
  return shown.map((unit, i) => words(names[unit], x + side * (RADIUS + 8), y[i] + 4, { class: look }));
}

function drawKey(height: number): string[] {
  const y = height - 20;
  const line = (x: number, index: number, dash: string | undefined) =>
    element("line", {
      class: `line ${colorClass("s", index)}`,
      "stroke-dasharray": dash,
      x1: x,
      x2: x + 30,
      y1: y - 4,
      y2: y - 4,
    });
  return [line(20, 0, undefined), words("positive", 58, y), line(130, 1, "6 6"), words("negative", 168, y)];
}
