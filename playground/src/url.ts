/** Converts a setup to the part of the URL after `#`, and back: only the differences from the defaults, readable. */
import { splitHash } from "./pageOptions.js";
import { checkSetup, defaults, featureNames, type Setup } from "./setup.js";

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
  const list = LISTS[key as keyof Setup];
  if (list) return list(text);
  const example: unknown = defaults[key as keyof Setup];
  if (typeof example === "number") return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  if (typeof example === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

/** `source=circle&hidden=4-2`; empty for the defaults. */
export function toHash(setup: Setup): string {
  const parts = new URLSearchParams();
  for (const key of Object.keys(defaults) as (keyof Setup)[]) {
    const text = write(key, setup[key]);
    if (text !== write(key, defaults[key])) parts.set(key, text);
  }
  return parts.toString();
}

/** The setup that a hash describes, and the faults in it. */
export function fromHash(hash: string): { setup: Setup; problems: string[] } {
  const given = new URLSearchParams(splitHash(hash).setup);
  return checkSetup(Object.fromEntries([...given].map(([key, text]) => [key, read(key, text)])));
}
