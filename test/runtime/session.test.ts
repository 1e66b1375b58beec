/** A session's counters beyond 32 bits, its rows of bytes, and memory that cannot be had. */

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { BackendError, newArray } from "../../src/base/errors.js";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { Session } from "../../src/runtime/session.js";
import { emitOptimizer, resolveOptimizer } from "../../src/specs/optimizers/facts.js";
import { loadUpdates } from "../../src/specs/optimizers/updates.js";
import { backends } from "../support/backends.js";
import { isQuick } from "../support/inFull.js";

await loadUpdates();

const WEIGHTS = [0.5, -0.25, 1, 2];
const GRADIENTS = [0.125, -1, 0.5, 0];

/** The weights after one update that is told to be the `step`th. */
function updated(factory: BackendFactory, type: string, step: number): number[] {
  const tape = new Tape();
  const parameter = tape.parameter("p", [WEIGHTS.length]);
  tape.begin("train");
  emitOptimizer(tape, resolveOptimizer("optimizer", type), [parameter]);
  tape.end();
  const session = new Session(tape.build(), 1, factory);
  session.learningRate = 0.125;
  session.writeSlab("params", WEIGHTS);
  session.writeSlab("grads", GRADIENTS);
  session.step = step;
  session.run("train");
  expect(session.status).toBe(0);
  return [...session.read(parameter)];
}

describe.each(backends)("%s", (_, factory) => {
  it.each(["adam", "amsgrad", "adamax", "nadam", "sgd", "rmsprop", "adagrad", "adadelta", "lion"])(
    "%s continues beyond 2^31 updates as before",
    (name) => {
      const type = name === "amsgrad" ? "adam" : name;
      const before = updated(factory, type, 2 ** 31 - 3);
      for (const step of [2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32 + 5, 2 ** 40 + 1, 2 ** 53 - 1]) {
        expect(updated(factory, type, step), String(step)).toEqual(before);
      }
      // Every 128th update sets what has decayed to 0.
      const flushing = updated(factory, type, 2 ** 30);
      for (const step of [2 ** 31, 2 ** 32, 2 ** 40]) expect(updated(factory, type, step)).toEqual(flushing);
    },
  );

  it("adam's corrections are 1 by then", () => {
    const expected = WEIGHTS.map((weight, i) => {
      const [m, v] = [0.1 * GRADIENTS[i], 0.001 * GRADIENTS[i] ** 2];
      return weight - (0.125 * m) / (Math.sqrt(v) + 1e-7);
    });
    expect(updated(factory, "adam", 2 ** 31 + 1)).toBeAllClose(expected);
  });

  it("draws what it drew 2^32 batches ago", () => {
    const draw = (batch: number) => {
      const tape = new Tape();
      const [x, y] = [tape.rows("x", 8), tape.rows("y", 8)];
      tape.begin("train");
      tape.emit({
        op: Op.Dropout,
        x,
        y,
        columns: 8,
        key0: 1,
        key1: 2,
        threshold: 2 ** 31,
        scale: 2,
        offset: -0,
        dropped: 0,
      });
      tape.end();
      const session = new Session(tape.build(), 16, factory);
      session.rows = 16;
      session.writeRows(x, new Float32Array(128).fill(1), null, 0, 16);
      session.batch = batch;
      session.run("train");
      const out = new Float32Array(128);
      session.readRows(y, 16, out);
      return [...out];
    };
    expect(draw(2 ** 32 + 7)).toEqual(draw(7));
    expect(draw(2 ** 31 + 7)).not.toEqual(draw(7));
  });
});

/** They end within, at and after blocks of 16 bytes. The first is copied number by number. */
const widths = [31, 32, 33, 47, 64, 784];

