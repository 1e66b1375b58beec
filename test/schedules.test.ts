// Learning rates by Keras's and PyTorch's schedules (fixtures/schedules.json), and that every step takes its own.
import { describe, expect, it } from "vitest";
import { cos } from "../src/base/math.js";
import {
  adam,
  cosineDecayRestarts,
  exponentialDecay,
  type LearningRate,
  OptionError,
  oneCycle,
  piecewiseConstantDecay,
  type ScheduleSpec,
  Sequential,
  sgd,
  warmup,
} from "../src/index.js";
import { loadUpdates } from "../src/specs/optimizers/updates.js";
import { learningRateAt, resolveLearningRate } from "../src/specs/schedules/learningRate.js";
import { readFixture } from "./golden/fixture.js";
import { blobs, classifier, stateOf, weightBytes } from "./model/models.js";
import { runtimes } from "./model/runtimes.js";

await loadUpdates();

const { cases } = readFixture<{ cases: { spec: ScheduleSpec; rates: number[] }[] }>("schedules");

describe("rates", () => {
  it.each(cases.map(({ spec, rates }) => [spec.type, spec, rates] as const))("%s %o", (_, spec, rates) => {
    const resolved = resolveLearningRate("learningRate", spec);
    const actual = rates.map((_, step) => learningRateAt(resolved, step, 0));
    expect(actual).toBeAllClose(rates, { rtol: 1e-9, atol: 1e-15 });
  });

  it("stay at their last value", () => {
    for (const { spec, rates } of cases.filter(({ spec }) => ["oneCycle", "cosineDecay"].includes(spec.type))) {
      const resolved = resolveLearningRate("learningRate", spec);
      expect(learningRateAt(resolved, 1e6, 0)).toBeCloseTo(rates[rates.length - 1], 15);
    }
  });

  describe("restart", () => {
    const mMul = 0.9999;
    const rate = (step: number, tMul: number) => {
      const options = { initialLearningRate: 1, firstDecaySteps: 10, tMul, mMul };
      return learningRateAt(resolveLearningRate("learningRate", cosineDecayRestarts(options)), step, 0);
    };
    /** Period by period. */
    const counted = (step: number, tMul: number) => {
      let [passed, length, factor] = [step, 10, 1];
      for (; passed >= length; length *= tMul, factor *= mMul) passed -= length;
      return factor * (0.5 * (1 + cos(Math.PI * (passed / length))));
    };

    it.each([1.00001, 1.0001, 1.001, 1.01, 1.5, 2, 3])("as if periods were counted, in all bits (tMul %d)", (tMul) => {
      const steps = Array.from({ length: 300 }, (_, i) => Math.floor(i ** 1.9));
      const wrong = steps.filter((step) => rate(step, tMul) !== counted(step, tMul));
      expect(wrong).toEqual([]);
    });

    it.each([1.00001, 1.0001, 1.001])("after tens of thousands of periods (tMul %d)", (tMul) => {
      for (const periods of [10_050, 20_000, 30_000]) {
        const step = Math.floor((10 * (tMul ** periods - 1)) / (tMul - 1)) + 3;
        if (step < 2 ** 45) expect(rate(step, tMul), `step ${step}`).toBeCloseTo(counted(step, tMul), 6);
      }
    });

    it.each([1 + 2 ** -52, 1 + 1e-12, 1 + 1e-9, 1.0001])("at once, whatever the step (tMul %d)", (tMul) => {
      for (const step of [2 ** 40, 2 ** 53 - 1]) {
        expect(rate(step, tMul)).toBeGreaterThanOrEqual(0);
        expect(rate(step, tMul)).toBeLessThanOrEqual(1);
      }
    });
  });

  it("restart where a period ends, however many there were", () => {
    const spec = cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 10, tMul: 3 });
    const starts = [0, 10, 40, 130, 400, 1210, 3640, 10930];
    for (const step of starts) expect(learningRateAt(spec, step, 0), `step ${step}`).toBe(1);
    for (const step of starts.slice(1)) expect(learningRateAt(spec, step - 1, 0)).toBeLessThan(0.05);
  });

  it("of one cycle are defined at its edges", () => {
    for (const warmupFraction of [0, 0.1, 1]) {
      const spec = oneCycle({ maxLearningRate: 0.5, totalSteps: 10, warmupFraction });
      const rates = Array.from({ length: 12 }, (_, step) => learningRateAt(spec, step, 0));
      expect(rates.every((rate) => rate > 0 && rate <= 0.5)).toBe(true);
      expect(Math.max(...rates)).toBeCloseTo(0.5, 12);
    }
    expect(learningRateAt(oneCycle({ maxLearningRate: 0.5, totalSteps: 1 }), 0, 0)).toBeGreaterThan(0);
  });
});

