// Tables of options: values that each kind of option takes, keeps and rejects, and reading options by their table.
import { describe, expect, it } from "vitest";
import {
  flag,
  func,
  listOf,
  nullable,
  number,
  numberOr,
  type Option,
  oneOf,
  optional,
  readOptions,
  unchecked,
} from "../src/base/options.js";
import { signalOption } from "../src/base/signal.js";
import { Dataset, dense, earlyStopping, OptionError, Sequential } from "../src/index.js";

const whole = { min: 1, integer: true };
const noop = () => {};
const { signal } = new AbortController();

type AnyOption = Option<unknown, unknown>;
const kinds: [
  kind: string,
  option: AnyOption,
  kept: [given: unknown, kept: unknown][],
  refused: [unknown, string][],
][] = [
  [
    "number",
    number(whole, 5) as AnyOption,
    [
      [undefined, 5],
      [3, 3],
    ],
    [[0, "expected an integer >= 1, got 0."]],
  ],
  [
    "flag",
    flag(true) as AnyOption,
    [
      [undefined, true],
      [false, false],
    ],
    [[0, "expected true or false, got 0."]],
  ],
  [
    "oneOf",
    oneOf(["min", "max"], "min") as AnyOption,
    [
      [undefined, "min"],
      ["max", "max"],
    ],
    [["mix", 'expected one of "min", "max", got "mix". Did you mean "min"?']],
  ],
  [
    "numberOr",
    numberOr("auto", whole) as AnyOption,
    [
      [undefined, "auto"],
      ["auto", "auto"],
      [7, 7],
    ],
    [
      ["all", 'expected "auto" or an integer >= 1, got "all".'],
      [0.5, 'expected "auto" or an integer >= 1, got 0.5.'],
      [null, "got null."],
    ],
  ],
  [
    "nullable",
    nullable(number(whole)) as AnyOption,
    [
      [undefined, null],
      [null, null],
      [2, 2],
    ],
    [["2", 'expected an integer >= 1, got "2".']],
  ],
  [
    "func",
    func(() => noop) as AnyOption,
    [
      [undefined, noop],
      [Math.abs, Math.abs],
    ],
    [[1, "expected a function, got 1."]],
  ],
  [
    "listOf",
    listOf("a list such as [1]", number(whole), 1) as AnyOption,
    [
      [
        [1, 2],
        [1, 2],
      ],
    ],
    [
      [undefined, "expected a list such as [1], got undefined."],
      [[], "expected a list such as [1], got []."],
      ["12", 'expected a list such as [1], got "12".'],
      [[1, 0], "at[1]: expected an integer >= 1, got 0."],
      [new Array(1), "at[0]: expected an integer >= 1, got undefined."],
    ],
  ],
  [
    "unchecked",
    unchecked<unknown>(4) as AnyOption,
    [
      [undefined, 4],
      ["x", "x"],
      [null, null],
    ],
    [],
  ],
  [
    "signalOption",
    signalOption as AnyOption,
    [[signal, signal]],
    [
      [{ aborted: false }, "expected an AbortSignal, got an object."],
      [null, "expected an AbortSignal, got null."],
    ],
  ],
];

describe.each(kinds)("%s", (_kind, option, kept, refused) => {
  it.each(kept)("of %s keeps %s", (given, expected) => {
    expect(readOptions("f", { at: option }, { at: given })).toEqual({ at: expected });
  });

  it.each(refused)("rejects %s: %s", (given, message) => {
    const read = () => readOptions("f", { at: option }, { at: given });
    expect(read).toThrow(OptionError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^f: at/);
  });
});

describe("reading options", () => {
  const table = {
    rows: number(whole),
    seed: number({ min: 0 }, ({ rows }) => 2 * (rows as number)),
    name: optional(unchecked<string>()),
  };

  it("keeps them in the order of the table, defaults from the others, and nothing of those left out", () => {
    expect(JSON.stringify(readOptions("f", table, { seed: 1, rows: 3 }))).toBe('{"rows":3,"seed":1}');
    expect(readOptions("f", table, { rows: 3, name: undefined })).toEqual({ rows: 3, seed: 6 });
    expect(readOptions("f", table, {}, [3, {}], { rows: 3 })).toEqual({ rows: 3, seed: 6 });
  });

  it("rejects unknown names, including those of arguments, and surplus arguments", () => {
    expect(() => readOptions("f", table, { row: 3 })).toThrow(
      'f: unknown option "row". Did you mean "rows"? Known: rows',
    );
    expect(() => readOptions("f", table, { rows: 3 }, undefined, { rows: 4 })).toThrow('f: unknown option "rows"');
    const options = { rows: 3 };
    expect(() => readOptions("f", table, options, [options, 5])).toThrow("f: expected 1 argument, got 2");
  });

  it("counts what options inherit, and what their class computes", () => {
    class Settings {
      readonly #rows = 4;
      get rows() {
        return this.#rows;
      }
    }
    expect(readOptions("f", table, new Settings())).toEqual({ rows: 4, seed: 8 });
    expect(readOptions("f", table, Object.create({ rows: 5, name: "five" }))).toEqual({
      rows: 5,
      seed: 10,
      name: "five",
    });
  });

  it("checks what is inherited at every door", async () => {
    expect(() => earlyStopping(Object.create({ patience: -1 }))).toThrow("earlyStopping: patience: expected");
    const options = Object.assign(Object.create({ seed: -1 }), { inputShape: [1], layers: [dense({ units: 1 })] });
    await expect(Sequential.create(options)).rejects.toThrow("seed: expected");
  });

  it("keeps copies of lists", () => {
    const inputShape = [2];
    const data = Dataset.from({ x: [1, 2, 3, 4], y: [0, 1] }, { inputShape, featureNames: null, classNames: null });
    inputShape[0] = 4;
    expect(data.inputShape).toEqual([2]);
    expect([data.featureNames, data.classNames]).toEqual([null, null]);
  });
});
