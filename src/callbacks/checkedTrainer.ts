/** The door of a trainer: refuses what nobody would read. Loaded with the first fit that has callbacks. */
import { checkArguments, checkBoolean, checkNumber, didYouMean, OptionError } from "../base/errors.js";
import type { Trainer } from "./callback.js";

type Check = (value: unknown) => unknown;

/** What a callback may set. */
const properties = new Map<PropertyKey, Check>([
  ["stopTraining", (value) => checkBoolean("stopTraining", value)],
  ["learningRate", (value) => checkNumber("learningRate", value, { min: 0 })],
]);
export const SETTABLE = [...properties.keys()] as string[];

function checkCall(name: string, args: readonly unknown[]): void {
  checkArguments(name, args, name === "snapshot" || name === "save" ? 0 : 1);
  const [rows] = args;
  if (name === "inspect" && rows !== Infinity) {
    checkNumber("inspect: rows", rows, { min: 0, integer: true }, "Infinity or ");
  }
}

/** The same trainer, but an OptionError for what is set or given in vain. */
export function checkedTrainer(trainer: Trainer): Trainer {
  return new Proxy(trainer, {
    set(target, name, value) {
      const check = properties.get(name);
      if (check) return Reflect.set(target, name, check(value));
      const hint = didYouMean(String(name), SETTABLE);
      throw new OptionError(
        `trainer: ${String(name)} cannot be set.${hint} A callback may set ${SETTABLE.join(" and ")}.`,
      );
    },
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        checkCall(String(name), args);
        return value(...args);
      };
    },
  });
}
