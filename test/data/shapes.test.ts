// The shape within a row: read as inputShape says, or one list of as many numbers; anything else names row and place.
import { describe, expect, it } from "vitest";
import {
  adam,
  type DataArrays,
  DataError,
  Dataset,
  dense,
  flatten,
  labelEncoder,
  type Numbers,
  pipeline,
  Sequential,
  ShapeError,
  simpleImputer,
  standardScaler,
} from "../../src/index.js";

/** Two rows of [2, 3]. */
const windows = [
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  [
    [7, 8, 9],
    [10, 11, 12],
  ],
];
const flat = Float32Array.from({ length: 12 }, (_, i) => i + 1);
const y = [0, 1];

async function made(inputShape: number[] = [2, 3]): Promise<Sequential> {
  const model = await Sequential.create({ inputShape, layers: [flatten(), dense({ units: 1 })], seed: 1 });
  model.compile({ optimizer: adam(), loss: "meanSquaredError" });
  return model;
}

describe("the same numbers in every form", () => {
  it.each<[string, unknown]>([
    ["nested", windows],
    ["a list for each row", windows.map((row) => row.flat())],
    ["a typed array for each row", windows.map((row) => Uint8Array.from(row.flat()))],
    ["typed arrays within rows", windows.map((row) => row.map((line) => Float64Array.from(line)))],
    ["both kinds of rows", [windows[0], windows[1].flat()]],
    ["one list", Array.from(flat)],
    ["one typed array", Int16Array.from(flat)],
  ])("%s", async (_, x) => {
    const model = await made();
    expect(Dataset.from({ x: x as Numbers, y }, { inputShape: [2, 3] }).x).toEqual(flat);
    expect(model.predict(x as Numbers)).toEqual(model.predict(flat));
  });

  it("the first row tells the shape where none is given", () => {
    expect(Dataset.from({ x: windows, y }).inputShape).toEqual([2, 3]);
    expect(Dataset.from({ x: windows.map((row) => row.map((line) => Float32Array.from(line))), y }).inputShape).toEqual(
      [2, 3],
    );
    expect(
      Dataset.from({
        x: windows,
        y: [
          [[1], [2]],
          [[3], [4]],
        ],
      }).targetShape,
    ).toEqual([2, 1]);
  });

  it("rows with a shape do for a model without one", async () => {
    const model = await made([6]);
    expect(model.predict(windows)).toEqual(model.predict(flat));
  });

  it("nested targets do for as many outputs", async () => {
    const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 4 })], seed: 1 });
    model.compile({ optimizer: adam(), loss: "meanSquaredError" });
    const nested = {
      x: [[1]],
      y: [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    };
    expect(await model.evaluate(nested)).toEqual(await model.evaluate({ x: [[1]], y: [[1, 2, 3, 4]] }));
  });
});

const transposed = windows.map((row) => [0, 1, 2].map((column) => row.map((line) => line[column])));
const hole = [1, 2, 3];
delete hole[1];
const noRow: number[][][] = [windows[0], windows[1], windows[0]];
delete noRow[1];

const refused: [what: string, x: unknown, error: typeof ShapeError | typeof DataError, says: string][] = [
  ["transposed", transposed, ShapeError, "x: row 0: expected [2, 3], got [3, 2]"],
  ["one transposed row", [windows[0], transposed[1]], ShapeError, "x: row 1: expected [2, 3], got [3, 2]"],
  [
    "typed arrays transposed",
    transposed.map((row) => row.map((line) => Float32Array.from(line))),
    ShapeError,
    "got [3, 2]",
  ],
  [
    "other lines",
    windows.map((row) => [row.flat().slice(0, 3), row.flat().slice(3, 5), [6]]),
    ShapeError,
    "got [3, 3]",
  ],
  [
    "a short line",
    [
      windows[0],
      [
        [1, 2, 3],
        [4, 5],
      ],
    ],
    ShapeError,
    "x: row 1, [1]: expected 3 values, got 2",
  ],
  [
    "a long line",
    [
      windows[0],
      [
        [1, 2, 3],
        [4, 5, 6, 7],
      ],
    ],
    ShapeError,
    "x: row 1, [1]: expected 3 values, got 4",
  ],
  ["a number for a line", [windows[0], [[1, 2, 3], 4]], ShapeError, "x: row 1, [1]: expected 3 values, got 4"],
  [
    "lines that make up for each other",
    [
      [
        [1, 2, 3, 4],
        [5, 6],
      ],
    ],
    ShapeError,
    "x: row 0: expected [2, 3], got [2, 4]",
  ],
  [
    "a deeper value",
    [
      [
        [1, 2, 3],
        [4, 5, [6]],
      ],
    ],
    DataError,
    "x: row 0, [1][2]: expected a finite number, got [6]",
  ],
  [
    "NaN",
    [
      [
        [1, 2, 3],
        [4, Number.NaN, 6],
      ],
    ],
    DataError,
    "x: row 0, [1][1]: expected a finite number, got NaN",
  ],
  ["a hole in a line", [[[4, 5, 6], hole]], DataError, "x: row 0, [1][1]: expected a finite number, got undefined"],
  ["a hole between rows", noRow, ShapeError, "x: row 1: expected [2, 3], got undefined"],
  ["a line too few", [[[1, 2, 3]]], ShapeError, "x: row 0: expected [2, 3], got [1, 3]"],
  ["a list of another length", [[1, 2, 3, 4, 5]], ShapeError, "x: row 0: expected [2, 3], got 5 values"],
];

