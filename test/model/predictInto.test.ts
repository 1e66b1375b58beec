/** `predictInto`: the numbers of `predict` in the caller's array, and its refusals, which leave that array as it was. */
import { describe, expect, it } from "vitest";
import { DataError, dense, Sequential, ShapeError } from "../../src/index.js";

const wave = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 7919) % 101) / 50 - 1);

const nets = [
  { inputs: 3, units: [5, 2], rows: 1 },
  { inputs: 40, units: [33], rows: 1 },
  { inputs: 40, units: [8, 3], rows: 300 },
  { inputs: 34, units: [40], rows: 257 },
];

describe.each(["wasm", "reference"] as const)("on %s", (backend) => {
  it.each(nets)("gives the bits of predict: $inputs-$units, $rows rows", async ({ inputs, units, rows }) => {
    const layers = units.map((count) => dense({ units: count, activation: "tanh" }));
    const model = await Sequential.create({ inputShape: [inputs], layers, seed: 1, backend, threads: 1 });
    const memory = wave(inputs * (rows + 2));
    const x = memory.subarray(inputs, inputs * (rows + 1));
    const alone = Array.from({ length: rows }, (_, row) => [
      ...model.predict(x.slice(row * inputs, (row + 1) * inputs)),
    ]).flat();
    const out = new Float32Array(rows * units[units.length - 1]);
    expect(model.predictInto(x, out)).toBe(out);
    expect([...out]).toEqual([...model.predict(x)]);
    expect([...out]).toEqual(alone);
    expect(memory).toEqual(wave(inputs * (rows + 2)));
  });
});

it("rejects an output that does not fit, and bad rows, before it writes", async () => {
  const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 2 })], threads: 1 });
  const many = wave(600);
  const bad = wave(600);
  bad[599] = Number.NaN;
  const out = new Float32Array(600).fill(7);
  const cases: [unknown, unknown, new (...args: never[]) => Error, RegExp][] = [
    [[[1, 2]], undefined, DataError, /^predictInto: out: expected a Float32Array, got undefined/],
    [[[1, 2]], new Float64Array(2), DataError, /expected a Float32Array, got a Float64Array/],
    [[1, 2], new Float32Array(3), ShapeError, /expected length 2 for 1 row, got 3/],
    [[[1, 2, 3]], new Float32Array(2), ShapeError, /^predictInto: x: /],
    [bad, out, DataError, /^predictInto: x: row 299, column 1/],
    [Float32Array.of(1, Infinity), out.subarray(0, 2), DataError, /^predictInto: x: row 0, column 1/],
  ];
  for (const [x, into, type, message] of cases) {
    const call = () => model.predictInto(x as number[][], into as Float32Array);
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  }
  expect(out.every((value) => value === 7)).toBe(true);
  expect(many).toEqual(wave(600));
  // Rows of one chunk are read before outputs are written, so they may be replaced.
  const own = Float32Array.of(1, 2);
  const expected = [...model.predict(own)];
  expect([...model.predictInto(own, own)]).toEqual(expected);
  // Of several chunks, too.
  const outputs = model.predict(many);
  expect(model.predictInto(many, many)).toEqual(outputs);
});

it("of a model in a worker writes the same numbers, and refuses the same", async () => {
  const options = { inputShape: [2], layers: [dense({ units: 2, activation: "tanh" })], seed: 5 } as const;
  const here = await Sequential.create(options);
  const there = await Sequential.create({ ...options, worker: true });
  const x = wave(6);
  const out = new Float32Array(6);
  expect(await there.predictInto(x, out)).toBe(out);
  expect(out).toEqual(here.predict(x));
  await expect(there.predictInto(x, new Float32Array(5))).rejects.toThrow(/^predictInto: out: expected length 6/);
  await expect(there.predictInto(x, [] as never)).rejects.toThrow(/^predictInto: out: expected a Float32Array/);
  there.dispose();
});
