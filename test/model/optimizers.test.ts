// Every optimizer in a model: it resumes from files, accumulates, clips, decays, averages.
import { describe, expect, it } from "vitest";
import {
  adagrad,
  adam,
  adamw,
  dense,
  earlyStopping,
  exponentialDecay,
  lion,
  nadam,
  type Optimizer,
  type OptimizerSpec,
  OptionError,
  optimizerNames,
  rmsprop,
  Sequential,
  sgd,
} from "../../src/index.js";
import { resolveOptimizer } from "../../src/specs/optimizers/facts.js";
import { blobs, classifier, stateOf, weightBytes } from "./models.js";
import { runtimes } from "./runtimes.js";

const data = blobs(50);
const loss = "sparseCategoricalCrossentropy";

/** Every optimizer by name, then forms with all the state there is. */
const forms: Optimizer[] = [
  ...optimizerNames.filter((name) => name !== "lbfgs"),
  adam({ amsgrad: true, compat: "torch", useEma: true, emaMomentum: 0.9 }),
  rmsprop({ centered: true, momentum: 0.5, gradientAccumulationSteps: 4, globalClipNorm: 0.5 }),
  sgd({ momentum: 0.9, compat: "torch", clipNorm: 0.3, gradientAccumulationSteps: 3, useEma: true }),
  nadam({
    learningRate: exponentialDecay({ initialLearningRate: 0.02, decaySteps: 5, decayRate: 0.5 }),
    clipValue: 0.1,
  }),
  adagrad({ compat: "torch", weightDecay: 0.1, excludeFromWeightDecay: ["bias"] }),
];

const title = (optimizer: Optimizer) => JSON.stringify(optimizer);

