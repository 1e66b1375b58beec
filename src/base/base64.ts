/** Text of 64 signs as bytes. `encodeBase64.ts` is the reverse, which fewer programs load. */

/** Uses Node's Buffer, the fastest way, if there is one. Reads it from globalThis so that Parcel adds no polyfill. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  if (typeof globalThis.Buffer === "function") return new Uint8Array(globalThis.Buffer.from(text, "base64"));
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
