// Every activation and its derivative against PyTorch: fixtures/activations.json.
import { describe, expect, it } from "vitest";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import type { BackendFactory } from "../../src/runtime/backend.js";
import { Session } from "../../src/runtime/session.js";
import {
  type Activation,
  activationCode,
  activationNames,
  differentiatesFrom,
  resolveActivation,
} from "../../src/specs/activations.js";
import { formulaBackends, readFixture, toleranceOf } from "./fixture.js";

interface Elementwise {
  inputs: number[];
  cases: { options: Exclude<Activation, string>; outputs: number[]; derivatives: number[] }[];
}

interface Rows {
  inputs: number[][];
  outputs: number[][];
  upstream: number[][];
  inputGradients: number[][];
}

const first = readFixture<Elementwise & { softmax: Rows }>("activations");
const more = readFixture<Elementwise & { logSoftmax: Rows; sparsemax: Rows }>("moreActivations");
const cases = [first, more].flatMap(({ inputs, cases }) => cases.map((given) => ({ ...given, inputs })));
const rows = { softmax: first.softmax, logSoftmax: more.logSoftmax, sparsemax: more.sparsemax };

/** y = f(x) and dx = dy f'(x), with rows of x and dy as given. */
function run(factory: BackendFactory, activation: Activation, x: number[][], dy: number[][]) {
  const columns = x[0].length;
  const tape = new Tape();
  const [tx, ty, tdy, tdx] = ["x", "y", "dy", "dx"].map((name) => tape.rows(name, columns));
  const spec = resolveActivation("activation", activation);
  const code = activationCode(spec);
  const saved = differentiatesFrom(spec) === "z" ? tx : ty;
  tape.begin("train");
  tape.emit({ op: Op.ActivationForward, x: tx, y: ty, columns, ...code });
  tape.emit({ op: Op.ActivationBackward, saved, dy: tdy, dx: tdx, columns, ...code });
  tape.end();
  const session = new Session(tape.build(), x.length, factory);
  session.rows = x.length;
  session.writeRows(tx, Float64Array.from(x.flat()), null, 0, x.length);
  session.writeRows(tdy, Float64Array.from(dy.flat()), null, 0, x.length);
  session.run("train");
  const [outputs, gradients] = [ty, tdx].map((tensor) => {
    const values = new Float32Array(x.length * columns);
    session.readRows(tensor, x.length, values);
    return values;
  });
  return { outputs, gradients };
}

describe.each(formulaBackends)("%s", (name, factory) => {
  const tolerance = toleranceOf(name);

  it.each(cases)("$options", ({ options, inputs, outputs, derivatives }) => {
    const actual = run(factory, options, [inputs], [inputs.map(() => 1)]);
    expect(actual.outputs).toBeAllClose(outputs, tolerance);
    expect(actual.gradients).toBeAllClose(derivatives, tolerance);
  });

  it.each(["softmax", "logSoftmax", "sparsemax"] as const)("%s", (activation) => {
    const { inputs, outputs, upstream, inputGradients } = rows[activation];
    const actual = run(factory, activation, inputs, upstream);
    expect(actual.outputs).toBeAllClose(outputs.flat(), tolerance);
    expect(actual.gradients).toBeAllClose(inputGradients.flat(), tolerance);
  });
});

it("covers every activation", () => {
  const seen = new Set([...cases.map(({ options }) => options.type), ...Object.keys(rows)]);
  expect([...seen].sort()).toEqual([...activationNames].sort());
});
