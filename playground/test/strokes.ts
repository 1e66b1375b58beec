/** Handwritten digits of MNIST as strokes of a pen, drawn on a pad as a hand would: the lines in the middle of the ink. */

/** A straight piece of a stroke: from x, y to x, y, as shares of a side. */
type Piece = readonly [x0: number, y0: number, x1: number, y1: number];

const PIXELS = 28;
/** Places per pixel, so that lines are smooth. */
const FINE = 3;
const SIDE = PIXELS * FINE;

/** Places with ink, of an image between whose pixels ink changes evenly. */
function inked(image: Float32Array): Uint8Array {
  const at = (i: number, j: number) => (i < 0 || j < 0 || i >= PIXELS || j >= PIXELS ? 0 : image[i * PIXELS + j]);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, place) => {
    const [v, u] = [Math.floor(place / SIDE), place % SIDE].map((each) => (each + 0.5) / FINE - 0.5);
    const [i, j] = [Math.floor(v), Math.floor(u)];
    const row = (line: number) => at(line, j) * (1 - u + j) + at(line, j + 1) * (u - j);
    return row(i) * (1 - v + i) + row(i + 1) * (v - i) > 0.45 ? 1 : 0;
  });
}

/** Thins ink to lines one place wide (Zhang and Suen, 1984). */
function thin(ink: Uint8Array): void {
  const around = [-SIDE, 1 - SIDE, 1, 1 + SIDE, SIDE, SIDE - 1, -1, -1 - SIDE];
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (const [a, b] of [
      [2, 4],
      [0, 6],
    ]) {
      const gone = [...ink.keys()].filter((place) => {
        if (ink[place] === 0) return false;
        const n = around.map((step) => ink[place + step] ?? 0);
        const count = n.reduce((sum, each) => sum + each, 0);
        const edges = n.filter((each, i) => each === 0 && n[(i + 1) % 8] === 1).length;
        if (count < 2 || count > 6 || edges !== 1) return false;
        return a === 2
          ? !(n[0] && n[2] && n[4]) && !(n[2] && n[4] && n[6])
          : !(n[0] && n[2] && n[b]) && !(n[a] && n[4] && n[b]);
      });
      for (const place of gone) ink[place] = 0;
      if (gone.length > 0) isDone = false;
    }
  }
}

export function strokesOf(image: Float32Array): Piece[] {
  const ink = inked(image);
  thin(ink);
  const pointOf = (place: number) => [(place % SIDE) / SIDE, Math.floor(place / SIDE) / SIDE] as const;
  return [...ink.keys()]
    .filter((place) => ink[place] === 1)
    .flatMap((place) =>
      [0, 1, SIDE - 1, SIDE, SIDE + 1]
        .filter((step) => ink[place + step] === 1)
        .map((step): Piece => [...pointOf(place), ...pointOf(place + step)]),
    );
}

/** The pad's pixels after a round pen has drawn these strokes, as `getImageData` gives them. */
export function drawn(pieces: readonly Piece[], side: number, pen: number): ImageData {
  const data = new Uint8ClampedArray(4 * side * side);
  const radius = (pen * side) / 2;
  for (const piece of pieces) {
    const [x0, y0, x1, y1] = piece.map((each) => ((each - 0.5) * 0.85 + 0.5) * side);
    const [dx, dy] = [x1 - x0, y1 - y0];
    for (let y = Math.floor(Math.min(y0, y1) - radius); y <= Math.max(y0, y1) + radius + 1; y++) {
      for (let x = Math.floor(Math.min(x0, x1) - radius); x <= Math.max(x0, x1) + radius + 1; x++) {
        if (x < 0 || y < 0 || x >= side || y >= side) continue;
        const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
        const cover = 255 * (radius + 0.5 - Math.hypot(x - x0 - along * dx, y - y0 - along * dy));
        const place = 4 * (y * side + x) + 3;
        if (cover > data[place]) data[place] = cover;
      }
    }
  }
  return { data, width: side, height: side } as ImageData;
}
