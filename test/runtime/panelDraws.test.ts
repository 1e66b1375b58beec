// The first weights that the build for Node draws by WebAssembly, against those of every other build.
import { describe, expect, it } from "vitest";
import { dense } from "../../src/index.js";
import { buildProgram } from "../../src/program/program.js";
import { placeLayers } from "../../src/specs/layers/facts.js";
import { initialWeights } from "../../src/state/draw.js";
import { initialWeights as initialWeightsInNode } from "../../src/state/drawInNode.js";

/** Both for a stack of dense layers. */
function drawBoth(sizes: readonly number[], seed: number): [Float32Array, Float32Array] {
  const [inputs, ...units] = sizes;
  const layers = placeLayers(
    units.map((count) => dense({ units: count, useBias: count % 2 === 0 })),
    [inputs],
  );
  const { parameters, plan } = buildProgram(layers, [inputs], null, seed);
  const slab = () => new Float32Array(plan.slabSizes.params);
  return [initialWeights(parameters, seed, slab()), initialWeightsInNode(parameters, seed, slab())];
}

describe("first weights in Node", () => {
  // Rows beyond one copy, lanes without a unit, kernels that are too small or too wide for it.
  it.each([[[784, 128, 10]], [[9001, 13, 5, 7]], [[63, 65, 300, 1]], [[3, 40_000, 2]], [[5000, 1]]])(
    "%j have the bits of every build",
    (sizes) => {
      for (const seed of [0, 1, 2 ** 53 - 1]) {
        const [expected, own] = drawBoth(sizes, seed);
        expect(Buffer.from(own.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
        expect(new Set(own).size).toBeGreaterThan(4000);
      }
    },
  );
});
