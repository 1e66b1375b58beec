// The format of a file by its bytes.
import { describe, expect, it } from "vitest";
import { encodeText } from "../../src/formats/safetensors.js";
import { dense, Sequential } from "../../src/index.js";
import { detectFormat } from "../../src/interop/any/index.js";
import { exportOnnx } from "../../src/interop/onnx/index.js";
import { partOf, readDamaged } from "./mutate.js";

/** A safetensors file without tensors whose header has that many bytes. */
function safetensors(length: number): Uint8Array {
  const begin = '{"__metadata__":{"format":"pt","note":"';
  const header = encodeText(`${begin}${"x".repeat(length - begin.length - 3)}"}}`);
  const file = new Uint8Array(8 + header.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  return file;
}

describe("detectFormat", () => {
  // The first byte of the length may be a brace, or white space before one; the first two those of a pickle or an archive.
  it.each([0x7b, 0x17b, 0x7b20, 0x7b0a, 0x200, 0x280, 0x4b50])(
    "knows a safetensors file whose header has %i bytes",
    async (length) => {
      expect(await detectFormat(safetensors(length))).toBe("torch");
    },
  );

  it.each<[string, string, string | null]>([
    ["of TensorFlow.js", '{"modelTopology":{},"weightsManifest":[]}', "tfjs"],
    ["of scikit-learn, after white space", ' \n{"coefs_":[],"intercepts_":[]}', "sklearn"],
    ["of brain.js, after a byte order mark", '\ufeff{"sizes":[],"layers":[]}', "brain"],
    ["of something else", '{"name":"simdgrad"}', null],
    ["in lists", "[1, 2, 3, 4, 5]", null],
  ])("knows JSON %s", async (_, text, format) => {
    expect(await detectFormat(encodeText(text))).toBe(format);
  });

  it.each(["\u0080\u0002}q\0.", "\u0080\u0005}\u0094.", "}q\0.", "ca.b\nC\n."])(
    "refuses the pickle %j",
    async (text) => {
      await expect(detectFormat(Uint8Array.from(text, (sign) => sign.charCodeAt(0)))).rejects.toThrow(
        "detectFormat: this file is not a model in a known format. It is a pickle of Python",
      );
    },
  );

  it("knows or refuses damaged files", async () => {
    const texts = [
      '{"modelTopology":{},"weightsManifest":[]}',
      ' \n{"coefs_":[],"intercepts_":[]}',
      '{"sizes":[],"layers":[]}',
    ];
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], threads: 1 });
    const files = [...texts.map(encodeText), safetensors(0x200), model.save(), await exportOnnx(model)];
    await readDamaged(files, detectFormat, { count: partOf(5) });
  });
});
