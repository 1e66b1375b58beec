/** Paths with placeholders, such as `run/{epoch:03d}-{val_loss:.2f}`. Knows numbers by name, but no models. */
import { OptionError } from "../base/errors.js";
import { didYouMeanLog } from "../callbacks/logNames.js";
import type { CheckpointMoment } from "../callbacks/modelCheckpoint.js";

/** A path that was read. */
export interface CheckpointPath {
  /** @throws OptionError for a placeholder that names neither a number of the moment nor one of `names`. */
  check(moment: CheckpointMoment, names?: readonly string[]): void;
  /** The path at a moment. @throws OptionError for a placeholder that names none of its numbers. */
  fill(moment: CheckpointMoment): string;
}

interface Placeholder {
  /** The placeholder as written in the path. */
  readonly text: string;
  readonly name: string;
  /** Least digits of a count, decimals of any other number. */
  readonly digits: number;
}

/**
 * Reads the placeholders of a path; `{{` and `}}` stand for braces.
 * @throws OptionError for a brace without its partner, an unknown format, and for `{step}` unless there are steps.
 */
export function readCheckpointPath(where: string, path: string, hasSteps: boolean): CheckpointPath {
  const parts: (string | Placeholder)[] = [];
  let from = 0;
  for (const match of path.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g)) {
    const [text, content] = match;
    parts.push(path.slice(from, match.index));
    from = match.index + text.length;
    if (content !== undefined) parts.push(readPlaceholder(where, text, content, hasSteps));
    else if (text.length === 2) parts.push(text[0]);
    else throw new OptionError(`${where}: "${text}" stands alone in the path. Write "${text}${text}" for a brace.`);
  }
  parts.push(path.slice(from));
  const placeholders = parts.filter((part) => typeof part !== "string");

  return {
    check(moment, names = []) {
      const numbers = numbersOf(moment);
      for (const one of placeholders) {
        if (keyOf(one, numbers) === null && keyOf(one, new Map(names.map((name) => [name, 0]))) === null) {
          throw unknown(where, one, numbers, names);
        }
      }
    },
    fill(moment) {
      const numbers = numbersOf(moment);
      const filled = parts.map((part) => {
        if (typeof part === "string") return part;
        const key = keyOf(part, numbers);
        if (key === null) throw unknown(where, part, numbers, []);
        const value = numbers.get(key) as number;
        return isCount(key) ? String(value).padStart(part.digits, "0") : value.toFixed(part.digits);
      });
      return filled.join("");
    },
  };
}

function isCount(name: string): boolean {
  return name === "epoch" || name === "step";
}

function readPlaceholder(where: string, text: string, content: string, hasSteps: boolean): Placeholder {
  const [, name, format = ""] = /^(.*?)(?::([^:]*))?$/s.exec(content) as RegExpExecArray;
  if (name === "step" && !hasSteps) {
    throw new OptionError(`${where}: ${text} needs saveFreq in steps. Leave it out, or give saveFreq a number.`);
  }
  const formats = isCount(name) ? /^(\d{1,2}|0\d{1,2}d|d)?$/ : /^(\d{1,2}|\.\d{1,2}f)?$/;
  if (name === "" || !formats.test(format)) {
    const shown = name === "" ? "valLoss" : name;
    const known = isCount(name)
      ? `{${name}}, {${name}:3} or {${name}:03d}`
      : `{${shown}}, {${shown}:2} or {${shown}:.2f}`;
    throw new OptionError(`${where}: expected a placeholder such as ${known}, got ${text}.`);
  }
  const digits = Number.parseInt(format.replace(".", ""), 10);
  return { text, name, digits: Number.isNaN(digits) ? (isCount(name) ? 0 : 4) : digits };
}

/** Every number that a path can show at a moment. */
function numbersOf({ epoch, step, logs }: CheckpointMoment): Map<string, number> {
  const counts = step === undefined ? { epoch: epoch + 1 } : { epoch: epoch + 1, step };
  return new Map(Object.entries({ ...counts, ...logs }).filter(([, value]) => typeof value === "number"));
}

/** The name, with Keras's spelling translated: `valLoss` for `val_loss`. */
function keyOf({ name }: Placeholder, numbers: ReadonlyMap<string, number>): string | null {
  const camel = name.replace(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
  return [name, camel].find((key) => numbers.has(key)) ?? null;
}

function unknown(
  where: string,
  { text, name }: Placeholder,
  numbers: ReadonlyMap<string, number>,
  names: readonly string[],
): OptionError {
  const known = [...new Set([...numbers.keys(), ...names])];
  const list = known.map((one) => `{${one}}`).join(", ");
  const isValidation = name.startsWith("val");
  let hint = didYouMeanLog(
    name,
    known.filter((one) => one.startsWith("val") === isValidation),
  );
  if (name === "batch") hint = " Steps are {step}, with saveFreq in steps.";
  else if (isValidation && hint === "") {
    hint = " Numbers of validation are only there after epochs with validation; saveBestOnly: true saves only then.";
  }
  return new OptionError(`${where}: ${text} stands for nothing. There is ${list}.${hint}`);
}
