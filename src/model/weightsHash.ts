/** A fingerprint of trained weights, by which two machines tell that they have trained the same model. */

/** Holds weights, as models do. */
interface Weighted {
  getWeights(): readonly { readonly data: Float32Array }[];
}

/** SHA-256 of all weights, layer after layer, as little-endian float32; `undefined` without `crypto.subtle`. */
export async function hashOfWeights(model: Weighted): Promise<string | undefined> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return undefined;
  const all = model.getWeights().map(({ data }) => data);
  const values = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const data of all) {
    values.set(data, at);
    at += data.length;
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", values));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
