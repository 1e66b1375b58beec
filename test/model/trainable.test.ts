// Frozen layers: used, never changed, and nothing computed or kept for them.
import { describe, expect, it } from "vitest";
import { dense, type LayerSpec, OptionError, Sequential } from "../../src/index.js";
import type { OpEntry } from "../../src/plan/field.js";
import * as Op from "../../src/plan/ops.js";
import type { TapeRecord } from "../../src/plan/record.js";
import { buildProgram } from "../../src/program/program.js";
import { placeLayers } from "../../src/specs/layers/facts.js";
import { resolveLoss } from "../../src/specs/losses/table.js";
import { adam } from "../../src/specs/optimizers/adam.js";
import { blobs, stateOf, weightBytes } from "./models.js";
import { runtimes } from "./runtimes.js";

const hidden = (trainable: boolean) => dense({ units: 20, activation: "tanh", trainable });
const middle = (trainable: boolean) => dense({ units: 9, activation: "relu", trainable });
const output = dense({ units: 3, activation: "softmax" });

/** The records of a training step of a model whose layers are trained or not. */
function trainRecords(...layers: LayerSpec[]): readonly TapeRecord[] {
  const compiled = { optimizer: adam(), loss: resolveLoss("", "sparseCategoricalCrossentropy"), metrics: [] };
  const { plan } = buildProgram(placeLayers(layers, [2]), [2], compiled);
  const [begin, end] = plan.sections.train ?? [0, 0];
  return plan.records.slice(begin, end);
}

function count(records: readonly TapeRecord[], op: OpEntry): number {
  return records.filter((record) => record.op === op).length;
}

describe("the tape", () => {
  it("updates all parameters by one record where all are trained", () => {
    const records = trainRecords(hidden(true), middle(true), output);
    expect(count(records, Op.Adam)).toBe(1);
    expect(count(records, Op.DenseKernelGradient)).toBe(3);
    expect(count(records, Op.ColumnSum)).toBe(3);
    expect(count(records, Op.DenseInputGradient)).toBe(2);
  });

  it("ends its way back at the first layer that is trained", () => {
    const records = trainRecords(hidden(false), middle(false), output);
    expect(count(records, Op.Adam)).toBe(1);
    expect(count(records, Op.DenseKernelGradient)).toBe(1);
    expect(count(records, Op.ColumnSum)).toBe(1);
    expect(count(records, Op.DenseInputGradient)).toBe(0);
    expect(count(records, Op.ActivationBackward)).toBe(0);
  });

  it("passes through a frozen layer and updates what lies around it", () => {
    const records = trainRecords(hidden(true), middle(false), output);
    expect(count(records, Op.Adam)).toBe(2);
    expect(count(records, Op.DenseKernelGradient)).toBe(2);
    expect(count(records, Op.DenseInputGradient)).toBe(2);
  });
});

describe.each(runtimes)("%s", (_, runtime) => {
  const data = blobs(45);

  async function build(inputs: number, ...layers: LayerSpec[]): Promise<Sequential> {
    const model = await Sequential.create({ inputShape: [inputs], layers, seed: 4, ...runtime });
    model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "sparseCategoricalCrossentropy" });
    return model;
  }

  it("trains the rest as if the frozen layers were a preparation of the data", async () => {
    const whole = await build(2, hidden(false), output);
    const [kernel, bias, ...before] = whole.getWeights();
    const body = await Sequential.create({ inputShape: [2], layers: [hidden(true)], ...runtime });
    body.setWeights([kernel, bias]);
    const head = await build(20, output);
    head.setWeights(before.map((weight) => ({ ...weight, name: weight.name.replace("dense_2", "dense_1") })));
    const history = await whole.fit(data, { epochs: 4, batchSize: 10 });
    const expected = await head.fit({ x: body.predict(data.x), y: data.y }, { epochs: 4, batchSize: 10 });
    expect(history).toEqual(expected);
    const after = whole.getWeights();
    expect(after.slice(0, 2)).toEqual([kernel, bias]);
    expect(after.slice(2).map((weight) => weight.data)).toEqual(head.getWeights().map((weight) => weight.data));
  });

  it("updates layers before a frozen one as if it were not frozen", async () => {
    const frozen = await build(2, hidden(true), middle(false), output);
    const free = await build(2, hidden(true), middle(true), output);
    const before = frozen.getWeights();
    await frozen.trainOnBatch(data);
    await free.trainOnBatch(data);
    const [after, all] = [frozen.getWeights(), free.getWeights()];
    expect(after.slice(2, 4)).toEqual(before.slice(2, 4));
    expect(all.slice(2, 4)).not.toEqual(before.slice(2, 4));
    for (const i of [0, 1, 4, 5]) expect(after[i]).toEqual(all[i]);
  });

  it("keeps no optimizer state for frozen layers, and resumes from a file", async () => {
    const [whole, first] = [
      await build(2, hidden(true), middle(false), output),
      await build(2, hidden(true), middle(false), output),
    ];
    await whole.fit(data, { epochs: 5, batchSize: 10 });
    await first.fit(data, { epochs: 3, batchSize: 10 });
    const bytes = first.save();
    const text = new TextDecoder().decode(bytes);
    expect(text).toContain("optimizer/m/dense_1/kernel");
    expect(text).not.toContain("optimizer/m/dense_2");
    const second = await Sequential.load(bytes, runtime);
    expect(stateOf(second)).toBe(stateOf(first));
    await second.fit(data, { epochs: 5, initialEpoch: 3, batchSize: 10 });
    expect(weightBytes(second)).toEqual(weightBytes(whole));
    expect(stateOf(second)).toBe(stateOf(whole));
  });

  it("rejects training if nothing is trainable, but evaluates", async () => {
    const model = await build(2, hidden(false), { ...output, trainable: false });
    await expect(model.fit(data)).rejects.toThrow(OptionError);
    await expect(model.trainOnBatch(data)).rejects.toThrow(
      /trainOnBatch: every layer has trainable: false. Unfreeze one/,
    );
    const { loss } = await model.evaluate(data);
    expect(loss).toBeGreaterThan(0);
    expect(model.trace(data).loss.data[0]).toBeCloseTo(loss, 5);
  });

  it.each(["adam", "adagrad"] as const)("predicts if nothing is trainable, also from a file: %s", async (optimizer) => {
    const model = await build(2, hidden(false), { ...output, trainable: false });
    const predicted = model.predict([[0.5, -1]]);
    model.compile({ optimizer, loss: "meanSquaredError" });
    expect(model.predict([[0.5, -1]])).toEqual(predicted);
    const loaded = await Sequential.load(model.save(), runtime);
    expect(loaded.predict([[0.5, -1]])).toEqual(predicted);
    expect(loaded.save()).toEqual(model.save());
  });

  it("summary says how many parameters are trained", async () => {
    const model = await build(2, hidden(false), output);
    expect(model.summary()).toContain("123 parameters, 492 B, 63 of them trainable");
  });
});
