/** An IDX file: magic, big-endian sizes, then the bytes of the numbers. Type 8 is a byte without sign. */
export function idx(type: number, shape: readonly number[], body: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const offset = 4 + 4 * shape.length;
  const file = new Uint8Array(offset + body.length);
  file.set([0, 0, type, shape.length]);
  const view = new DataView(file.buffer);
  shape.forEach((size, i) => {
    view.setUint32(4 + 4 * i, size);
  });
  file.set(body, offset);
  return file;
}
