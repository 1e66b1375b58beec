/** Moments of a run to go back to: evenly spread over all of it, within bounds of number and size. */

export interface Moment {
  readonly epoch: number;
  /** The size that counts. */
  readonly bytes: { readonly byteLength: number };
}

const MOST = 200;
const MOST_BYTES = 32 * 2 ** 20;

export class Timeline<M extends Moment> {
  #moments: M[] = [];
  #every = 1;

  /** True if the moment after this epoch is to be kept. */
  wants(epoch: number): boolean {
    return epoch % this.#every === 0;
  }

  add(moment: M): void {
    this.#moments.push(moment);
    while (this.#moments.length > 2 && this.#isFull()) {
      this.#every *= 2;
      this.#moments = this.#moments.filter(({ epoch }) => epoch % this.#every === 0);
    }
  }

  /** The last moment that is not after an epoch, or the first. */
  at(epoch: number): M | undefined {
    return this.#moments.findLast((moment) => moment.epoch <= epoch) ?? this.#moments[0];
  }

  /** Forgets what came after an epoch. */
  cut(last: number): void {
    this.#moments = this.#moments.filter(({ epoch }) => epoch <= last);
  }

  get epochs(): number[] {
    return this.#moments.map(({ epoch }) => epoch);
  }

  get all(): readonly M[] {
    return this.#moments;
  }

  #isFull(): boolean {
    const size = this.#moments.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    return this.#moments.length > MOST || size > MOST_BYTES;
  }
}
