// Metrics of compile on all rows of an epoch, without and with weights, against scikit-learn and Keras's formulas:
// fixtures/epochMetrics.json.
import { describe, expect, it } from "vitest";
import { type Metric, sgd } from "../../src/index.js";
import { type LossName, resolveLoss } from "../../src/specs/losses/table.js";
import { addEveryMetric } from "../../src/specs/metrics/every.js";
import { checkMetric, listMetrics } from "../../src/specs/metrics/metric.js";
import { resolveMetrics } from "../../src/specs/metrics/table.js";
import { judgeOf } from "../../src/training/judge.js";
import { readFixture } from "./fixture.js";

type Values = number | null | (number | null)[];

interface Case {
  name: string;
  loss: LossName;
  outputs: number;
  targets: number[];
  predictions: number[];
  weights: number[];
  metrics: [spec: Metric, plain: Values, weighted: Values][];
}

const { cases } = readFixture<{ cases: Case[] }>("epochMetrics");
const close = { rtol: 1e-6, atol: 1e-9 };

addEveryMetric();

describe.each(cases)("$name", ({ loss: name, outputs, targets, predictions, weights, metrics }) => {
  const loss = resolveLoss("", name);
  const kept = { targets: Float32Array.from(targets), predictions: Float32Array.from(predictions) };

  it.each(metrics.map(([spec, plain, weighted]) => ({ what: JSON.stringify(spec), spec, plain, weighted })))(
    "$what",
    ({ spec, plain, weighted }) => {
      const given = resolveMetrics("", [spec]);
      const values = (specs: ReturnType<typeof listMetrics>) => {
        const judge = judgeOf({ ...kept, weights: Float32Array.from(weights) }, outputs);
        const compiled = { optimizer: sgd(), loss, metrics: specs };
        for (const one of specs) checkMetric(one, loss, outputs);
        return specs.map((one) => judge.metric(one, compiled));
      };
      const numbers = (expected: Values) => [expected].flat().map((value) => value ?? NaN);
      expect(values(listMetrics(given, [], outputs))).toBeAllClose(numbers(plain), close);
      expect(values(listMetrics([], given, outputs))).toBeAllClose(numbers(weighted), close);
    },
  );
});
