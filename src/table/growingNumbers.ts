/** Numbers of which nobody knows how many there will be. */
export class GrowingNumbers {
  #numbers = new Float64Array(1024);
  /** Numbers so far. */
  length = 0;

  add(more: ArrayLike<number>): void {
    const end = this.length + more.length;
    if (end > this.#numbers.length) {
      const larger = new Float64Array(Math.max(end, 2 * this.#numbers.length));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers.set(more, this.length);
    this.length = end;
  }

  values(): Float64Array {
    return this.#numbers.subarray(0, this.length);
  }
}
