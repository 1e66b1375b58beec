// specs/initializers/: names completed into plain data, and the checks at the door.
import { describe, expect, it } from "vitest";
import { OptionError } from "../src/base/errors.js";
import { constant, initializerNames, randomNormal, randomUniform, truncatedNormal } from "../src/index.js";
import { resolveInitializer } from "../src/specs/initializers/table.js";

describe("resolveInitializer", () => {
  it("completes every name into plain data", () => {
    for (const name of initializerNames) {
      if (name !== "constant") expect(resolveInitializer("test", name, "matrix").type).toBe(name);
    }
    expect(initializerNames).toHaveLength(16);
    expect(resolveInitializer("test", "randomNormal")).toEqual({
      type: "randomNormal",
      mean: 0,
      standardDeviation: 0.05,
    });
    expect(resolveInitializer("test", "randomUniform")).toEqual(randomUniform());
    expect(randomUniform({ maximum: 1 })).toEqual({ type: "randomUniform", minimum: -0.05, maximum: 1 });
  });

  it("survives JSON and copies", () => {
    const spec = truncatedNormal({ mean: 1 });
    const again = resolveInitializer("test", JSON.parse(JSON.stringify(spec)));
    expect(again).toEqual(spec);
    expect(resolveInitializer("test", spec)).not.toBe(spec);
  });

  const refused: [unknown, RegExp][] = [
    [
      "glorot_uniform",
      /dense_1: kernelInitializer: expected one of .* got "glorot_uniform"\. Did you mean "glorotUniform"\?/,
    ],
    ["henormal", /Did you mean "heNormal"\?/],
    ["constant", /constant\(\{ value: 0\.1 \}\)/],
    [randomNormal, /got a function\. Call it/],
    [undefined, /got undefined/],
    [3, /got 3/],
    [null, /got null/],
    [{ type: "glorotNorm" }, /kernelInitializer: type: .* Did you mean "glorotNormal"\?/],
    [{ minimum: 1 }, /type: expected one of .* got undefined/],
    [{ type: "zeros", gain: 1 }, /dense_1: kernelInitializer: zeros: unknown option "gain"\. There are none\./],
    ["xavierUniform", /Did you mean "glorotUniform"\?/],
    ["kaiming_normal", /Did you mean "heNormal"\?/],
    ["orthogonal", /orthogonal is for kernels; this is a vector/],
    [{ type: "identity", gain: 2 }, /identity is for kernels/],
    [{ type: "varianceScaling", scale: 0 }, /scale: expected a finite number > 0, got 0/],
    [{ type: "varianceScaling", mode: "fan_in" }, /mode: .* Did you mean "fanIn"\?/],
    [{ type: "varianceScaling", distribution: "normal" }, /distribution: expected one of "truncatedNormal"/],
    [{ type: "constant" }, /kernelInitializer: constant: value: expected a finite number, got undefined/],
    [{ type: "randomNormal", stddev: 1 }, /unknown option "stddev".* Known: mean, standardDeviation/],
    [{ type: "randomNormal", standardDeviation: -1 }, /standardDeviation: expected a finite number >= 0, got -1/],
    [{ type: "randomUniform", minimum: 1, maximum: 0 }, /maximum: expected a finite number >= 1, got 0/],
  ];
  it.each(refused)("rejects %j", (value, message) => {
    expect(() => resolveInitializer("dense_1: kernelInitializer", value)).toThrow(OptionError);
    expect(() => resolveInitializer("dense_1: kernelInitializer", value)).toThrow(message);
  });

  it("rejects bad options in the factories, too", () => {
    expect(() => constant({ value: Number.NaN })).toThrow(/constant: value: expected a finite number, got NaN/);
    expect(() => randomUniform({ minimum: Infinity })).toThrow(OptionError);
    expect(() => randomNormal(3 as never)).toThrow(OptionError);
    expect(() => randomNormal({ type: "zeros" } as never)).toThrow(/unknown option "type"/);
  });
});
