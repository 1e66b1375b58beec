/** Images as text: each character shows two pixels, one on top of the other. */

/** Grey values from 0 to 1, row after row. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly pixels: Float32Array;
}

const LARGEST_SIDE = 32;
const USUAL_SIDE = 28;
/** A pixel counts as ink from this share of the brightest pixel on. */
const INK = 0.5;
const FAINT = 0.1;

/** Characters for ink in neither pixel, the lower one, the upper one, both. */
const halfBlocks = [" ", "▄", "▀", "█"];

/** The first and last of 24 greys in a palette of 256 colours. */
const BLACK = 232;
const WHITE = 255;

function at({ height, width, pixels }: Picture, y: number, x: number): number {
  return y < height && x >= 0 && x < width ? pixels[y * width + x] : 0;
}

function draw(height: number, width: number, pixel: (y: number, x: number) => number): Picture {
  const pixels = new Float32Array(height * width);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels[y * width + x] = pixel(y, x);
  return { height, width, pixels };
}

/** Averages squares of pixels of large pictures and enlarges small ones, so that any picture has a readable size. */
export function toViewSize(picture: Picture): Picture {
  const { height, width } = picture;
  const side = Math.max(height, width);
  const shrink = Math.ceil(side / LARGEST_SIDE);
  const grow = Math.max(1, Math.floor(USUAL_SIDE / side));
  if (shrink === 1) {
    return draw(height * grow, width * grow, (y, x) => at(picture, Math.floor(y / grow), Math.floor(x / grow)));
  }
  return draw(Math.ceil(height / shrink), Math.ceil(width / shrink), (y, x) => {
    let sum = 0;
    for (let i = 0; i < shrink * shrink; i++) {
      sum += at(picture, y * shrink + Math.floor(i / shrink), x * shrink + (i % shrink));
    }
    return sum / shrink ** 2;
  });
}

/** Range from the first to the last marked place, with a margin of one, within [0, end). */
function span(isMarked: (place: number) => boolean, end: number): { begin: number; size: number } {
  let first = 0;
  let last = end - 1;
  while (first < last && !isMarked(first)) first++;
  while (last > first && !isMarked(last)) last--;
  const begin = Math.max(0, first - 1);
  return { begin, size: Math.min(end, last + 2) - begin };
}

/** Cuts off blank borders, and keeps all pictures at one size with the ink in the middle. They must be of one size. */
export function trim(pictures: readonly Picture[]): Picture[] {
  const { height, width } = pictures[0];
  const hasInk = (picture: Picture, y: number, x: number) => at(picture, y, x) > FAINT;
  const xs = Array.from({ length: width }, (_, x) => x);
  const ys = Array.from({ length: height }, (_, y) => y);
  const rows = span((y) => pictures.some((picture) => xs.some((x) => hasInk(picture, y, x))), height);
  const columns = pictures.map((picture) => span((x) => ys.some((y) => hasInk(picture, y, x)), width));
  const widest = Math.max(...columns.map(({ size }) => size));
  return pictures.map((picture, i) => {
    const left = columns[i].begin - Math.floor((widest - columns[i].size) / 2);
    return draw(rows.size, widest, (y, x) => at(picture, rows.begin + y, left + x));
  });
}

/** Lines of `width` characters: shades of grey if the terminal has them, else ink or no ink. */
export function toLines(picture: Picture, hasGreys: boolean): string[] {
  const lines = [];
  const ink = INK * picture.pixels.reduce((most, value) => Math.max(most, value), 0);
  for (let y = 0; y < picture.height; y += 2) {
    let line = "";
    let colors = "";
    for (let x = 0; x < picture.width; x++) {
      const above = at(picture, y, x);
      const below = at(picture, y + 1, x);
      if (!hasGreys) {
        line += halfBlocks[(above > ink ? 2 : 0) + (below > ink ? 1 : 0)];
        continue;
      }
      const wanted = `\x1b[38;5;${grey(above)};48;5;${grey(below)}m`;
      line += wanted === colors ? "▀" : `${wanted}▀`;
      colors = wanted;
    }
    lines.push(hasGreys ? `${line}\x1b[0m` : line);
  }
  return lines;
}

function grey(value: number): number {
  return BLACK + Math.round(Math.min(1, Math.max(0, value)) * (WHITE - BLACK));
}
