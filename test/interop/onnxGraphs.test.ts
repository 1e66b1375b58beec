// Random graphs of operators that work number by number: what is read computes what they do, the rest is refused.
import { expect, it } from "vitest";
import { FormatError } from "../../src/base/errors.js";
import { Random } from "../../src/base/random.js";
import { importOnnx } from "../../src/interop/onnx/index.js";
import { exactOutput } from "./onnxExact.js";
import { type NodeRow, onnxFile } from "./onnxFile.js";
import { runOnnx } from "./onnxRuntime.js";

/** Graphs to try, and the first one. In full: GRAPHS=12000 */
const GRAPHS = Number(process.env.GRAPHS ?? 150);
const FIRST = Number(process.env.FIRST_GRAPH ?? 0);

const UNARY = [
  ...["Relu", "Relu", "Abs", "Neg", "Exp", "Sigmoid", "Tanh", "Softplus", "Softsign", "Erf", "Identity", "HardSwish"],
  ...["LeakyRelu", "Elu", "Celu", "Selu", "HardSigmoid", "ThresholdedRelu", "Shrink", "Sign", "Sqrt", "Reciprocal"],
];
const BINARY = ["Add", "Add", "Sub", "Mul", "Mul", "Div", "Max", "Min", "Add", "Clip", "Where"];

/** Number `seed`: one to six nodes, each of which takes the input, a constant or the result of another node. */
function graphOf(seed: number) {
  const random = Random.fromSeed(seed, 0x6f6e6e78);
  const below = (count: number) => random.uint32() % count;
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const constants: Record<string, { shape: number[]; data: number[] }> = { k: { shape: [1, 1], data: [1] } };
  const nodes: NodeRow[] = [["MatMul", ["x", "k"], ["z"]]];
  const numbers = [0, 1, -1, 0.5, 2, 3, 6, 0.01, 0.02, 0.1, 0.001, 1e4, -0.25, 0.23, 0.26, 5.5, 1000];
  const constant = () => {
    const name = `c${Object.keys(constants).length}`;
    const isDrawn = below(4) === 0;
    constants[name] = { shape: [], data: [isDrawn ? random.normal() * 10 ** (below(5) - 2) : pick(numbers)] };
    return name;
  };
  const results = ["z"];
  const count = 1 + below(6);
  for (let i = 0; i < count; i++) {
    const last = results[results.length - 1];
    const other = () => (below(3) === 0 ? pick(results) : constant());
    const out = i === count - 1 ? "y" : `r${i}`;
    if (below(2) === 0) {
      const type = pick(UNARY);
      const number = () => ({ float: below(2) ? pick(numbers) : Math.abs(random.normal()) });
      const alpha = /^(?:LeakyRelu|Elu|HardSigmoid|ThresholdedRelu)$/.test(type) && below(2) ? { alpha: number() } : {};
      const beta = type === "HardSigmoid" && below(2) ? { beta: number() } : {};
      const bound = type === "Shrink" ? { lambd: number(), bias: number() } : {};
      nodes.push([type, [last], [out], { ...alpha, ...beta, ...bound }]);
    } else {
      const type = pick(BINARY);
      if (type === "Clip") {
        const [low, high] = [constant(), constant()];
        const [a, b] = [constants[low].data[0], constants[high].data[0]];
        constants[low].data[0] = Math.min(a, b);
        constants[high].data[0] = Math.max(a, b);
        nodes.push(["Clip", [last, below(4) ? low : "", below(4) ? high : ""], [out]]);
      } else if (type === "Where") {
        nodes.push([pick(["Greater", "Less", "GreaterOrEqual"]), [pick(results), constant()], [`${out}b`]]);
        nodes.push(["Where", [`${out}b`, last, other()], [out]]);
      } else {
        const pair = [last, other()];
        nodes.push([type, below(3) ? pair : pair.reverse(), [out]]);
      }
    }
    results.push(out);
  }
  return { nodes, constants, input: [null, 1] };
}

/** Two steps of float32: rounding makes what is read that of a number as close as this. */
const STEP = 2 ** -22;

/** Numbers close to each other where activations bend, and far ones. */
function points(): Float32Array {
  const near = Array.from({ length: 3001 }, (_, i) => (i - 1500) / 125 + 1e-4);
  const inner = Array.from({ length: 2001 }, (_, i) => (i - 1000) / 1500 + 3e-5);
  const far = Array.from({ length: 600 }, (_, i) => (i % 2 ? 1 : -1) * 1.02 ** i * 1e-1).filter(
    (x) => Math.abs(x) < 2e4,
  );
  return Float32Array.from([...near, ...inner, ...far]);
}

it("what is read of random graphs computes what they do in float64, or is nearer to it than onnxruntime", async () => {
  const x = points();
  let read = 0;
  const wrong: string[] = [];
  for (let seed = FIRST; seed < FIRST + GRAPHS; seed++) {
    const graph = graphOf(seed);
    const file = onnxFile(graph);
    try {
      const { model } = await importOnnx(file, { threads: 1 });
      read++;
      const ours = model.predict(x);
      const theirs = (await runOnnx(file, x, [x.length, 1])).y.data as Float32Array;
      const differs = (i: number) => {
        if (!(Math.abs(theirs[i]) < 3e38)) return false;
        if (Math.abs(ours[i] - theirs[i]) <= 2e-5 * Math.max(0.05, Math.abs(theirs[i]))) return false;
        const [exact, ...near] = [1, 1 - STEP, 1 + STEP].map((by) =>
          exactOutput(graph.nodes, graph.constants, by * x[i]),
        );
        const slack = 2e-5 * Math.max(0.05, Math.abs(exact));
        const isNear = ours[i] >= Math.min(exact, ...near) - slack && ours[i] <= Math.max(exact, ...near) + slack;
        return !isNear && !(Math.abs(ours[i] - exact) <= Math.abs(theirs[i] - exact));
      };
      const at = x.findIndex((_, i) => differs(i));
      if (at >= 0) wrong.push(`${seed}: ${x[at]} gives ${ours[at]}, not ${theirs[at]}: ${JSON.stringify(graph)}`);
      model.dispose();
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
    }
  }
  if (process.env.GRAPHS) console.log(`${read} of ${GRAPHS} graphs were read`);
  expect(wrong).toEqual([]);
  expect(read).toBeGreaterThan(GRAPHS / 5);
});
