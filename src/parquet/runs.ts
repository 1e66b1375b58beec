/** Looks through run-length encoded values before they are read: a count in a few bytes must not fill the memory. */

/** The header of a page of data, as far as its runs go. */
export interface RunPage {
  /** Values, missing ones with them. */
  readonly values: number;
  readonly encoding: string;
  /** True if levels that tell missing values come first, as in pages of version 1 of an optional column. */
  readonly hasLevels: boolean;
  /** Missing values, where the header has their number. */
  readonly nulls: number;
  readonly isBoolean: boolean;
}

const DICTIONARIES = ["PLAIN_DICTIONARY", "RLE_DICTIONARY"];

class Runs {
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    return this.#view.getUint8(this.at++);
  }

  length(): number {
    const value = this.#view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  /** As the reader takes it: of more than 32 bits the low ones. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Passes over the runs of that many values; returns how many of them are 1. @throws RangeError for longer runs */
  pass(width: number, values: number): number {
    let ones = 0;
    for (let seen = 0; seen < values; ) {
      const header = this.#varint();
      const left = values - seen;
      if (header & 1) {
        // Values are packed in eights; the last of them may be more than there are.
        const eights = header >>> 1;
        if (eights > Math.ceil(left / 8) && width === 0) throw tooLong(eights * 8, left);
        if (width === 1) ones += this.#packedOnes(Math.min(eights * 8, left));
        this.at += eights * width;
        seen += eights * 8;
      } else {
        const count = header >>> 1;
        if (count > left) throw tooLong(count, left);
        let value = 0;
        for (let shift = 0; shift < width; shift += 8) value |= this.byte() << shift;
        if (value === 1) ones += count;
        seen += count;
      }
    }
    return ones;
  }

  #packedOnes(values: number): number {
    let ones = 0;
    for (let i = 0; i < values; i++) ones += (this.#view.getUint8(this.at + (i >> 3)) >> (i & 7)) & 1;
    return ones;
  }
}

const tooLong = (count: number, left: number) => new RangeError(`a run says that it has ${count} of ${left} values`);

/** Levels that stand alone, as in pages of version 2. @throws RangeError for runs that are longer than the page. */
export function checkLevels(bytes: Uint8Array, values: number): void {
  new Runs(bytes).pass(1, values);
}

/** @param bytes The page, unpacked. @throws RangeError for runs that are longer than the page. */
export function checkRuns(bytes: Uint8Array, { values, encoding, hasLevels, nulls, isBoolean }: RunPage): void {
  const runs = new Runs(bytes);
  let present = values - nulls;
  if (hasLevels) {
    const length = runs.length();
    const begin = runs.at;
    present = runs.pass(1, values);
    runs.at = begin + length;
  }
  if (DICTIONARIES.includes(encoding)) {
    if (present > 0) runs.pass(runs.byte(), present);
  } else if (encoding === "RLE" && isBoolean) {
    runs.length();
    runs.pass(1, present);
  }
}
