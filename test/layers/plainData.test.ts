// Layers as plain data, in a program that calls none of their factories: their definitions are loaded then.
import { expect, it, vi } from "vitest";

it("a type is loaded when a model names it", async () => {
  vi.resetModules(); // other tests may share their modules
  const { Sequential } = await import("../../src/sequential.js");
  const { isUnknown } = await import("../../src/specs/layers/facts.js");
  const layers = [
    { type: "normalization" },
    { type: "dense", units: 2 },
    { type: "dropout", rate: 0.5 },
    { type: "dense", units: 1 },
  ] as const;
  expect(layers.every(isUnknown)).toBe(true);
  await expect(
    Sequential.create({ inputShape: [3], layers: [{ type: "dropOut", rate: 0.5 } as never] }),
  ).rejects.toThrow(/layers\[0\]: type: .*"categoryEncoding".* got "dropOut"\. Did you mean "dropout"\?/);
  const model = await Sequential.create({ inputShape: [3], layers });
  expect(model.layers.map(({ name }) => name)).toEqual(["normalization_1", "dense_1", "dropout_1", "dense_2"]);
});