describe.each(backends)("%s: rows of bytes", (_, factory) => {
  it.each(widths)("%i columns become the floats that JavaScript makes of them", (columns) => {
    const rows = 5;
    const order = Uint32Array.of(6, 0, 3, 6, 1, 5, 2);
    const bytes = Uint8Array.from({ length: 7 * columns }, (_, i) => (i % 3 === 0 ? 0 : (i * 89) % 256));
    bytes.fill(0, columns, 2 * columns);
    const tape = new Tape();
    const [x, after] = [tape.rows("x", columns), tape.rows("after", 8)];
    tape.begin("predict");
    for (const [input, width] of [[x, columns] as const, [after, 8] as const]) {
      const y = tape.rows(`y of ${width}`, width);
      const kept = { key0: 1, key1: 2, threshold: 2 ** 31, scale: 2, offset: -0, dropped: 0 };
      tape.emit({ op: Op.Dropout, x: input, y, columns: width, ...kept });
    }
    tape.end();
    const session = new Session(tape.build(), rows, factory);
    session.rows = rows;
    const guard = Float32Array.from({ length: rows * 8 }, (_, i) => i + 0.5);
    session.writeRows(after, guard, null, 0, rows);
    for (const source of [bytes, new Uint8ClampedArray(bytes), bytes.subarray(0)]) {
      for (const scale of [1, 1 / 255, 0.1, 3e-39, 2 ** 24]) {
        for (const [rowOrder, begin] of [[order, 1] as const, [null, 2] as const]) {
          session.writeRows(x, source, rowOrder, begin, rows, scale);
          const expected = Array.from({ length: rows }, (_, row) => {
            const from = (rowOrder ? rowOrder[begin + row] : begin + row) * columns;
            return Array.from(bytes.subarray(from, from + columns), (byte) => Math.fround(byte * scale));
          }).flat();
          const out = new Float32Array(rows * columns);
          session.readRows(x, rows, out);
          expect(Array.from(out), `scale ${scale}`).toEqual(expected);
        }
      }
    }
    const kept = new Float32Array(rows * 8);
    session.readRows(after, rows, kept);
    expect(kept).toEqual(guard);
  });
});

describe("memory that cannot be had", () => {
  it("is an error that says how much was wanted", () => {
    expect(() => newArray(Float32Array, 2 ** 52, "predict: x")).toThrow(BackendError);
    expect(() => newArray(Uint8Array, 3 * 2 ** 50, "save")).toThrow("save: could not get 3145728 GiB of memory.");
  });

  it.each([
    [4, /^This model needs 4\.0 MiB of memory, which could not be had\. Use fewer units or layers\.$/],
    [256, /^A batch of 256 rows needs 64 MiB of memory, which could not be had\. Use a smaller batchSize\.$/],
  ])("names a remedy that helps for a batch of %i", (capacity, words) => {
    const tape = new Tape();
    tape.rows("x", 2 ** 16);
    const fail = () => {
      throw new RangeError("WebAssembly.Memory(): could not allocate memory");
    };
    expect(() => new Session(tape.build(), capacity, fail)).toThrow(words);
  });

  it("lets errors of other kinds pass", () => {
    const plan = new Tape().build();
    const fail = () => {
      throw new TypeError("no memory was asked for");
    };
    expect(() => new Session(plan, 1, fail)).toThrow(TypeError);
  });

  it.skipIf(isQuick || process.platform !== "linux")(
    "of a process with few addresses is refused when a model is made",
    () => {
      const program = `
      import { Sequential, dense } from "simdgrad";
      await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })], backend: process.argv[1] })
        .then((model) => console.log(model.info().backend), (error) => console.log(error.name, error.message));`;
      const run = (backend: string) => {
        const limited = 'ulimit -v 8000000; exec "$0" --input-type=module -e "$1" "$2"';
        return spawnSync("sh", ["-c", limited, process.execPath, program, backend], {
          encoding: "utf8",
          timeout: 30_000,
        });
      };
      // Node 20 reserves 10 GB of addresses for each memory; newer ones do with fewer where they must.
      const refused = /^BackendError WebAssembly needs 64 KiB of memory.* backend: "reference"/;
      const { stdout } = run("wasm");
      if (Number(process.versions.node.split(".")[0]) < 22 || stdout !== "wasm\n") expect(stdout).toMatch(refused);
      expect(run("reference").stdout).toBe("reference\n");
    },
  );

  it.skipIf(process.platform !== "linux")("of a worker that ends a little later is waited for", () => {
    const program = `
      import { Worker } from "node:worker_threads";
      import { Sequential, dense } from "simdgrad";
      const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 1 });
      const hoard = "const held = []; try { for (;;) held.push(new WebAssembly.Memory({ initial: 1, maximum: 1 })); }" +
        "catch {} require('worker_threads').parentPort.once('message', () => process.exit(held.length)).postMessage(0);";
      const worker = new Worker(hoard, { eval: true, execArgv: [] });
      await new Promise((resolve) => worker.once("message", resolve));
      let refused = "nothing";
      try { memory(); } catch (error) { refused = error.name; }
      setTimeout(() => worker.postMessage(0), 30);
      const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })], backend: "wasm" });
      console.log("memory:", refused, "then:", model.info().backend);`;
    const limited = 'ulimit -v 40000000; exec "$0" --input-type=module -e "$1"';
    const { stdout, stderr } = spawnSync("sh", ["-c", limited, process.execPath, program], {
      encoding: "utf8",
      timeout: 30_000,
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("memory: RangeError then: wasm\n");
  });
});
