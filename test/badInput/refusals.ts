/**
 * Runs a table of attempts that must be refused, and checks how: the right class, a message that helps, nothing
 * changed.
 */
import { describe, expect, it } from "vitest";
import {
  BackendError,
  DataError,
  FormatError,
  OptionError,
  type Sequential,
  ShapeError,
  SimdgradError,
} from "../../src/index.js";
import { blobs, classifier, stateOf } from "../model/models.js";

const classes = { BackendError, DataError, FormatError, OptionError, ShapeError };
type ErrorName = keyof typeof classes;

/** The attempt, the class of its error, and parts of the message: the place, the expected and the given value. */
export type Refusal = [what: string, error: ErrorName, says: string[], attempt: (model: Sequential) => unknown];

export async function refusalOf(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt();
  } catch (error) {
    return error;
  }
  return expect.fail("it was accepted");
}

/** The class itself, not one above it, and all of the words. One `expect`: some tests check thousands of errors. */
export function checkRefusal(error: unknown, name: ErrorName, says: readonly string[]): void {
  const { message, constructor: kind } = error as SimdgradError;
  const faults = [
    ...(error instanceof SimdgradError && kind === classes[name] ? [] : [`expected ${name}, got ${kind?.name}`]),
    ...says.filter((words) => !message.includes(words)).map((words) => `without ${JSON.stringify(words)}`),
    ...(/\[object|undefined is not|NaN\]|Cannot read/.test(message) ? ["with text that is not for people"] : []),
    ...(message.length < 500 ? [] : [`${message.length} characters`]),
  ];
  expect(faults, message).toEqual([]);
}

const data = blobs(12);

/** A model in the middle of its life. */
async function trained(): Promise<Sequential> {
  const model = await classifier();
  await model.fit(data, { batchSize: 5 });
  return model;
}

/** Result of the next fit. */
async function nextState(model: Sequential): Promise<string> {
  await model.fit(data, { batchSize: 5 });
  return stateOf(model);
}

const next = nextState(await trained());

export function describeRefusals(title: string, refusals: readonly Refusal[]): void {
  describe(title, () => {
    it.each(refusals)("%s", async (_, name, says, attempt) => {
      const model = await trained();
      const before = stateOf(model);
      checkRefusal(await refusalOf(() => attempt(model)), name, says);
      expect(stateOf(model), "state").toBe(before);
      expect(await nextState(model), "state after the next fit").toBe(await next);
    });
  });
}
