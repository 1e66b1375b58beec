/** Tells when further training has stopped to help, by the losses of the epochs. */
import type { EpochLog } from "./protocol.js";

/** The least improvement that counts: a share of the best loss, or this much. */
const SHARE = 0.01;
const LEAST = 1e-4;
/** Epochs without improvement: at least this many, and this share of all. */
const PATIENCE = 100;
const LONG = 0.5;

export class Plateau {
  #best = Infinity;
  #bestAt = 0;
  /** Training loss at the best epoch. */
  #trainingAt = 0;

  /** The reason to stop after this epoch, or `null`. */
  take({ epoch, loss, valLoss: ofTest }: Pick<EpochLog, "epoch" | "loss" | "valLoss">): string | null {
    const hasTest = !Number.isNaN(ofTest);
    const valLoss = hasTest ? ofTest : loss;
    if (valLoss < this.#best - Math.max(LEAST, SHARE * this.#best) || this.#best === Infinity) {
      [this.#best, this.#bestAt, this.#trainingAt] = [valLoss, epoch, loss];
      return null;
    }
    if (epoch - this.#bestAt < Math.max(PATIENCE, LONG * this.#bestAt)) return null;
    const where = `the ${hasTest ? "test" : "training"} loss has not improved since epoch ${this.#bestAt}`;
    const overfits = valLoss > 1.1 * this.#best && loss < 0.9 * this.#trainingAt;
    return overfits ? `${where}, while the training loss still fell: the network overfits` : where;
  }
}
