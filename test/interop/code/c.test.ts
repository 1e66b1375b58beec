// Generated C headers: their text, and what compilers that are on this machine make of it.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { batchNormalization, dense, layerNormalization, normalization, Sequential } from "../../../src/index.js";
import { exportC } from "../../../src/interop/code/index.js";
import { resolveActivation } from "../../../src/specs/activations.js";
import { activationNames } from "../../../src/specs/index.js";
import { exactOutputs, WITH_NORMALIZATION } from "../exact.js";
import { NETS, randomNet, rowsFor, worstDifference } from "../randomNets.js";
import { compileAndRun, type Header, has, run } from "./compile.js";
import { everyCase, looseLimit } from "./nets.js";

const COMPILERS: readonly (readonly string[])[] = [
  ["gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2"],
  ["gcc", "-std=c99", "-O1", "-ffast-math"],
  ["tcc"],
];
const present = COMPILERS.filter(([command]) => has(command));

/** Headers of every activation, every layer and random nets, and what the models predict. */
async function everyHeader() {
  const headers: Header[] = [];
  const expected: { name: string; outputs: Float32Array; loose: number; exact: number[] | null }[] = [];
  const add = async (name: string, model: Sequential, x: Float32Array, rows: number, isNet = false) => {
    const prefix = `net${headers.length}`;
    headers.push({ prefix, text: await exportC(model, { prefix }), x, rows });
    const exact = isNet ? await exactOutputs(model, x) : null;
    expected.push({ name, outputs: model.predict(x), loose: await looseLimit(model, x), exact });
  };
  for (const { name, model, x, rows } of await everyCase()) await add(name, model, x, rows);
  const parts = {
    activations: activationNames
      .filter((name) => !/softmax|sparsemax|exponential/i.test(name))
      .map((name) => resolveActivation("", name)),
    between: [() => batchNormalization(), () => layerNormalization()],
    first: [() => normalization()],
  };
  for (let seed = 1; seed <= NETS; seed++) {
    const model = await randomNet(seed, parts);
    await add(`net ${seed}`, model, rowsFor(model, 4, seed), 4, true);
  }
  return { headers, expected };
}

const { headers, expected } = await everyHeader();

/** The net of flower.h, which is committed: it shows what a header looks like, and that its text does not change. */
async function flower() {
  const layers = [normalization(), dense({ units: 4, activation: "gelu" }), dense({ units: 3, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [4], layers, seed: 1, threads: 1 });
  model.metadata = { classes: ["setosa", 'versi"color"', "?é"] };
  return model;
}

const CROSS = [
  ["avr-gcc", "-mmcu=atmega328p"],
  ["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb"],
].filter(([command]) => has(command));

describe("exportC", () => {
  it("is the text of flower.h, which the same test with UPDATE=1 writes", async () => {
    const place = new URL("flower.h", import.meta.url);
    const text = await exportC(await flower(), { prefix: "flower" });
    if (process.env.UPDATE === "1") writeFileSync(place, text);
    expect(text).toBe(readFileSync(place, "utf8"));
    expect(text).not.toMatch(/[ \t]$/m);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  it.each(CROSS)("compiles for small targets: %s %s", (...command) => {
    const path = fileURLToPath(new URL("flower.h", import.meta.url));
    const flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Os", "-fsyntax-only", "-xc"];
    expect(spawnSync(command[0], [...command.slice(1), ...flags, path], { encoding: "utf8" }).stderr).toBe("");
  });

  it("compiles where there is a compiler, which CI demands", () => {
    const isThere = present.some(([command]) => command === "gcc");
    if (!isThere) console.warn("\nNo gcc on this machine: generated C is compared as text, but NOT COMPILED.\n");
    expect(isThere || process.env.SIMDGRAD_GCC !== "required").toBe(true);
  });

  it.each(present)(
    "agrees with the models: %s %s %s %s",
    (...command) => {
      const got = compileAndRun(headers, command);
      const worst = got.map((outputs, i) => ({ ...expected[i], worst: worstDifference(outputs, expected[i].outputs) }));
      expect(worst.length).toBe(headers.length);
      const limitOf = ({ loose }: { loose: number }) => (command.includes("-ffast-math") ? loose : 2e-6);
      for (const [i, { name, outputs, exact }] of expected.entries()) {
        if (exact === null) continue;
        worstDifference(got[i], exact, "theirs and float64");
        expect(worstDifference(outputs, exact, "ours and float64"), name).toBeLessThan(WITH_NORMALIZATION);
      }
      expect(worst.filter((one) => !(one.worst < limitOf(one))).map(({ name, worst }) => `${name}: ${worst}`)).toEqual(
        [],
      );
    },
    120_000,
  );

  it.runIf(present.length > 0)("answers with classes and their names", async () => {
    const text = await exportC(await flower());
    const sigmoids = async (values: readonly number[]) => {
      const layers = [dense({ units: values.length, activation: "sigmoid", useBias: false })];
      const model = await Sequential.create({ inputShape: [1], layers });
      model.setWeights(model.getWeights().map((weight) => ({ ...weight, data: Float32Array.from(values) })));
      return model;
    };
    const yes = await exportC(await sigmoids([1]), { prefix: "yes" });
    const each = await exportC(await sigmoids([1, -1]), { prefix: "each" });
    const rows = [
      [5, 3, 1, 0.2],
      [-1, 2, -3, 4],
    ];
    const classes = await (await flower()).predictClasses(rows);
    const printed = run(
      {
        "net.h": text,
        "yes.h": yes,
        "each.h": each,
      },
      [
        ...rows.map(
          (row) =>
            `{ float x[] = {${row.map((value) => value.toFixed(1)).join("f, ")}f}; puts(net_class_name(net_predict_class(x))); }`,
        ),
        "{ float x[] = {-1.0f, 1.0f}; int y[2]; each_predict_classes(x, y);",
        'printf("%d %d %d %d\\n", yes_predict_class(x), yes_predict_class(x + 1), y[0], y[1]); }',
      ],
      present[0],
    );
    expect(printed).toBe(`${classes.join("\n")}\n0 1 0 1\n`);
  });
});
