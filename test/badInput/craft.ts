/** Takes a model file apart and puts it together again, checksum and all: for files that only look whole. */
import { crc32 } from "node:zlib";

export interface Header {
  __metadata__: { format: string; version: string; checksum: string; model: string } & Record<string, unknown>;
  [tensor: string]: unknown;
}

export function concatenate(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}

export function headerOf(file: Uint8Array): { text: string; data: Uint8Array } {
  const end = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return { text: new TextDecoder().decode(file.subarray(8, end)), data: file.subarray(end) };
}

/** A safetensors container around any header text, with its checksum made right. */
export function assemble(text: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const encode = (value: string) => new TextEncoder().encode(value);
  const blank = text.replace(/"checksum":"[0-9a-f]{8}"/, '"checksum":"00000000"');
  const checksum = crc32(concatenate(encode(blank), data))
    .toString(16)
    .padStart(8, "0");
  const header = encode(blank.replace('"checksum":"00000000"', `"checksum":"${checksum}"`));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return concatenate(length, header, data);
}

/** The same file with its header text changed, and the checksum made right. */
export function withText(file: Uint8Array, change: (text: string) => string): Uint8Array<ArrayBuffer> {
  const { text, data } = headerOf(file);
  return assemble(change(text), data);
}

/** The same file with its header changed, and the checksum made right. */
export function withHeader(file: Uint8Array, change: (header: Header) => unknown): Uint8Array<ArrayBuffer> {
  return withText(file, (text) => {
    const header = JSON.parse(text) as Header;
    change(header);
    return JSON.stringify(header);
  });
}

/** The same file with what it says of the model changed, and the checksum made right. */
export function withModel(
  file: Uint8Array,
  change: (model: Record<string, never>) => unknown,
): Uint8Array<ArrayBuffer> {
  return withHeader(file, ({ __metadata__: metadata }) => {
    const model = JSON.parse(metadata.model);
    change(model);
    metadata.model = JSON.stringify(model);
  });
}
