// Pipelines: every stage against a plain array, orders that the seed decides, and how far ahead they read.
import { describe, expect, it } from "vitest";
import { DataError, Dataset, OptionError, type Pipeline, pipeline, type Row, ShapeError } from "../../src/index.js";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const rows = (count: number): Row[] => numbers(count).map((i) => ({ x: [i, -i], y: i % 3 }));

/** Counts the elements read, and notes whether reading ended early. */
function watched(count: number) {
  const seen = { read: 0, passes: [] as number[], isClosed: false };
  const source = function* (epoch: number) {
    seen.passes.push(epoch);
    try {
      for (let i = 0; i < count; i++) {
        seen.read++;
        yield i;
      }
    } finally {
      seen.isClosed = true;
    }
  };
  return { seen, source };
}

describe("sources", () => {
  it.each<[string, () => Pipeline<number>]>([
    ["an array", () => pipeline([0, 1, 2])],
    ["another iterable", () => pipeline(new Set([0, 1, 2]))],
    [
      "a generator function",
      () =>
        pipeline(function* () {
          yield* [0, 1, 2];
        }),
    ],
    [
      "an async generator function",
      () =>
        pipeline(async function* () {
          yield* [0, 1, 2];
        }),
    ],
    ["a function that returns an array", () => pipeline(() => [0, 1, 2])],
    [
      "a stream",
      () =>
        pipeline(
          () =>
            new ReadableStream<number>({
              start(controller) {
                for (const i of [0, 1, 2]) controller.enqueue(i);
                controller.close();
              },
            }),
        ),
    ],
    ["a pipeline", () => pipeline(pipeline([0, 1, 2]))],
  ])("%s can be walked through again", async (_, make) => {
    const made = make();
    expect(await made.toArray()).toEqual([0, 1, 2]);
    expect(await made.toArray()).toEqual([0, 1, 2]);
  });

  it("a Dataset gives its rows, with weights where there are some", async () => {
    const data = Dataset.from({
      x: [
        [1, 2],
        [3, 4],
      ],
      y: [
        [1, 0],
        [0, 1],
      ],
      sampleWeight: [1, 3],
    });
    expect(await pipeline(data).toArray()).toEqual([
      { x: Float32Array.of(1, 2), y: Float32Array.of(1, 0), sampleWeight: 1 },
      { x: Float32Array.of(3, 4), y: Float32Array.of(0, 1), sampleWeight: 3 },
    ]);
    const [first] = await pipeline(Dataset.from({ x: [[1]], y: [7] })).toArray();
    expect(first).toEqual({ x: Float32Array.of(1), y: 7 });
  });

  it("a function gets the number of the pass", async () => {
    const { seen, source } = watched(1);
    await pipeline(source).toArray(4);
    await pipeline(source).repeat(3).toArray(2);
    expect(seen.passes).toEqual([4, 6, 7, 8]);
  });

  it("a running generator gives one pass, and says so at the second", async () => {
    const once = pipeline(watched(2).source(0));
    expect(await once.toArray()).toEqual([0, 1]);
    await expect(once.toArray()).rejects.toThrow(/only once.*Give the generator function/);
  });

  it.each([[5], [null], [undefined], ["text"], [{ x: [[1]], y: [1] }]])("rejects %j", (source) => {
    expect(() => pipeline(source as never)).toThrow(OptionError);
  });

  it("rejects a function that returns nothing iterable", async () => {
    await expect(pipeline((() => 5) as never).toArray()).rejects.toThrow(/function returned 5/);
  });
});

