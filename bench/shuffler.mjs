/** Random orders for rivals that have no shuffle of their own. JavaScript, so that processes of rivals can import it. */

/**
 * Puts lists in a random order, in place: Fisher and Yates, with Marsaglia's xorshift32.
 * @returns {(order: Uint32Array) => void}
 */
export function makeShuffler() {
  let state = 1;
  return (order) => {
    for (let i = order.length - 1; i > 0; i--) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const j = (state >>> 0) % (i + 1);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  };
}
