// @ts-check
/** Two interleaved half circles with noise: the smallest data set that no straight line separates. */

/**
 * Uniform numbers in [0, 1): mulberry32.
 * @param {number} seed
 */
export function uniforms(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {{ rows?: number, noise?: number, seed?: number }} [options] noise: standard deviation of each coordinate */
export function moons({ rows = 256, noise = 0.12, seed = 1 } = {}) {
  const uniform = uniforms(seed);
  // Box and Muller; 1 − u is never 0.
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  /** @type {number[][]} */
  const x = [];
  /** @type {number[]} */
  const y = [];
  for (let row = 0; row < rows; row++) {
    const angle = Math.PI * uniform();
    const label = row % 2;
    const [across, up] =
      label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    x.push([across + noise * normal(), up + noise * normal()]);
    y.push(label);
  }
  return { x, y };
}
