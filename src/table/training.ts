/** Facts about a training, kept so that it can be shown and repeated: losses by epoch, settings, the version. */
import { copyJson, type JsonObject } from "../base/json.js";
import { someOf } from "./evaluation.js";
import type { CheckedTrain } from "./options.js";
import { isPath } from "./source.js";

/** Version of simdgrad, as in package.json. */
export const VERSION = "0.1.0";

/** Losses of one network of a model by epoch: some of the epochs, at most 50. */
export interface MemberHistory {
  /** From 1. */
  readonly epochs: readonly number[];
  readonly loss: readonly number[];
  /** Loss of the rows that decided when to stop. */
  readonly valLoss: readonly number[];
}

/** The course by which a table model came about. */
export interface TableTraining {
  /** Version of simdgrad that trained it. */
  readonly version: string;
  readonly seed: number;
  /** The options of `TableModel.train` that decide the result, with their defaults. */
  readonly options: JsonObject;
  /** Losses of each network of the model. */
  readonly members: readonly MemberHistory[];
  /** Exponent 1 / temperature of the probabilities, which calibrates them; 1 for numbers. */
  readonly temperature: number;
  /** Columns of the table that are not read, whoever left them out. */
  readonly ignored: readonly string[];
}

const MOST_EPOCHS = 50;

/** Losses by epoch, with fewer epochs and digits. */
export function historyOf({ loss, valLoss }: { loss: readonly number[]; valLoss: readonly number[] }): MemberHistory {
  const epochs = someOf(Array.from(loss.keys()), MOST_EPOCHS);
  const pick = (values: readonly number[]) => epochs.map((epoch) => Number(values[epoch].toPrecision(5)));
  return { epochs: epochs.map((epoch) => epoch + 1), loss: pick(loss), valLoss: pick(valLoss) };
}

/** The options as JSON, without those that only say who is told and where the work is done. */
export function optionsAsJson(options: CheckedTrain): JsonObject {
  const { target, features, exclude, types, dates, dateOrder, maxCategories, hashPlaces, ...rest } = options;
  const {
    task,
    maxRows,
    testSize,
    testData,
    seconds,
    trials,
    members,
    classWeight,
    positive,
    threshold,
    dropSuspicious,
  } = rest;
  const columns = { target, features, exclude, types: Object.fromEntries(types), dates, dateOrder, maxCategories };
  const choices = {
    task,
    maxRows,
    testSize,
    seconds,
    trials,
    members,
    classWeight,
    positive,
    threshold,
    dropSuspicious,
  };
  const test = isPath(testData) ? testData : testData && "a table";
  const { missing, hiddenLayerSizes, epochs, optimizer } = rest;
  const all = {
    ...columns,
    missing,
    hiddenLayerSizes,
    epochs,
    optimizer,
    testData: test,
    hashPlaces,
    ...choices,
    importance: rest.importance,
    seed: rest.seed,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return copyJson("TableModel.train", Object.fromEntries(given));
}

/** True for histories from JSON. */
export function areHistories(value: unknown): value is readonly MemberHistory[] {
  const isList = (list: unknown, length: number) =>
    Array.isArray(list) && list.length === length && list.every(Number.isFinite);
  return (
    Array.isArray(value) &&
    value.every((one) => {
      const length = one?.epochs?.length;
      return isList(one?.epochs, length) && isList(one.loss, length) && isList(one.valLoss, length);
    })
  );
}