describe.each(runtimes)("training on %s", (_, runtime) => {
  const data = blobs(40);

  const train = async (learningRate: LearningRate, epochs = 3) => {
    const model = await classifier({ ...runtime, optimizer: sgd({ learningRate }) });
    await model.fit(data, { epochs, batchSize: 8 });
    return model;
  };

  it("asks a function once for each step, with the steps and the epoch", async () => {
    const calls: [number, number][] = [];
    const record = (step: number, epoch: number) => {
      calls.push([step, epoch]);
      return 0.1;
    };
    const model = await train(record, 2);
    expect(calls).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((step) => [step, Math.floor(step / 5)]));
    expect(weightBytes(model)).toEqual(weightBytes(await train(0.1, 2)));
    await model.trainOnBatch(data);
    expect(calls[10][0]).toBe(10);
  });

  it("takes the rate of each step", async () => {
    const scheduled = await train(piecewiseConstantDecay({ boundaries: [4, 9], values: [0.5, 0.25, 0.125] }));
    const byHand = await classifier({ ...runtime, optimizer: sgd({ learningRate: 0.5 }) });
    // Boundaries belong to the rate before them: an epoch of 5 steps each.
    for (const [epoch, learningRate] of [0.5, 0.25, 0.125].entries()) {
      byHand.compile({ optimizer: sgd({ learningRate }), loss: "sparseCategoricalCrossentropy" });
      await byHand.fit(data, { initialEpoch: epoch, epochs: epoch + 1, batchSize: 8 });
    }
    expect(weightBytes(scheduled)).toEqual(weightBytes(byHand));
  });

  it("resumes where it was after save and load", async () => {
    const optimizer = adam({
      learningRate: exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.7 }),
    });
    const whole = await classifier({ ...runtime, optimizer });
    await whole.fit(data, { epochs: 5, batchSize: 8 });
    const first = await classifier({ ...runtime, optimizer });
    await first.fit(data, { epochs: 2, batchSize: 8 });
    const second = await Sequential.load(first.save(), runtime);
    await second.fit(data, { initialEpoch: 2, epochs: 5, batchSize: 8 });
    expect(stateOf(second)).toBe(stateOf(whole));
  });

  it("gives the same bits after save and load in the middle of a warm-up, and after it", async () => {
    const then = cosineDecayRestarts({ initialLearningRate: 0.05, firstDecaySteps: 7 });
    const optimizer = adam({ learningRate: warmup({ warmupSteps: 8, learningRate: then }) });
    const whole = await classifier({ ...runtime, optimizer });
    await whole.fit(data, { epochs: 5, batchSize: 8 });
    for (const epochs of [1, 3]) {
      const first = await classifier({ ...runtime, optimizer });
      await first.fit(data, { epochs, batchSize: 8 });
      const second = await Sequential.load(first.save(), runtime);
      await second.fit(data, { initialEpoch: epochs, epochs: 5, batchSize: 8 });
      expect(stateOf(second)).toBe(stateOf(whole));
    }
  });

  it("names the rate of the step that failed", async () => {
    const explode = (step: number) => (step < 3 ? 0.01 : 3e38);
    const failed = train(explode);
    await expect(failed).rejects.toThrow(/the learning rate 3e\+38 is too high/);
  });

  it("rejects invalid results of a function, before the step", async () => {
    for (const wrong of [NaN, -1, Infinity, undefined, "0.1"]) {
      const model = await classifier({ ...runtime, optimizer: sgd({ learningRate: () => wrong as never }) });
      const before = weightBytes(model);
      await expect(model.fit(data)).rejects.toThrow(OptionError);
      await expect(model.trainOnBatch(data)).rejects.toThrow(/the function returned .* for step 0 of epoch 0/);
      expect(weightBytes(model)).toEqual(before);
    }
  });

  it("says that a function cannot be saved", async () => {
    const model = await train(() => 0.1, 1);
    expect(() => model.save()).toThrow(/save: the optimizer's learningRate is a function.*Use a schedule/);
    model.compile({ optimizer: sgd(), loss: "sparseCategoricalCrossentropy" });
    expect(model.save().length).toBeGreaterThan(100);
  });
});