describe("stages do what arrays do", () => {
  const source = pipeline(numbers(10));
  const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(resolve, 1, value));

  it.each<[string, Pipeline<unknown>, unknown[]]>([
    ["map", source.map((n, i) => [n, i]), numbers(10).map((n) => [n, n])],
    ["map, async", source.map((n) => later(n * 2)), numbers(10).map((n) => n * 2)],
    ["filter", source.filter((n) => n % 2 === 0), [0, 2, 4, 6, 8]],
    ["filter, async and by place", source.filter((_, i) => later(i > 7)), [8, 9]],
    ["take", source.take(3), [0, 1, 2]],
    ["take more than there is", source.take(30), numbers(10)],
    ["take 0", source.take(0), []],
    ["skip", source.skip(8), [8, 9]],
    ["skip all", source.skip(10), []],
    ["repeat", source.take(2).repeat(3), [0, 1, 0, 1, 0, 1]],
    ["repeat without end", source.take(2).repeat().take(5), [0, 1, 0, 1, 0]],
    ["concatenate", source.take(2).concatenate(pipeline(["a"])), [0, 1, "a"]],
    ["prefetch", source.prefetch(3), numbers(10)],
    ["prefetch more than there is", source.prefetch(50), numbers(10)],
    [
      "a chain",
      source
        .map((n) => n + 1)
        .filter((n) => n > 2)
        .skip(1)
        .take(2),
      [4, 5],
    ],
  ])("%s", async (_, made, expected) => {
    expect(await made.toArray()).toEqual(expected);
    expect(await made.toArray()).toEqual(expected);
    expect(made.isBatched).toBe(false);
  });

  it("take ends the reading of its source", async () => {
    const { seen, source: read } = watched(100);
    await pipeline(read)
      .map((n) => n)
      .take(3)
      .toArray();
    expect(seen).toMatchObject({ read: 3, isClosed: true });
  });

  it("an error of the source or of a function comes through as it is", async () => {
    const mine = new Error("mine");
    const failing = function* () {
      yield 1;
      throw mine;
    };
    const thrower = () => {
      throw mine;
    };
    await expect(pipeline(failing).prefetch(2).toArray()).rejects.toBe(mine);
    await expect(source.map(thrower).toArray()).rejects.toBe(mine);
    await expect(source.filter(thrower).prefetch(4).toArray()).rejects.toBe(mine);
  });
});

describe("shuffle", () => {
  it("keeps all elements, and the seed and the pass decide the order", async () => {
    const made = pipeline(numbers(50)).shuffle(20, { seed: 3 });
    const first = await made.toArray();
    expect(first.toSorted((a, b) => a - b)).toEqual(numbers(50));
    expect(first).not.toEqual(numbers(50));
    expect(await made.toArray(0)).toEqual(first);
    expect(await made.toArray(1)).not.toEqual(first);
    expect(await pipeline(numbers(50)).shuffle(20, { seed: 4 }).toArray()).not.toEqual(first);
  });

  // A promise to users: the same order in every engine and version.
  it("gives these orders", async () => {
    const made = pipeline(numbers(10)).shuffle(4, { seed: 1 });
    expect([await made.toArray(0), await made.toArray(1)]).toMatchInlineSnapshot(`
      [
        [
          1,
          4,
          0,
          3,
          2,
          6,
          5,
          7,
          9,
          8,
        ],
        [
          0,
          2,
          3,
          5,
          1,
          8,
          7,
          4,
          9,
          6,
        ],
      ]
    `);
  });

  it("never gives an element earlier than its buffer allows", async () => {
    const order = await pipeline(numbers(200)).shuffle(8).toArray();
    order.forEach((element, place) => {
      expect(element).toBeLessThanOrEqual(place + 8);
    });
    expect(await pipeline(numbers(20)).shuffle(1).toArray()).toEqual(numbers(20));
  });

  it("with a buffer for all is fair: every element comes first about as often", async () => {
    const made = pipeline(numbers(4)).shuffle(10);
    const firsts = [0, 0, 0, 0];
    for (let epoch = 0; epoch < 400; epoch++) firsts[(await made.toArray(epoch))[0]]++;
    for (const count of firsts) expect(Math.abs(count - 100)).toBeLessThan(40); // 4.6 standard deviations
  });

  it("repeats in another order each time, the same in each run", async () => {
    const made = pipeline(numbers(20)).shuffle(20, { seed: 2 }).repeat(2);
    const all = await made.toArray();
    expect(all.slice(0, 20)).not.toEqual(all.slice(20));
    expect(all).toEqual([...(await pipeline(numbers(20)).shuffle(20, { seed: 2 }).toArray(0)), ...all.slice(20)]);
    expect((await made.toArray(1)).slice(0, 20)).toEqual(
      await pipeline(numbers(20)).shuffle(20, { seed: 2 }).toArray(2),
    );
  });
});

