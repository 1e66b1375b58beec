/** Bytes of an embedded build. The build of the library for Node has `unpackInNode.ts` in place of this file. */
import { decodeBase64 } from "../base/base64.js";
import { nodeBuiltin } from "./features.js";

/** An embedded build, as base64 of its deflated bytes. */
export type EmbeddedSource = () => Promise<{ default: string }>;

/**
 * The bytes of a build. In Node, the others tell its name. Unpacks with Node's zlib if there is one, which is faster,
 * otherwise with a stream.
 */
export async function bytesOf(
  source: EmbeddedSource,
  _variant: string,
  _common?: EmbeddedSource | false,
): Promise<ArrayBuffer | ArrayBufferView<ArrayBuffer>> {
  const packed = decodeBase64((await source()).default);
  const zlib = nodeBuiltin("node:zlib");
  if (zlib) return zlib.inflateRawSync(packed);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}
