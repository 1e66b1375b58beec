/** Sizes at and around the edges of vectors (4), panels (8), row blocks and cache blocks. */
export const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 16, 17, 31, 32, 33, 63, 65, 100] as const;

/**
 * Triples of sizes as a Latin square: every pair of two sizes occurs once in each two of the three places,
 * one list per first size.
 */
export const TRIPLES: readonly { first: number; triples: readonly (readonly [number, number, number])[] }[] = SIZES.map(
  (first, i) => ({
    first,
    triples: SIZES.map((second, j) => [first, second, SIZES[(i + 5 * j) % SIZES.length]] as const),
  }),
);
