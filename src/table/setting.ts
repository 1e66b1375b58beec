/** Settings of networks, tried or to be tried. Knows numbers, not networks. */
import { OptionError, show } from "../base/errors.js";

/** A way to build and train a network. */
export interface Setting {
  readonly hiddenLayerSizes: readonly number[];
  /** Penalty of each kernel: factor times the sum of squares. */
  readonly l2: number;
  readonly dropout: number;
  readonly learningRate: number;
}

/** A setting that was tried, and the least loss of the rows that it was checked with. */
export interface Trial extends Setting {
  readonly loss: number;
  readonly epochs: number;
}

const isAmount = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;

/** Trials as `TableModel.trials` gives them, copied. @throws OptionError for anything else */
export function checkTrials(where: string, value: unknown): readonly Trial[] {
  if (!Array.isArray(value)) throw new OptionError(`${where}: expected the trials of a model, got ${show(value)}.`);
  return value.map((one: Partial<Trial> | null, i): Trial => {
    const { hiddenLayerSizes, l2, dropout, learningRate, loss, epochs } = one ?? {};
    const isSetting = Array.isArray(hiddenLayerSizes) && [l2, dropout, learningRate, epochs].every(isAmount);
    const hasLoss = typeof loss === "number" || loss === null;
    if (isSetting && hasLoss) return { ...(one as Trial), hiddenLayerSizes: [...hiddenLayerSizes] };
    throw new OptionError(`${where}[${i}]: expected a trial of a model, got ${show(one)}. Give model.trials as it is.`);
  });
}
