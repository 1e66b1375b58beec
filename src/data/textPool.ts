/** Text that comes again and again, kept once. Knows strings, not where they stand. */

/** More different texts seldom come again: they name rows. */
const MOST = 100_000;
/** Engines copy shorter parts of a text; longer ones keep the whole text alive that they are cut from. */
const COPIED = 13;

export class TextPool {
  readonly #known = new Map<string, string>();

  /** The same text, which keeps nothing else alive. */
  take(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = text.length < COPIED ? text : copyOf(text);
    if (this.#known.size < MOST) this.#known.set(own, own);
    return own;
  }
}

/** A round trip through JSON is a copy for every text, lone surrogates too. */
const copyOf = (text: string) => JSON.parse(JSON.stringify(text)) as string;
