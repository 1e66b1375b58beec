// One step of each layer against PyTorch or its formula in NumPy, which fixtures/layerSteps.json holds: output, and
// the gradients of the input and of every weight, and weights that the layer itself changes.
import { describe, expect, it } from "vitest";
import { addEveryLayer } from "../../src/specs/layers/every.js";
import { resolveLayer } from "../../src/specs/layers/facts.js";
import { gradientName } from "../../src/specs/layers/layer.js";
import type { LayerStep } from "../support/layerSteps.js";
import { LayerTrial } from "../support/layerTrial.js";
import { formulaBackends, readFixture, toleranceOf } from "./fixture.js";

addEveryLayer();
const { steps } = readFixture<{ steps: LayerStep[] }>("layerSteps");

describe.each(formulaBackends)("layers on %s", (name, factory) => {
  const { rtol, atol } = toleranceOf(name);
  const isReference = name === "reference" || name === "float64";
  const tolerance = { rtol: 5 * rtol, atol: 5 * atol };

  it.each(steps.map((step) => [JSON.stringify(step.layer), step] as const))("%s", (_, step) => {
    const spec = resolveLayer("fixture", step.layer);
    const trial = new LayerTrial(spec, step.x.length, step.inputShape, true, factory);
    trial.write("x", step.x.flat());
    trial.write("dy", step.dy.flat());
    for (const [parameter, values] of Object.entries(step.weights)) trial.write(parameter, values);
    trial.run();
    expect(trial.read("y"), "y").toBeAllClose(step.y.flat(), tolerance);
    expect(trial.read("dx"), "dx").toBeAllClose(step.dx.flat(), tolerance);
    // The reference, which float64 is too, leaves padding alone, and reads none.
    const padding = isReference ? [] : [...trial.padding("y"), ...trial.padding("dx")];
    expect(padding.filter((value) => value !== 0)).toEqual([]);
    for (const [parameter, gradient] of Object.entries(step.gradients)) {
      expect(trial.read(gradientName(parameter)), gradientName(parameter)).toBeAllClose(gradient, tolerance);
    }
    for (const [parameter, values] of Object.entries(step.after ?? {})) {
      expect(trial.read(parameter), parameter).toBeAllClose(values, tolerance);
    }
  });
});
