// Losses that a program carries only if it calls their factories.
import { expect, it, vi } from "vitest";

it("a loss is known by name after its factory was called", async () => {
  vi.resetModules(); // another test may have made it known
  const { resolveLoss } = await import("../src/specs/losses/table.js");
  const { dice } = await import("../src/specs/losses/classification.js");
  const byName = () => resolveLoss("compile: loss", "dice");
  expect(byName).toThrow(/compile: loss: expected one of .* got "dice"\. Pass any other as dice\(\) or the like\.$/);
  expect(() => resolveLoss("compile: loss", { type: "dice" })).toThrow(/as dice\(\)/);
  const spec = dice();
  expect(byName()).toEqual(spec);
  expect(resolveLoss("compile: loss", { ...spec })).toEqual(spec);
});
