/** The goal of a lesson: what a run has to reach, in a link and in words. Pure. */
import type { EpochLog } from "./engine/protocol.js";

/** All that are there must hold after the same epoch. */
export interface Goal {
  /** Accuracy at least, from 0 to 1, for classes. */
  readonly accuracy: number | null;
  /** Loss at most. */
  readonly loss: number | null;
  /** Mean absolute error at most, for numbers, in the units of the target. */
  readonly error: number | null;
  /** Number of epochs at most. */
  readonly epochs: number | null;
}

/** Names in a link. */
export const goalKeys = { accuracy: "goal", loss: "goalLoss", error: "goalError", epochs: "goalEpochs" } as const;

const limits: Record<keyof Goal, (value: number) => boolean> = {
  accuracy: (value) => value > 0 && value <= 1,
  loss: (value) => value > 0,
  error: (value) => value > 0,
  epochs: (value) => Number.isSafeInteger(value) && value > 0,
};

const names = Object.keys(goalKeys) as (keyof Goal)[];

/** True for the text of a number that a goal can have. */
export function isGoal(name: keyof Goal, text: string): boolean {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) && limits[name](value);
}

/** The goal of a link, without what makes no sense; `null` if nothing is to be reached. */
export function goalOf(given: Readonly<Record<string, string | undefined>>): Goal | null {
  const read = (name: keyof Goal) => {
    const text = given[goalKeys[name]] ?? "";
    return isGoal(name, text) ? Number(text) : null;
  };
  const goal = { accuracy: read("accuracy"), loss: read("loss"), error: read("error"), epochs: read("epochs") };
  return names.some((name) => name !== "epochs" && goal[name] !== null) ? goal : null;
}

/** Test rows count; without any, those for training. */
const hasTest = ({ valLoss }: EpochLog) => !Number.isNaN(valLoss);

/** True if an epoch reaches the goal. Accuracies are of classes, errors of numbers. */
export function reaches({ accuracy, loss, error, epochs }: Goal, log: EpochLog, isClasses: boolean): boolean {
  const [loses, scores] = hasTest(log) ? [log.valLoss, log.valScore] : [log.loss, log.score];
  return (
    (accuracy === null || (isClasses && scores >= accuracy)) &&
    (loss === null || loses <= loss) &&
    (error === null || (!isClasses && scores <= error)) &&
    (epochs === null || log.epoch <= epochs)
  );
}

export function goalInWords({ accuracy, loss, error, epochs }: Goal, logs: readonly EpochLog[]): string {
  const part = logs.length > 0 && !hasTest(logs[0]) ? "training" : "test";
  const parts = [
    ...(accuracy === null ? [] : [`${part} accuracy of ${Number((100 * accuracy).toPrecision(4))} %`]),
    ...(loss === null ? [] : [`${part} loss of at most ${loss}`]),
    ...(error === null ? [] : [`mean absolute error of at most ${error} on the ${part} data`]),
  ];
  const within = epochs === null ? "" : `, within ${epochs.toLocaleString("en")} epoch${epochs === 1 ? "" : "s"}`;
  return `Goal: ${parts.join(" and ")}${within}.`;
}
