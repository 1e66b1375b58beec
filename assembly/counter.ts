/**
 * Random bits from a counter instead of a state: the words of an element are a function of the layer's key, the batch
 * and the element's place. So any thread can draw any element, and backward draws the same bits as forward.
 * Threefry-2x32 with 13 rounds, the fewest that pass BigCrush (Salmon, Moraes, Dror and Shaw, "Parallel random numbers:
 * as easy as 1, 2, 3", SC 2011); the tests use the known answers of Random123.
 */

@inline function rotate(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/**
 * Passes the elements of one row to `apply` of the `F` at `numbers`, eight columns at a time with eight words: those of
 * the counters (row, 4 · block + lane) under the key (key0, key1 + batch). x, y: [columns], in whole panels; y may be
 * x.
 */
@inline export function drawRow<F>(
  numbers: usize, x: usize, y: usize, columns: i32, key0: i32, key1: i32, row: i32, a: v128, b: v128,
): void {
  const f = changetype<F>(numbers);
  const key2 = key0 ^ key1 ^ 0x1bd11bda;
  const start = i32x4.splat(row + key0);
  let counter = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(key1));
  for (; columns > 0; columns -= 8) {
    let x0 = start, x1 = counter;
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
    x0 = i32x4.add(x0, i32x4.splat(key1)); x1 = i32x4.add(x1, i32x4.splat(key2 + 1));
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 29), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 16), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 24), x0);
    x0 = i32x4.add(x0, i32x4.splat(key2)); x1 = i32x4.add(x1, i32x4.splat(key0 + 2));
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 13), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 15), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 26), x0);
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 6), x0);
    x0 = i32x4.add(x0, i32x4.splat(key0)); x1 = i32x4.add(x1, i32x4.splat(key1 + 3));
    x0 = i32x4.add(x0, x1); x1 = v128.xor(rotate(x1, 17), x0);
    f.apply(x, y, columns, x0, x1, a, b);
    counter = i32x4.add(counter, i32x4.splat(4));
    x += 32;
    y += 32;
  }
}