describe("batch", () => {
  it("joins rows to Datasets, the last one smaller or left out", async () => {
    const batches = await pipeline(rows(5)).batch(2).toArray();
    expect(batches.map(({ x, y }) => [[...x], [...y]])).toEqual([
      [
        [0, -0, 1, -1],
        [0, 1],
      ],
      [
        [2, -2, 3, -3],
        [2, 0],
      ],
      [[4, -4], [1]],
    ]);
    for (const batch of batches) expect(batch).toBeInstanceOf(Dataset);
    expect((await pipeline(rows(5)).batch(2, { dropRemainder: true }).toArray()).map((b) => b.length)).toEqual([2, 2]);
  });

  it("takes weights, wide targets, typed rows and nested rows", async () => {
    const source = [
      {
        x: [
          [1, 2],
          [3, 4],
        ],
        y: Float32Array.of(0, 1),
        sampleWeight: 2,
      },
      {
        x: [
          [5, 6],
          [7, 8],
        ],
        y: Float32Array.of(1, 0),
        sampleWeight: 0,
      },
    ];
    const [{ x, y, sampleWeight, targetShape }] = await pipeline(source).batch(8).toArray();
    expect([...x]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([[...y], [...(sampleWeight ?? [])], targetShape]).toEqual([[0, 1, 1, 0], [2, 0], [2]]);
    const typed = [Float64Array.of(1, 2), Float64Array.of(3, 4)].map((values) => ({ x: values, y: 1 }));
    const [batch] = await pipeline(typed).batch(2).toArray();
    expect([...batch.x]).toEqual([1, 2, 3, 4]);
  });

  it("later stages see batches", async () => {
    const made = pipeline(rows(6)).batch(2);
    expect(made.isBatched).toBe(true);
    expect((await made.shuffle(3).skip(1).prefetch(2).toArray()).map((batch) => batch.length)).toEqual([2, 2]);
    expect(made.map((batch) => batch).isBatched).toBe(true);
  });

  const good = rows(4);
  it.each<[string, unknown, typeof DataError | typeof ShapeError | typeof OptionError, RegExp]>([
    ["a number", 5, DataError, /batch 2, which begins at row 4: row 1: expected \{ x, y \}, got 5/],
    ["null", null, DataError, /row 1: expected \{ x, y \}, got null/],
    ["an array", [[1, 2], 0], DataError, /row 1: expected \{ x, y \}, got an array/],
    ["a Dataset", Dataset.from({ x: [[1, 2]], y: [0] }), DataError, /row 1: .* got a Dataset/],
    ["another name", { x: [1, 2], y: 0, label: 1 }, OptionError, /row 1: unknown option "label"/],
    ["no x", { y: 0 }, DataError, /row 1: x: expected an array or a typed array, got undefined/],
    ["an empty x", { x: [], y: 0 }, DataError, /row 1: x: expected an array/],
    ["no y", { x: [1, 2] }, DataError, /row 1: y: expected a number, an array/],
    ["text as y", { x: [1, 2], y: "cat" }, DataError, /row 1: y: .* got "cat"/],
    ["a short row", { x: [1], y: 0 }, ShapeError, /x: row 1: expected \[2\], got 1 value/],
    ["a long typed row", { x: new Float32Array(4), y: 0 }, ShapeError, /x: row 1: expected \[2\], got 4 values/],
    ["NaN", { x: [1, Number.NaN], y: 0 }, DataError, /x: row 1, column 1: expected a finite number, got NaN/],
    ["text in x", { x: [1, "2"], y: 0 }, DataError, /x: row 1, column 1: .* got "2"/],
    ["NaN as y", { x: [1, 2], y: Number.NaN }, DataError, /y: row 1: .* got NaN/],
    ["a wide y", { x: [1, 2], y: [0, 1] }, DataError, /y: row 1/],
    ["a weight in one row", { x: [1, 2], y: 0, sampleWeight: 1 }, DataError, /in every row or in none, got 1 in 2/],
  ])("rejects %s, and says in which batch", async (_, row, error, message) => {
    const made = pipeline([...good, { x: [1, 2], y: 0 }, row]).batch(2);
    const attempt = made.toArray();
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(error);
  });

  it("rejects a negative weight", async () => {
    const made = pipeline([{ x: [1], y: 0, sampleWeight: -1 }]).batch(2);
    await expect(made.toArray()).rejects.toThrow(/batch 0, .*sampleWeight: row 0: expected a weight >= 0, got -1/);
  });
});

describe("memory", () => {
  it("is read as it is needed, and no further than buffers say", async () => {
    const { seen, source } = watched(1000);
    const iterator = pipeline(source).shuffle(10).prefetch(4)[Symbol.asyncIterator]();
    expect(seen.read).toBe(0);
    await iterator.next();
    expect(seen.read).toBeLessThanOrEqual(10 + 1 + 5);
    for (let i = 0; i < 20; i++) await iterator.next();
    expect(seen.read).toBeLessThanOrEqual(10 + 21 + 5);
    await iterator.return?.();
    expect(seen.isClosed).toBe(true);
  });

  it("prefetch reads on while the consumer is busy", async () => {
    const { seen, source } = watched(100);
    const iterator = pipeline(source).prefetch(5)[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen.read).toBe(6);
    await iterator.return?.();
  });
});

describe("bad options", () => {
  const source = pipeline(rows(4));
  it.each<[string, () => unknown, RegExp]>([
    ["map 5", () => source.map(5 as never), /map: expected a function, got 5/],
    ["filter nothing", () => source.filter(undefined as never), /filter: expected a function, got undefined/],
    ["shuffle()", () => source.shuffle(undefined as never), /shuffle: bufferSize: expected an integer >= 1/],
    ["shuffle(0)", () => source.shuffle(0), /bufferSize: expected an integer >= 1, got 0/],
    ["shuffle seed", () => source.shuffle(4, { sed: 1 } as never), /unknown option "sed".*"seed"/],
    ["shuffle seed -1", () => source.shuffle(4, { seed: -1 }), /shuffle: seed: .* got -1/],
    ["batch(0)", () => source.batch(0), /batch: size: expected an integer >= 1, got 0/],
    ["batch(2.5)", () => source.batch(2.5), /batch: size: expected an integer >= 1, got 2.5/],
    ["batch option", () => source.batch(2, { drop: true } as never), /unknown option "drop"/],
    ["dropRemainder", () => source.batch(2, { dropRemainder: 1 as never }), /dropRemainder: expected true or false/],
    ["batch twice", () => source.batch(2).batch(2), /batches already/],
    ["take(-1)", () => source.take(-1), /take: expected an integer >= 0, got -1/],
    ["skip text", () => source.skip("2" as never), /skip: expected an integer >= 0, got "2"/],
    ["repeat(0)", () => source.repeat(0), /repeat: expected an integer >= 1, got 0/],
    ["prefetch(0)", () => source.prefetch(0), /prefetch: expected an integer >= 1, got 0/],
    ["concatenate", () => source.concatenate([] as never), /concatenate: expected a pipeline/],
    ["rows and batches", () => source.concatenate(source.batch(2)), /one of each/],
    ["iterate(-1)", () => source.iterate(-1), /iterate: epoch: .* got -1/],
  ])("%s", (_, attempt, message) => {
    expect(attempt).toThrow(OptionError);
    expect(attempt).toThrow(message);
  });

  it("repeat of nothing ends", async () => {
    await expect(pipeline([]).repeat().toArray()).rejects.toThrow(/repeat: pass 0 gave no elements/);
  });
});
