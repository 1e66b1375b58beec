/** The weights into each unit of a layer as an image: the pattern that the unit responds to. */
import { counted } from "../base/counted.js";
import { checkArguments, checkNumber, OptionError, ShapeError, show } from "../base/errors.js";
import { notAModel } from "../base/notAModel.js";
import { type Given, number, optional, readOptions, unchecked, via } from "../base/options.js";
import { unawaited } from "../base/unawaited.js";
import { pngAddress } from "./png.js";
import { element, type LookOptions, lookOptions, PIXELS, svgDocument, TITLE_HEIGHT, textWidth, words } from "./svg.js";

interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** The subject: a model, or anything with the weights of one. */
export interface WeightSource {
  getWeights(): readonly NamedWeight[];
}

/** The weights. @throws OptionError for anything that does not give them at once. */
export function weightsOf(where: string, model: WeightSource): readonly NamedWeight[] {
  const weights = typeof model?.getWeights === "function" ? unawaited(model.getWeights()) : null;
  if (Array.isArray(weights)) return weights;
  throw notAModel(where, "a model with getWeights()", model);
}

type ImageShape = readonly [rows: number, columns: number];

function checkShape(where: string, shape: unknown): ImageShape {
  if (!Array.isArray(shape) || shape.length !== 2) {
    throw new OptionError(`${where}: expected [rows, columns], got ${show(shape)}.`);
  }
  const [rows, columns] = shape.map((size) => checkNumber(where, size, { min: 1, integer: true }));
  return [rows, columns];
}

/** Options of `weightImages`. */
const weightImagesOptions = {
  /** Name of the layer. @default the first with a kernel */
  layer: optional(unchecked<string>()),
  /** Rows and columns of an image, whose product is the number of inputs. @default a square, if that fits */
  shape: optional(via<ImageShape, ImageShape>(checkShape)),
  /** Images side by side. @default 8 */
  columns: number({ min: 1, max: 100, integer: true }, 8),
  /** Units to show, the first ones. @default 64 */
  limit: number({ min: 1, max: 10_000, integer: true }, 64),
  ...lookOptions,
  /** Pixels; the picture scales with its place on the page. The height follows. @default 640 */
  width: number(PIXELS, 640),
};

/** Options of `weightImages`. */
export interface WeightImagesOptions extends LookOptions, Given<typeof weightImagesOptions> {}

/** Keeps pixels sharp; the attribute next to it does so for converters outside browsers. */
const PIXELATED = "image-rendering:pixelated";

/** Dark blue through grey to yellow, ever lighter, so that signs can be told apart without colours. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [0, 32, 77],
  [62, 91, 133],
  [124, 123, 120],
  [190, 174, 98],
  [255, 234, 70],
];

/**
 * One image per unit: bright where a weight is positive, dark where it is negative, grey at 0; all on one scale, that
 * of the largest weight.
 * @returns an SVG document
 * @throws OptionError for a layer without a kernel, naming those with one; ShapeError for a shape that does not fit.
 */
export function weightImages(model: WeightSource, options: WeightImagesOptions = {}): string {
  checkArguments("weightImages", arguments, 2);
  const where = "weightImages";
  const checked = readOptions(where, weightImagesOptions, options);
  const { columns, limit, width, theme } = checked;
  const { layer, shape, data } = findKernel(where, model, checked.layer);
  const [inputs, units] = shape;
  const [high, wide] = imageShape(where, checked.shape, inputs);
  const shown = Math.min(units, limit);
  const across = Math.min(columns, shown);
  const largest = Array.from(data).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const title = checked.title ?? `Weights of ${layer}`;
  const gap = 10;
  const cell = (width - 40 - (across - 1) * gap) / across;
  const cellHeight = (cell * high) / wide;
  const palette = makePalette();
  const images = Array.from({ length: shown }, (_, unit) => {
    const pixels = Uint8Array.from({ length: inputs }, (_, i) => toIndex(data[i * units + unit], largest));
    const x = 20 + (unit % across) * (cell + gap);
    const y = TITLE_HEIGHT + 10 + Math.floor(unit / across) * (cellHeight + 24);
    const place = { x, y, width: cell, height: cellHeight, preserveAspectRatio: "none" };
    const href = pngAddress(pixels, wide, high, palette);
    const image = element("image", { ...place, href, "image-rendering": "optimizeSpeed", style: PIXELATED });
    return image + words(String(unit + 1), x + cell / 2, y + cellHeight + 14, { class: "tick middle" });
  });
  const bottom = TITLE_HEIGHT + 10 + Math.ceil(shown / across) * (cellHeight + 24);
  const rest = units > shown ? `The first ${shown} of ${units} units` : `${counted(units, "unit")}`;
  const description =
    checked.description ?? `${rest}, ${high} by ${counted(wide, "weight")} each, from ${-largest} to ${largest}.`;
  const body = [...images, ...drawKey(largest, palette, bottom + 8)];
  return svgDocument({ title, description, theme, width, height: bottom + 44, body });
}

function findKernel(where: string, model: WeightSource, layer: unknown) {
  const kernels = weightsOf(where, model).filter(({ shape }) => shape.length === 2);
  const nameOf = (name: string) => name.slice(0, name.lastIndexOf("/"));
  const found = kernels.find(({ name }) => layer === undefined || nameOf(name) === layer);
  if (found) return { layer: nameOf(found.name), shape: found.shape, data: found.data };
  const names = kernels.map(({ name }) => nameOf(name)).join(", ") || "none";
  throw new OptionError(
    `${where}: layer: expected a layer with a kernel, of which there is ${names}, got ${show(layer)}.`,
  );
}

function imageShape(where: string, given: ImageShape | undefined, inputs: number): ImageShape {
  if (given === undefined) {
    const side = Math.round(Math.sqrt(inputs));
    return side * side === inputs ? [side, side] : [1, inputs];
  }
  if (given[0] * given[1] === inputs) return given;
  throw new ShapeError(
    `${where}: shape: expected rows · columns = ${counted(inputs, "input")}, got ${given[0]} · ${given[1]}.`,
  );
}

/** 0 for the most negative weight, 127.5 for 0, 255 for the most positive. */
function toIndex(weight: number, largest: number): number {
  return Math.round(127.5 + (127.5 * weight) / (largest || 1));
}

function makePalette(): Uint8Array {
  return Uint8Array.from({ length: 256 * 3 }, (_, i) => {
    const at = (Math.floor(i / 3) / 255) * (STOPS.length - 1);
    const stop = Math.min(Math.floor(at), STOPS.length - 2);
    const [from, to] = [STOPS[stop][i % 3], STOPS[stop + 1][i % 3]];
    return Math.round(from + (at - stop) * (to - from));
  });
}

function drawKey(largest: number, palette: Uint8Array, y: number): string[] {
  const href = pngAddress(Uint8Array.from({ length: 256 }, (_, i) => i), 256, 1, palette); // biome-ignore format: one
  const [low, high] = [`\u2212${largest.toPrecision(2)}`, largest.toPrecision(2)];
  const x = 20 + textWidth(low, 12) + 6;
  return [
    words(low, 20, y + 11, { class: "tick" }),
    element("image", { x, y, width: 160, height: 14, preserveAspectRatio: "none", href }),
    words(high, x + 166, y + 11, { class: "tick" }),
  ];
}