describe.each(runtimes)("%s", (_, runtime) => {
  const fitted = async (optimizer: Optimizer, epochs = 3, batchSize = 8) => {
    const model = await classifier({ ...runtime, optimizer });
    await model.fit(data, { epochs, batchSize });
    return model;
  };

  it.each(forms.map((form) => [title(form), form] as const))(
    "3 epochs, save, load, 2 more are 5: %s",
    async (_, form) => {
      const whole = await fitted(form, 5);
      const first = await fitted(form);
      const second = await Sequential.load(first.save(), runtime);
      expect(stateOf(second)).toBe(stateOf(first));
      expect(weightBytes(second)).toEqual(weightBytes(first));
      await second.fit(data, { initialEpoch: 3, epochs: 5, batchSize: 8 });
      expect(weightBytes(second)).toEqual(weightBytes(whole));
      expect(stateOf(second)).toBe(stateOf(whole));
      expect(stateOf(first)).not.toBe(stateOf(whole));
    },
  );

  it.each(forms.map((form) => [title(form), form] as const))("two fits are one: %s", async (_, form) => {
    const model = await fitted(form, 2);
    await model.fit(data, { initialEpoch: 2, epochs: 4, batchSize: 8 });
    expect(stateOf(model)).toBe(stateOf(await fitted(form, 4)));
  });

  it("a spec that went through JSON is the same optimizer", async () => {
    for (const form of forms) {
      const spec = resolveOptimizer("optimizer", form);
      expect(resolveOptimizer("optimizer", JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    }
  });

  describe("gradient accumulation", () => {
    it("is one step on the rows of all batches together", async () => {
      const accumulated = await classifier({ ...runtime, optimizer: sgd({ gradientAccumulationSteps: 5 }) });
      const whole = await classifier({ ...runtime, optimizer: sgd() });
      const before = weightBytes(accumulated);
      for (let i = 0; i < 5; i++) {
        expect(weightBytes(accumulated)).toEqual(before);
        await accumulated.trainOnBatch(data.slice(i * 10, i * 10 + 10));
      }
      await whole.trainOnBatch(data);
      accumulated.getWeights().forEach((weight, i) => {
        expect(weight.data).toBeAllClose(whole.getWeights()[i].data, { rtol: 1e-5, atol: 1e-7 });
      });
      expect(weightBytes(accumulated)).not.toEqual(before);
    });

    it("counts updates, not batches, for schedules and Adam's corrections", async () => {
      const steps: number[] = [];
      const learningRate = (step: number) => {
        steps.push(step);
        return 0.01;
      };
      await fitted(adam({ learningRate, gradientAccumulationSteps: 3 }), 1, 5);
      expect(steps).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3]);
    });
  });

  it("a clipped gradient moves weights by no more than the learning rate times the limit", async () => {
    const change = async (optimizer: OptimizerSpec) => {
      const model = await classifier({ ...runtime, optimizer });
      const before = model.getWeights();
      await model.trainOnBatch(data);
      return model.getWeights().map(({ data: after }, i) => after.map((value, j) => value - before[i].data[j]));
    };
    const norm = (values: Iterable<number>) => Math.hypot(...values);
    const each = await change(sgd({ learningRate: 1, clipNorm: 0.01 }));
    for (const values of each) expect(norm(values)).toBeCloseTo(0.01, 5);
    const all = await change(sgd({ learningRate: 1, globalClipNorm: 0.01 }));
    expect(norm(all.flatMap((values) => [...values]))).toBeCloseTo(0.01, 5);
    const cut = await change(sgd({ learningRate: 1, clipValue: 0.001 }));
    expect(Math.max(...cut.flatMap((values) => [...values].map(Math.abs)))).toBeCloseTo(0.001, 6);
    const free = await change(sgd({ learningRate: 1, globalClipNorm: 1e6 }));
    expect(free).toEqual(await change(sgd({ learningRate: 1 })));
  });

  it("weight decay skips excluded weights, and shrinks the rest", async () => {
    const zero = async (options: object) => {
      const model = await classifier({ ...runtime, optimizer: "sgd" });
      model.setWeights(model.getWeights().map((weight) => ({ ...weight, data: weight.data.map((_, i) => 1 + i) })));
      model.compile({ optimizer: sgd({ learningRate: 0.5, clipValue: 1e-30, ...options }), loss });
      await model.trainOnBatch(data);
      return Object.fromEntries(model.getWeights().map(({ name, data: values }) => [name, values[1]]));
    };
    const all = { "dense_1/kernel": 1.5, "dense_1/bias": 1.5, "dense_2/kernel": 1.5, "dense_2/bias": 1.5 };
    expect(await zero({ weightDecay: 0.5 })).toEqual(all);
    expect(await zero({ weightDecay: 0.5, excludeFromWeightDecay: ["bias"] })).toEqual({
      ...all,
      "dense_1/bias": 2,
      "dense_2/bias": 2,
    });
    expect(await zero({ weightDecay: 0.5, excludeFromWeightDecay: ["dense_2/bias", "dense_1"] })).toEqual({
      "dense_1/kernel": 2,
      "dense_1/bias": 2,
      "dense_2/kernel": 1.5,
      "dense_2/bias": 2,
    });
  });

  it("an exclusion that excludes nothing is refused", async () => {
    const model = await classifier(runtime);
    const optimizer = adamw({ excludeFromWeightDecay: ["bais"] });
    const attempt = () => model.compile({ optimizer, loss });
    expect(attempt).toThrow(OptionError);
    expect(attempt).toThrow(/no trained weight has "bais" in its name. Did you mean "bias"\? There is dense_1\/kernel/);
  });

  it("a norm that is not finite changes no weight", async () => {
    const optimizer = sgd({ globalClipNorm: 1 });
    const layers = [dense({ units: 4 }), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [1], layers, seed: 1, ...runtime });
    model.compile({ optimizer, loss: "meanSquaredError" });
    const before = model.getWeights();
    await expect(model.fit({ x: [1e18], y: [1e38] })).rejects.toThrow(/not finite/);
    expect(model.getWeights()).toEqual(before);
  });

  describe("moving averages", () => {
    const optimizer = adam({ learningRate: 0.05, useEma: true, emaMomentum: 0.7 });
    const plain = adam({ learningRate: 0.05 });

    it("stand in the place of the weights when fit ends", async () => {
      const [averaged, raw] = [
        await classifier({ ...runtime, optimizer }),
        await classifier({ ...runtime, optimizer: plain }),
      ];
      let expected: number[] = [];
      for (let epoch = 0; epoch < 6; epoch++) {
        await raw.fit(data, { initialEpoch: epoch, epochs: epoch + 1, batchSize: 50 });
        const weights = raw.getWeights().flatMap(({ data: values }) => [...values]);
        expected = weights.map((weight, i) => (epoch === 0 ? weight : 0.7 * expected[i] + 0.3 * weight));
      }
      await averaged.fit(data, { epochs: 6, batchSize: 50 });
      const actual = averaged.getWeights().flatMap(({ data: values }) => [...values]);
      expect(actual).toBeAllClose(expected, { rtol: 1e-5, atol: 1e-6 });
    });

    it("do not disturb training, and can be taken out and put back", async () => {
      const [averaged, raw] = [await fitted(optimizer), await fitted(plain)];
      const averages = weightBytes(averaged);
      expect(averages).not.toEqual(weightBytes(raw));
      averaged.useAverages(false);
      expect(weightBytes(averaged)).toEqual(weightBytes(raw));
      averaged.useAverages();
      expect(weightBytes(averaged)).toEqual(averages);
      await averaged.fit(data, { epochs: 2, batchSize: 8 });
      await raw.fit(data, { epochs: 2, batchSize: 8 });
      averaged.useAverages(false);
      expect(weightBytes(averaged)).toEqual(weightBytes(raw));
    });

    it("are saved, and training continues from the file", async () => {
      const model = await fitted(optimizer);
      const loaded = await Sequential.load(model.save(), runtime);
      expect(weightBytes(loaded)).toEqual(weightBytes(model));
      loaded.useAverages(false);
      model.useAverages(false);
      expect(weightBytes(loaded)).toEqual(weightBytes(model));
    });

    it("give way to weights that are set, and to the best of early stopping", async () => {
      const model = await fitted(optimizer);
      const given = (await fitted(plain)).getWeights();
      model.setWeights(given);
      expect(model.getWeights()).toEqual(given);
      await model.trainOnBatch(data);
      expect(model.getWeights()).not.toEqual(given);
      const stopped = await classifier({ ...runtime, optimizer });
      const best: number[] = [];
      await stopped.fit(data, {
        epochs: 20,
        callbacks: [
          earlyStopping({ monitor: "loss", patience: 1, minDelta: 0.05, restoreBestWeights: true }),
          { onEpochEnd: () => best.push(stopped.getWeights()[0].data[0]) },
        ],
      });
      expect(best).toContain(stopped.getWeights()[0].data[0]);
    });

    it("leave frozen weights alone", async () => {
      const layers = [
        dense({ units: 8, activation: "tanh", trainable: false }),
        dense({ units: 3, activation: "softmax" }),
      ];
      const model = await Sequential.create({ inputShape: [2], layers, seed: 1, ...runtime });
      model.compile({ optimizer, loss });
      const before = model.getWeights();
      await model.fit(data, { epochs: 2 });
      expect(model.getWeights().slice(0, 2)).toEqual(before.slice(0, 2));
      expect(model.getWeights()[2]).not.toEqual(before[2]);
    });

    it("are refused where there are none", async () => {
      const model = await classifier({ ...runtime, optimizer: plain });
      expect(() => model.useAverages()).toThrow(
        /no averages of the weights. Compile with an optimizer with useEma: true/,
      );
      model.compile({ optimizer, loss });
      expect(() => model.useAverages()).toThrow(/Train first/);
      expect(() => model.useAverages(1 as never)).toThrow(OptionError);
      model.useAverages(false);
    });
  });

  it("lion moves every weight by the learning rate", async () => {
    const model = await classifier({ ...runtime, optimizer: lion({ learningRate: 0.125 }) });
    const before = model.getWeights();
    await model.trainOnBatch(data);
    model.getWeights().forEach(({ data: after }, i) => {
      after.forEach((value, j) => {
        expect(Math.abs(value - before[i].data[j])).toBeCloseTo(0.125, 6);
      });
    });
  });
});
