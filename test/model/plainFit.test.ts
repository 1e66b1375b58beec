// Most calls of `fit` need no part that comes later. They give what the same call gives with those parts.
import { describe, expect, it } from "vitest";
import {
  categoryEncoding,
  Dataset,
  dense,
  type LossSpec,
  Sequential,
  type SequentialOptions,
} from "../../src/index.js";
import { placeLayers } from "../../src/specs/layers/facts.js";
import { resolveLoss } from "../../src/specs/losses/table.js";
import type { Expectation } from "../../src/training/feed.js";
import { fitData } from "../../src/training/fitData.js";
import { plainRows } from "../../src/training/plainRows.js";

const expectationOf = (loss: string | object, outputs: number, inputShape = [2]): Expectation => {
  const layers = placeLayers([dense({ units: outputs })], [2]);
  return { inputShape, layers, outputs, loss: resolveLoss("compile: loss", loss) as LossSpec };
};

const floats = (...values: number[]) => Float32Array.from(values);
const inputs: unknown[] = [
  ...[
    [
      [1, 2],
      [3, 4],
    ],
    [1, 2, 3, 4],
    floats(1, 2, 3, 4),
    Uint8Array.of(1, 2, 3, 4),
    [floats(1, 2), floats(3, 4)],
  ],
  ...[
    [[1, 2]],
    [[1, 2], [3]],
    [1, 2, 3],
    [
      [1, Number.NaN],
      [3, 4],
    ],
    [],
    "12",
    undefined,
    null,
    [
      ["1", 2],
      [3, 4],
    ],
  ],
  ...[
    [
      [1, 2],
      [true, 4],
    ],
    [
      [1.7e12, 2],
      [1.7e12 + 1, 4],
    ],
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    floats(1, 2, Infinity, 4),
  ],
];
const targets: unknown[] = [
  ...[[0, 1], [[0], [1]], floats(0, 1), [true, false], Uint8Array.of(0, 1), [-1, 1], [0.5, 0.25], [0, 2], [3, 7]],
  ...[
    [
      [0, 1],
      [1, 0],
    ],
    [0, 1, 1, 0],
    [[[0, 1]], [[1, 0]]],
    [
      [0.2, 0.8],
      [0.3, 0.7],
    ],
    [1],
    [0, 1, 1],
    [[0], [1], [1]],
  ],
  ...[
    [-1, 0],
    [1.7e12, 1.7e12 + 1],
    ["a", "b"],
    [Number.NaN, 1],
    [],
    null,
    undefined,
    5,
    [[0, 1], [1]],
    [
      [
        [0, 1],
        [1, 0],
      ],
    ],
  ],
];
const losses: [string | object, number][] = [
  ...(["meanSquaredError", "poisson", "binaryCrossentropy", "hinge"] as const).map((loss): [string, number] => [
    loss,
    1,
  ]),
  ["meanSquaredError", 2],
  ["categoricalCrossentropy", 2],
  ["sparseCategoricalCrossentropy", 2],
  [{ type: "sparseCategoricalCrossentropy", ignoreClass: -1 }, 2],
];

describe("plain rows", () => {
  it("are the rows that fitData makes, and none if it refuses or has more to do", () => {
    let plain = 0;
    for (const [loss, outputs] of losses) {
      const expectation = expectationOf(loss, outputs);
      for (const x of inputs) {
        for (const y of targets) {
          const rows = plainRows({ x, y }, expectation);
          if (rows === null) continue;
          plain++;
          const all = fitData("fit", { x, y } as never, expectation);
          expect({ ...rows, x: rows.x }).toEqual({ ...all, x: all.x });
          expect(rows.length).toBe(all.length);
        }
      }
    }
    expect(plain).toBeGreaterThan(150);
  });

  it("leave everything else to fitData", () => {
    const expectation = expectationOf("meanSquaredError", 1);
    const data = { x: [[1, 2]], y: [1] };
    expect(plainRows(data, expectation)).not.toBeNull();
    const others = [
      ...[
        null,
        undefined,
        5,
        "data",
        [[1, 2]],
        floats(1, 2),
        {},
        { x: [[1, 2]] },
        Dataset.from(data),
        (async function* () {})(),
      ],
      ...[
        { ...data, sampleWeight: [1] },
        { ...data, extra: 1 },
        {
          x: [
            [1.7e12, 2],
            [1.7e12 + 1, 4],
          ],
          y: [1, 2],
        },
      ],
    ];
    for (const other of others) expect(plainRows(other, expectation)).toBeNull();
    const ignoring = expectationOf({ type: "sparseCategoricalCrossentropy", ignoreClass: 1 }, 2);
    expect(plainRows(data, ignoring), "rows of which none may count").toBeNull();
  });
});

describe("a plain fit", () => {
  const x = Array.from({ length: 70 }, (_, i) => [Math.sin(i), Math.cos(5 * i)]);
  const y = x.map(([a = 0, b = 0]) => a - b);
  const config: SequentialOptions = {
    inputShape: [2],
    layers: [dense({ units: 4, activation: "tanh" }), dense({ units: 1 })],
  };
  const quiet = { onWarning: () => {} };

  async function trained(...args: Parameters<Sequential["fit"]>[]) {
    const model = await Sequential.create(config);
    model.compile({ optimizer: { type: "adam", useEma: true }, loss: "meanSquaredError", metrics: ["r2"] });
    const histories = [];
    for (const [data, options] of args) histories.push(await model.fit(data, options));
    return { histories, file: model.save() };
  }

  it("trains as the same call with every part", async () => {
    const cases = [{}, { epochs: 3 }, { batchSize: 7, epochs: 2 }, { batchSize: 500 }, { shuffle: false, epochs: 2 }];
    for (const options of cases) {
      const all = { ...options, ...quiet };
      const plain = await trained([{ x, y }, options], [{ x, y: Float32Array.from(y) }, options]);
      expect(plain).toEqual(await trained([{ x, y }, all], [Dataset.from({ x, y }), all]));
    }
  });

  it("refuses options as any other, and reads options that an object inherits", async () => {
    const model = await Sequential.create(config);
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    for (const options of [
      { epochs: 0 },
      { epochs: 1.5 },
      { batchSize: 2 ** 31 },
      { shuffle: 1 },
      { epoch: 1 },
      null,
      5,
    ]) {
      await expect(model.fit({ x, y }, options as never)).rejects.toThrow(/^fit: /);
    }
    const { epoch } = await model.fit({ x, y }, Object.create({ epochs: 2 }, {}) as object);
    expect(epoch).toHaveLength(2);
    const steps: number[] = [];
    const callbacks = [{ onBatchEnd: ({ step }: { step: number }) => steps.push(step) }];
    await model.fit({ x, y }, Object.create({ callbacks }) as object);
    expect(steps).toEqual([0, 1, 2]);
  });

  it("leaves inputs that a layer checks to fitData", async () => {
    const layers = [categoryEncoding({ numTokens: 3 }), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [2], layers });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await expect(model.fit({ x: [[0, 7]], y: [1] })).rejects.toThrow(/7/);
  });
});
