/** Converts a setup to the part of the URL after `#`, and back: only the differences from the defaults, readable. */
import { splitHash } from "./pageOptions.js";
import { checkSetup, dataKeys, defaults, differing, featureNames, type Setup } from "./setup.js";

/** Whole numbers between hyphens; NaN for anything else. */
const numbersIn = (text: string) => text.split("-").map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));

const LISTS: Partial<Record<keyof Setup, (text: string) => unknown[]>> = {
  hidden: (text) => (text === "" ? [] : numbersIn(text)),
  axes: numbersIn,
  features: (text) => numbersIn(text).map((place) => featureNames[place]),
};

function write(key: keyof Setup, value: unknown): string {
  if (key === "features") return (value as string[]).map((name) => featureNames.indexOf(name as never)).join("-");
  return Array.isArray(value) ? value.join("-") : String(value);
}

function read(key: string, text: string): unknown {
  if (!Object.hasOwn(defaults, key)) return text;
  const list = LISTS[key as keyof Setup]?.(text);
  // What cannot be read stays as it was written: so it is told.
  if (list) return list.every((part) => part !== undefined && !Number.isNaN(part)) ? list : text;
  const example: unknown = defaults[key as keyof Setup];
  if (typeof example === "number") return text.trim() === "" || !Number.isFinite(Number(text)) ? text : Number(text);
  if (typeof example === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

/** Says that a link compares two runs; settings of run A have a prefix. */
const COMPARE = "compare";
const OF_A = "a.";

const isOfSetup = (key: string) => key !== COMPARE && !key.startsWith(OF_A);

/** `source=circle&hidden=4-2`; empty for the defaults. With run A of a comparison also what differs there: `a.hidden=8`. */
export function toHash(setup: Setup, other: Setup | null = null): string {
  const parts = new URLSearchParams();
  for (const key of differing(setup, defaults)) parts.set(key, write(key, setup[key]));
  if (other) {
    parts.set(COMPARE, "true");
    for (const key of differing(setup, other)) parts.set(OF_A + key, write(key, other[key]));
  }
  return parts.toString();
}

/** The setup that a hash describes, and the faults in it. */
export function fromHash(hash: string): { setup: Setup; problems: string[] } {
  const given = [...new URLSearchParams(splitHash(hash).setup)].filter(([key]) => isOfSetup(key));
  return checkSetup(Object.fromEntries(given.map(([key, text]) => [key, read(key, text)])));
}

/** Run A of a comparison beside a setup; `null` if there is none. Both have the same data. */
export function otherFromHash(hash: string, setup: Setup): { other: Setup | null; problems: string[] } {
  const given = new URLSearchParams(splitHash(hash).setup);
  if (given.get(COMPARE) !== "true") {
    return {
      other: null,
      problems: [...given.keys()].filter((key) => !isOfSetup(key)).map((key) => `${key}: no run A`),
    };
  }
  const own = [...given].flatMap(([key, text]) => (key.startsWith(OF_A) ? [[key.slice(OF_A.length), text]] : []));
  const isData = (key: string) => (dataKeys as readonly string[]).includes(key);
  const shared = own.filter(([key]) => isData(key)).map(([key]) => `${key}: both runs have the same data`);
  const parts = own.filter(([key]) => !isData(key)).map(([key, text]) => [key, read(key, text)] as const);
  const { problems } = checkSetup(Object.fromEntries(parts));
  const good = parts.filter(([key, value]) => checkSetup({ [key]: value }).problems.length === 0);
  return {
    other: { ...setup, ...Object.fromEntries(good) },
    problems: [...shared, ...problems].map((problem) => `run A, ${problem}`),
  };
}
