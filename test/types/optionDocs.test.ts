// What editors show over options, and that it is true: the documentation of every option, and its default.
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { OptionTable } from "../../src/base/options.js";
import { type Hint, hintsOf } from "./editor.js";
import { readTables, typesOf } from "./tables.js";

/** Programs, with a `|` before a name, and what is shown over it. */
const cases: [program: string, signature: string, text: string, byDefault: string | undefined][] = [
  ["dense({ |units: 3 })", "units: number", "Number of outputs, an integer >= 1.", undefined],
  ["dense({ units: 3, |useBias: false })", "useBias?: boolean", "Add a bias to each unit.", "true"],
  ["adam({ |epsilon: 1e-3 })", "epsilon?: number", "away from zero", '1e-7, or 1e-8 with compat: "torch"'],
  ["adam({ |learningRate: 1 })", "learningRate?: number", "a schedule", "0.001"],
  ["adam({ |clipNorm: 1 })", "clipNorm?: number | null", "Scale the gradient", "null"],
  ["adamw({ |weightDecay: 0.1 })", "weightDecay?: number", "decoupled", '0.004, or 0.01 with compat: "torch"'],
  ["dense({ units: 3 }).|useBias", "useBias: boolean", "Add a bias to each unit.", "true"],
  ["adam().|clipNorm", "clipNorm: number | null", "Scale the gradient", "null"],
  ["cosineDecay({ initialLearningRate: 1, |decaySteps: 9 })", "decaySteps: number", "Steps over which", undefined],
  ["elu({ |alpha: 2 }).alpha", "alpha?: number", "Limit below zero", "1"],
  ["elu({ alpha: 2 }).|alpha", "alpha: number", "Limit below zero", "1"],
  ["Sequential.create({ inputShape: [1], layers: [], |worker: true })", "worker?: ", "in a worker", "false"],
  ["rocPlot({}, { |title: 'ROC' })", "title?: string", "Heading", '"ROC curve"'],
  ["rocPlot({}, { |theme: 'dark' })", 'theme?: "auto"', "reader's setting", '"auto"'],
];

const imports =
  "import { adam, adamw, cosineDecay, dense, elu, Sequential } from 'simdgrad';\n" +
  "import { rocPlot } from 'simdgrad/plot';\n";

const options = (await readTables()).flatMap((found) => {
  const types = typesOf(found);
  return Object.entries(found.table).map(([option, line]) => ({ ...found, option, line, types }));
});
const places = options.flatMap(({ types, option, line }) => types.map((type) => ({ type, option, line })));

// All at once: most of the time goes into reading the package.
const hints = hintsOf(
  [
    ...[imports, ...cases.map(([program]) => `${program};`)],
    ...places.map(({ type, option }, i) => `declare const v${i}: ${type}; v${i}.|${option};`),
  ].join("\n"),
);

describe("over a name, editors show", () => {
  it.each(cases.map((one, i) => [...one, hints[i]] as const))("%s", (_, signature, text, byDefault, hint) => {
    expect(hint.signature).toContain(signature);
    expect(hint.text).toContain(text);
    expect(hint.default).toBe(byDefault);
  });
});

/** The value that a text spells out, such as `null`, `0.5` and `["a"]`; `undefined` for words. */
function spelledOut(text: string | undefined): unknown {
  if (text === "NaN") return Number.NaN;
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** Faults in the documentation of an option; none if all is well. */
function faultOf({ presence, fallback }: OptionTable[string], hint: Hint): string | null {
  if (!hint.text && !hint.default) return "is not documented";
  if (presence === "needed") return hint.default ? `must be given, but has the default ${hint.default}` : null;
  if (presence === "optional") return null; // what takes its place is not in the table
  if (!hint.default) return "has a default of which nothing is said";
  const said = spelledOut(hint.default);
  const isMade = typeof fallback === "function";
  if (isMade && said === undefined) return null; // words
  const value: unknown = isMade ? fallback({}) : fallback;
  if (isDeepStrictEqual(said, value)) return null;
  return `is ${typeof value === "number" ? value : JSON.stringify(value)} by default, not ${hint.default}`;
}

describe("every option", () => {
  /** For some types, some lines of the table are left out. */
  const shown = places
    .map((place, i) => ({ ...place, hint: hints[cases.length + i] }))
    .filter(({ hint }) => hint.signature.startsWith("(property)"));

  it("is of a type", () => {
    const typed = new Set(shown.map(({ line }) => line));
    const untyped = options.filter(({ line }) => !typed.has(line));
    expect(untyped.map(({ file, name, option }) => `${file}: ${name}: ${option}`)).toEqual([]);
    expect(typed.size).toBeGreaterThan(200);
  });

  it("is documented, with the default that its table holds", () => {
    const faults = shown.map(({ type, option, line, hint }) => [type, option, faultOf(line, hint)] as const);
    const found = faults.filter(([, , fault]) => fault !== null);
    expect(found.map(([type, option, fault]) => `${type}: ${option} ${fault}`)).toEqual([]);
  });
});

describe("a fault is found", () => {
  const line = (presence: "needed" | "default" | "optional", fallback?: unknown) => ({
    presence,
    fallback,
    check() {},
  });
  const hint = (text: string, byDefault?: string): Hint => ({ signature: "", text, default: byDefault });

  it.each<[string, OptionTable[string], Hint, string | null]>([
    ["no text", line("needed"), hint(""), "is not documented"],
    ["an invalid default", line("needed"), hint("a", "1"), "must be given, but has the default 1"],
    ["no default", line("default", 1), hint("a"), "nothing is said"],
    ["another default", line("default", 1), hint("a", "2"), "is 1 by default, not 2"],
    ["another list", line("default", ["a"]), hint("a", "[]"), 'is ["a"] by default, not []'],
    ["words for a plain value", line("default", 1), hint("a", "one"), "is 1 by default, not one"],
    ["text for a number", line("default", 1), hint("a", '"1"'), "is 1 by default"],
    ["another default that is made", line("default", () => 1), hint("a", "2"), "is 1 by default, not 2"],
    ["words for one that is made", line("default", () => 1), hint("a", "one"), null],
    ["one that is made", line("default", () => 1), hint("a", "1"), null],
    ["notation", line("default", 1e-7), hint("", "1e-7"), null],
    ["NaN", line("default", Number.NaN), hint("a", "NaN"), null],
    ["null for NaN", line("default", Number.NaN), hint("a", "null"), "is NaN by default, not null"],
  ])("%s", (_, option, shown, fault) => {
    const found = faultOf(option, shown);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toContain(fault);
  });
});
