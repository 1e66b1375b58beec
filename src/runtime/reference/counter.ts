/**
 * Random bits from a counter instead of a state: Threefry-2x32 (Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011).
 */

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];
/** The fewest rounds that pass BigCrush. */
const ROUNDS = 13;
const WIDTH = 4;

type Words = readonly [number, number];

/** The two words of a counter under a key, as int32. */
export function threefry([key0, key1]: Words, [counter0, counter1]: Words, rounds = ROUNDS): Words {
  const keys = [key0, key1, key0 ^ key1 ^ 0x1bd11bda];
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let round = 1; round <= rounds; round++) {
    const by = ROTATIONS[(round - 1) % 8];
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << by) | (x1 >>> (32 - by))) ^ x0;
    if (round % 4 > 0) continue;
    const turn = round / 4;
    x0 = (x0 + keys[turn % 3]) | 0;
    x1 = (x1 + keys[(turn + 1) % 3] + turn) | 0;
  }
  return [x0, x1];
}

/** The two words that element [row, column] shares with the one four columns away, and the index of its own word. */
export function drawAt(key: Words, batch: number, row: number, column: number): { words: Words; own: 0 | 1 } {
  const block = Math.floor(column / (2 * WIDTH));
  const words = threefry([key[0], (key[1] + batch) | 0], [row, block * WIDTH + (column % WIDTH)]);
  return { words, own: column % (2 * WIDTH) < WIDTH ? 0 : 1 };
}
