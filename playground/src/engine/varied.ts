/** Images and varied copies of them, so that a network learns digits by their form, wherever and however they are drawn. */
import { Dataset } from "simdgrad";

/** Copies of each image, as far as there is room for their pixels. */
const COPIES = 4;
const MOST_PIXELS = 20_000_000;

export function copiesOf({ x }: Dataset): number {
  return Math.max(0, Math.min(COPIES, Math.floor(MOST_PIXELS / x.length) - 1));
}

/**
 * The images, then the copies, one round of all after the other: moved, stretched, slanted and thickened at random. The
 * program that the page writes has the same lines.
 */
export function varied(
  { x, y, inputShape }: Dataset,
  [height, width]: readonly [number, number],
  copies: number,
): Dataset {
  const size = height * width;
  const rows = y.length;
  const all = new Float32Array(x.length * (copies + 1));
  all.set(x);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const pixel = height / 28;
  for (let row = rows; row < rows * (copies + 1); row++) {
    const image = x.subarray((row % rows) * size, ((row % rows) + 1) * size);
    const ink = (up: number, across: number) => {
      let sum = 0;
      for (let corner = 0; corner < 4; corner++) {
        const i = Math.floor(up) + (corner >> 1);
        const j = Math.floor(across) + (corner & 1);
        const isInside = i >= 0 && j >= 0 && i < height && j < width;
        if (isInside) sum += image[i * width + j] * (1 - Math.abs(up - i)) * (1 - Math.abs(across - j));
      }
      return sum;
    };
    const [a, b, c, d] = [1 + 0.15 * random(), 0.3 * random(), 0.15 * random(), 1 + 0.15 * random()];
    const [right, down, thickX, thickY] = [1.5, 1.5, 2, 2].map((most) => most * pixel * random());
    for (let place = 0; place < size; place++) {
      const [i, j] = [Math.floor(place / width) - (height - 1) / 2, (place % width) - (width - 1) / 2];
      const across = (width - 1) / 2 + a * j + b * i + right;
      const up = (height - 1) / 2 + c * j + d * i + down;
      all[row * size + place] = Math.max(ink(up, across), ink(up + thickY, across + thickX));
    }
  }
  const labels = Float32Array.from({ length: rows * (copies + 1) }, (_, row) => y[row % rows]);
  return Dataset.from({ x: all, y: labels }, { inputShape, targetShape: [] });
}