describe.each(refused)("%s", (_, x, error, says) => {
  const data = { x, y: (x as unknown[]).map(() => 0) } as DataArrays;
  const good = { x: windows, y };
  it.each<[string, (model: Sequential) => unknown]>([
    ["Dataset.from", () => Dataset.from(data, { inputShape: [2, 3] })],
    ["fit", (model) => model.fit(data)],
    ["validationData", (model) => model.fit(good, { validationData: data })],
    ["evaluate", (model) => model.evaluate(data)],
    ["predict", (model) => model.predict(data.x)],
    [
      "a stream",
      (model) =>
        model.fit(function* () {
          yield data;
        }),
    ],
  ])("is refused by %s", async (door, attempt) => {
    const model = await made();
    const thrown = await (async () => attempt(model))().catch((caught: unknown) => caught);
    expect(thrown, door).toBeInstanceOf(error);
    expect((thrown as Error).message).toContain(says);
  });

  it("is found by check", async () => {
    const codes = (await (await made()).check(data)).map(({ code }) => code);
    expect(codes[0]).toMatch(/raggedRows|notFinite|doesNotFit/);
  });
});

it("a Dataset of transposed rows does not fit the model, one of flat rows does", async () => {
  const model = await made();
  const rows = Dataset.from({ x: transposed, y });
  expect(() => model.predict(rows as unknown as Numbers)).toThrow();
  await expect(model.fit(rows)).rejects.toThrow("fit: x: expected [*, 2, 3], got [2, 3, 2]");
  await model.fit(Dataset.from({ x: flat, y }, { inputShape: [6] }));
});

it("rows of a pipeline are read by their shape", async () => {
  const model = await made();
  const rows = windows.map((x, i) => ({ x, y: y[i] }));
  await model.fit(pipeline(rows).batch(2));
  const turned = transposed.map((x, i) => ({ x, y: y[i] }));
  await expect(model.fit(pipeline(turned).batch(2))).rejects.toThrow("x: expected [*, 2, 3], got [2, 3, 2]");
});

describe("what is not a number names a remedy that works", () => {
  const x = [[1], [2], [3], [4]];
  const named = ["no", "yes", "yes", "no"];
  const message = (attempt: () => unknown): string => {
    try {
      attempt();
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      return (error as Error).message;
    }
    return expect.fail("it was accepted");
  };

  it("text labels", async () => {
    expect(message(() => Dataset.from({ x, y: named as never }))).toBe(
      'y: row 0: expected a finite number, got "no". Number the classes first: labelEncoder().fitTransform(y).',
    );
    const labels = labelEncoder().fitTransform(named);
    expect(Array.from(Dataset.from({ x, y: labels }).y)).toEqual([0, 1, 1, 0]);
  });

  it("boolean labels count as 0 and 1", async () => {
    const flags = [false, true, true, false];
    expect(Array.from(Dataset.from({ x, y: flags }).y)).toEqual([0, 1, 1, 0]);
    expect(Array.from(Dataset.from({ x, y: flags.map((flag) => [flag, !flag]) }).y)).toEqual([0, 1, 1, 0, 1, 0, 0, 1]);
    const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1, activation: "sigmoid" })] });
    model.compile({ optimizer: adam(), loss: "binaryCrossentropy" });
    await model.fit({ x, y: flags });
    expect((await model.check({ x, y: flags })).map(({ code }) => code)).not.toContain("notFinite");
  });

  it.each<[string, unknown, unknown]>([
    ["text", "1.5", 1.5],
    ["a bigint", 7n, 7],
    ["a boolean", true, 1],
  ])("%s in x", (_, value, right) => {
    const said = message(() => Dataset.from({ x: [[0], [value]] as never, y: [0, 1] }));
    expect(said).toContain("x: row 1: expected a finite number");
    expect(said).toContain("Number(value)");
    expect(Array.from(Dataset.from({ x: [[0], [Number(value)]], y: [0, 1] }).x)).toEqual([0, right]);
  });

  it.each([
    ["rows", [[1e39], [2e39]]],
    ["one Float64Array", Float64Array.of(1e39, 2e39)],
    ["one list", [1e39, 2e39]],
  ])("numbers beyond float32, %s", (_, large) => {
    const said = message(() => Dataset.from({ x: large as Numbers, y: [0, 1] }, { inputShape: [1] }));
    expect(said).toBe("x: row 0: expected a finite number, got 1e+39. It is too large for float32: scale it first.");
    const rows = [[1e39], [2e39]];
    expect(Array.from(Dataset.from({ x: standardScaler().fitTransform(rows), y: [0, 1] }).x)).toEqual([-1, 1]);
  });

  it("what is missing", () => {
    const gaps = [
      [1, null],
      [2, 4],
    ];
    expect(message(() => Dataset.from({ x: gaps as never, y: [0, 1] }))).toContain("Fill in or drop missing values");
    expect(Array.from(Dataset.from({ x: simpleImputer().fitTransform(gaps) as number[][], y: [0, 1] }).x)).toEqual([
      1, 4, 2, 4,
    ]);
  });
});

describe("y of one number per row, for several outputs", () => {
  it.each<[string, DataArrays]>([
    [
      "rows",
      {
        x: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        y: [1, 2, 3],
      },
    ],
    [
      "rows, an even number",
      {
        x: [
          [1, 2],
          [3, 4],
        ],
        y: [1, 2],
      },
    ],
    ["one typed array", { x: Float32Array.of(1, 2, 3, 4), y: Float32Array.of(1, 2) }],
    ["rows of typed arrays", { x: [Float32Array.of(1, 2), Float32Array.of(3, 4)], y: [1, 2] }],
  ])("%s", async (_, data) => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 2 })] });
    model.compile({ optimizer: adam(), loss: "meanSquaredError" });
    await expect(model.fit(data)).rejects.toThrow(
      "y: expected 2 targets per row, one for each output, got one number per row.",
    );
  });
});
