/** Finds the ends of rows in CSV text that comes in pieces. Knows quotes, not columns. */
const [QUOTE, NEWLINE, RETURN, SPACE, TAB] = ['"', "\n", "\r", " ", "\t"].map((sign) => sign.charCodeAt(0));
const DELIMITERS = [",", ";", "\t", "|"];

/**
 * Follows text, and knows at each line end whether a quoted cell is open. A quote opens a cell only at its beginning.
 */
export class RowEnds {
  readonly #delimiters: ReadonlySet<number>;
  #isQuoted = false;
  #isAtBegin = true;
  /** True after a quote that closed a cell, unless another one follows: two are one quote within. */
  #hasClosed = false;

  /** @param delimiter "" while it is not known. */
  constructor(delimiter: string) {
    this.#delimiters = new Set((delimiter ? [delimiter] : DELIMITERS).map((sign) => sign.charCodeAt(0)));
  }

  /** The place after the last row that ends in the text, 0 if none does. Must be given all text once, in order. */
  lastIn(text: string): number {
    let last = 0;
    for (let i = 0; i < text.length; i++) if (this.#take(text.charCodeAt(i))) last = i + 1;
    return last;
  }

  /** The same of bytes in UTF-8: no byte of another character equals one of the signs. */
  lastInBytes(bytes: Uint8Array): number {
    let last = 0;
    for (let i = 0; i < bytes.length; i++) if (this.#take(bytes[i])) last = i + 1;
    return last;
  }

  /** True if a row ends with this sign. */
  #take(sign: number): boolean {
    if (sign === QUOTE) {
      const wasQuoted = this.#isQuoted;
      this.#isQuoted = !wasQuoted && (this.#isAtBegin || this.#hasClosed);
      this.#hasClosed = wasQuoted;
      this.#isAtBegin = false;
      return false;
    }
    this.#hasClosed = false;
    if (this.#isQuoted) return false;
    const isBlank = (sign === SPACE || sign === TAB) && this.#isAtBegin;
    this.#isAtBegin = sign === NEWLINE || sign === RETURN || isBlank || this.#delimiters.has(sign);
    return sign === NEWLINE;
  }
}
