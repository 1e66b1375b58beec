/**
 * Bytes of an embedded build, in Node: those of the package's own `.wasm` file, which needs neither zlib nor base64. A
 * program that was bundled has no such file beside it, so it takes the embedded text.
 */
import marks from "#wasm/marks";
import { nodeBuiltin } from "./features.js";
import { type EmbeddedSource, bytesOf as embeddedBytesOf } from "./unpack.js";

const here = import.meta.url; // not where it is used: bundlers take new URL(…, import.meta.url) for a file to copy

/** The file of this name if it is there, and the build that this code was made with. */
function fileOf(name: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = nodeBuiltin("node:fs")?.readFileSync(new URL(`../../wasm/${name}.wasm`, here));
    const mark = marks[name];
    const end = bytes?.subarray(-mark.length);
    return end?.every((code, i) => code === mark.charCodeAt(i)) ? bytes : undefined;
  } catch {
    return undefined; // moved, or not allowed to read
  }
}

/** The bytes of a build, the small one if `common` is its source. */
export async function bytesOf(source: EmbeddedSource, variant: string, common?: EmbeddedSource | false) {
  return fileOf(common ? `${variant}-common` : variant) ?? embeddedBytesOf(source, variant, common);
}
