/** Draws planes: the decision boundary with its points, and the map of one unit. Knows pixels, not models. */
import { classColor, css, fade, groundsOn, pixelOf, type Rgb, rampOf, signedColor } from "./colors.js";

/** Pixels of a [height, width] field, by place; square if no height is given. */
function paint(
  canvas: HTMLCanvasElement,
  width: number,
  pixelAt: (place: number) => number,
  height: number = width,
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let place = 0; place < pixels.length; place++) pixels[place] = pixelAt(place);
  context.putImageData(image, 0, 0);
}

/** Pixels of numbers from -1, the first class, to 1, the second. */
function signedPixels(paper: Rgb): (value: number) => number {
  const [negative, positive] = groundsOn(paper).map((ground) => rampOf(ground, paper));
  return (value) => (value < 0 ? pixelOf(negative, -value) : pixelOf(positive, value));
}

/** Strength of the colour of one of many classes where a model is certain. */
const FULL = 0.75;

/** Numbers that are drawn: `center` as paper, `center - reach` and `center + reach` in full colours. */
export interface Span {
  readonly center: number;
  readonly reach: number;
}

/** Predictions [side · side, outputs]: class probabilities, or one number. */
export function drawBoundary(
  canvas: HTMLCanvasElement,
  predictions: Float32Array,
  { classes, paper, isDiscrete, span }: { classes: number; paper: Rgb; isDiscrete: boolean; span: Span },
): void {
  const outputs = classes > 2 ? classes : 1;
  const side = Math.round(Math.sqrt(predictions.length / outputs));
  if (classes > 2) {
    const ramps = Array.from({ length: classes }, (_, index) => rampOf(classColor(index), paper));
    paint(canvas, side, (place) => {
      let best = place * outputs;
      for (let at = best + 1; at < (place + 1) * outputs; at++) if (predictions[at] > predictions[best]) best = at;
      const sure = (predictions[best] - 1 / classes) / (1 - 1 / classes);
      return pixelOf(ramps[best - place * outputs], FULL * (isDiscrete ? 1 : sure));
    });
    return;
  }
  const pixel = signedPixels(paper);
  paint(canvas, side, (place) => {
    const value = classes === 2 ? 2 * predictions[place] - 1 : (predictions[place] - span.center) / span.reach;
    return pixel(isDiscrete ? Math.sign(value) : value);
  });
}

/** Values [height, width], square by default, scaled by the largest of them. */
export function drawMap(
  canvas: HTMLCanvasElement,
  values: Float32Array,
  paper: Rgb,
  width: number = Math.round(Math.sqrt(values.length)),
): void {
  let largest = 1e-6;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const pixel = signedPixels(paper);
  paint(canvas, width, (place) => pixel(values[place] / largest), values.length / width);
}

/** One output [side · side], in the colours of the plane: of many classes, the probability of its own. */
export function drawOutput(
  canvas: HTMLCanvasElement,
  values: Float32Array,
  { unit, classes, paper, span }: { unit: number; classes: number; paper: Rgb; span: Span },
): void {
  if (classes <= 2) {
    drawBoundary(canvas, values, { classes, paper, isDiscrete: false, span });
    return;
  }
  const ramp = rampOf(classColor(unit), paper);
  paint(canvas, Math.round(Math.sqrt(values.length)), (place) => pixelOf(ramp, FULL * values[place]));
}

export interface Points {
  readonly points: Float32Array;
  readonly targets: Float32Array;
  readonly isTest: boolean;
}

/** More points than this hide the picture under them. */
const MOST_POINTS = 2000;

/** So few points are drawn larger. */
const FEW = 60;

/** Draws rows as dots, test rows as rings. `classes` 0: targets are numbers. */
export function drawPoints(
  canvas: HTMLCanvasElement,
  sets: readonly Points[],
  { reach, classes, paper, ink, span }: { reach: number; classes: number; paper: Rgb; ink: Rgb; span: Span },
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width } = canvas;
  context.clearRect(0, 0, width, width);
  const count = sets.reduce((sum, { targets }) => sum + targets.length, 0);
  const radius = Math.max(2.5, width / (count <= FEW ? 90 : 150));
  context.lineWidth = radius / 3;
  for (const { points, targets, isTest } of sets) {
    const every = Math.ceil(targets.length / MOST_POINTS);
    for (let row = 0; row < targets.length; row += every) {
      const color =
        classes > 0 ? classColor(targets[row]) : signedColor((targets[row] - span.center) / span.reach, paper);
      const x = ((points[2 * row] + reach) / (2 * reach)) * width;
      const y = ((reach - points[2 * row + 1]) / (2 * reach)) * width;
      context.beginPath();
      outline(context, classes > 0 ? targets[row] : 0, [x, y], radius);
      context.fillStyle = isTest ? css(paper) : css(color);
      context.strokeStyle = isTest ? css(color) : css(classes > 0 ? paper : ink);
      context.fill();
      context.stroke();
    }
  }
}

/** The shape of a class: circle, square, triangle, diamond, and again. */
function outline(
  context: CanvasRenderingContext2D,
  index: number,
  [x, y]: readonly [number, number],
  radius: number,
): void {
  const kind = index % 4;
  if (kind === 0) {
    context.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const corners = kind === 2 ? 3 : 4;
  for (let corner = 0; corner < corners; corner++) {
    const angle = (2 * Math.PI * (corner + (kind === 1 ? 0.5 : 0))) / corners - Math.PI / 2;
    context.lineTo(x + 1.25 * radius * Math.cos(angle), y + 1.25 * radius * Math.sin(angle));
  }
  context.closePath();
}

/** Draws an image of [height, width] values; `most` is the value of full ink. */
export function drawImage(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  { height, width, most, paper, ink }: { height: number; width: number; most: number; paper: Rgb; ink: Rgb },
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  canvas.width = width;
  canvas.height = height;
  const image = context.createImageData(width, height);
  for (let place = 0; place < height * width; place++) {
    image.data.set([...fade(ink, values[place] / most, paper), 255], 4 * place);
  }
  context.putImageData(image, 0, 0);
}
