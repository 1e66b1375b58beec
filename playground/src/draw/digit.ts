/** Converts a drawing to an image of the kind the network knows: cropped, centred by mass, small. */

/** Pixels of a side of the pad. */
export const SIDE = 224;
/** Width of the pen as a share of the pad. */
export const PEN = 0.09;
/** Share of the side that a digit fills, as in MNIST: 20 of 28 pixels. */
const FILL = 20 / 28;

/** Ink 0 … 1 of a drawing as [height, width] values, or `null` for an empty one. */
export function centredImage(drawing: ImageData, [height, width]: readonly [number, number]): Float32Array | null {
  const side = drawing.width;
  const inkAt = (x: number, y: number) => drawing.data[4 * (y * side + x) + 3] / 255;
  let [left, right, top, bottom, mass, massX, massY] = [side, -1, side, -1, 0, 0, 0];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const ink = inkAt(x, y);
      if (ink < 0.1) continue;
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      mass += ink;
      massX += ink * x;
      massY += ink * y;
    }
  }
  if (mass === 0) return null;
  const isSmall = height < 16; // the 8 × 8 digits fill their square
  const extent = Math.max(right - left, bottom - top, side / 8) + 1;
  const scale = extent / ((isSmall ? 1 : FILL) * height);
  const centre = isSmall ? [(left + right) / 2, (top + bottom) / 2] : [massX / mass, massY / mass];
  const image = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x0 = centre[0] + (column - width / 2) * scale;
      const y0 = centre[1] + (row - height / 2) * scale;
      image[row * width + column] = meanInk(inkAt, [x0, y0], scale, side);
    }
  }
  return image;
}

/** Mean ink of a square of `size` pixels, from its top left corner. */
function meanInk(
  inkAt: (x: number, y: number) => number,
  [x0, y0]: readonly [number, number],
  size: number,
  side: number,
): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(y0); y < y0 + size; y++) {
    for (let x = Math.floor(x0); x < x0 + size; x++) {
      count++;
      if (x >= 0 && y >= 0 && x < side && y < side) sum += inkAt(x, y);
    }
  }
  return sum / count;
}
