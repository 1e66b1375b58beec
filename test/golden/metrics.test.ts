// Metrics of a model's predictions against scikit-learn, from the kernels to the report: fixtures/metrics.json.
import { describe, expect, it } from "vitest";
import {
  argMax,
  type ClassificationReport,
  classificationReport,
  confusionMatrix,
  dense,
  formatClassificationReport,
  oneHot,
  Sequential,
} from "../../src/index.js";
import { runtimes } from "../model/runtimes.js";
import { readFixture } from "./fixture.js";

interface Fixture {
  classes: number;
  labels: number[];
  predictions: number[];
  confusionMatrix: number[][];
  macroAverage: ClassificationReport["macroAverage"];
  accuracy: number;
  report: string;
}

const fixture = readFixture<Fixture>("metrics");
const { classes, labels, predictions } = fixture;

describe.each(runtimes)("%s", (_, runtime) => {
  /** A model whose most probable class is that of its one-hot input. */
  async function identity(): Promise<Sequential> {
    const layers = [dense({ units: classes, activation: "softmax", useBias: false })];
    const model = await Sequential.create({ inputShape: [classes], layers, ...runtime });
    const data = oneHot(
      Array.from({ length: classes }, (_, i) => i),
      classes,
    );
    model.setWeights([{ name: "dense_1/kernel", shape: [classes, classes], data }]);
    return model;
  }
  const x = oneHot(predictions, classes);

  it("accuracy of labels, and of one-hot targets", async () => {
    const model = await identity();
    model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const sparse = await model.evaluate({ x, y: labels }, { batchSize: 7 });
    expect([sparse.accuracy]).toBeAllClose([fixture.accuracy], { rtol: 1e-9, atol: 0 });
    model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
    expect((await model.evaluate({ x, y: oneHot(labels, classes) })).accuracy).toBe(sparse.accuracy);
  });

  it("confusion matrix and report of predict()", async () => {
    const predicted = argMax((await identity()).predict(x), classes);
    expect([...predicted]).toEqual(predictions);
    expect([...confusionMatrix(labels, predicted, { classes }).counts]).toEqual(fixture.confusionMatrix.flat());
    const report = classificationReport(labels, predicted, { classes });
    expect(Object.values(report.macroAverage)).toBeAllClose(Object.values(fixture.macroAverage), { rtol: 1e-9 });
    expect(formatClassificationReport(report).trim()).toBe(fixture.report.trim());
  });
});
