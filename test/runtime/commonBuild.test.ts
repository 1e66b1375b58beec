// The small builds of the core run models of common layers: the layers decide, whatever the model is compiled with.
import { describe, expect, it } from "vitest";
import {
  activation,
  activationNames,
  activityRegularization,
  adamw,
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  flatten,
  gaussianDropout,
  gaussianNoise,
  glu,
  groupNormalization,
  l2,
  layerNormalization,
  lossNames,
  metricNames,
  nonNeg,
  normalization,
  optimizerNames,
  prelu,
  rescaling,
  reshape,
  rmsNormalization,
  Sequential,
  sgd,
  softmax as softmaxLayer,
  spectralNormalization,
  unitNormalization,
} from "../../src/index.js";
import { CORE } from "../../src/model/inside.js";
import { needsOnlyCommonKernels } from "../../src/model/kernels.js";
import type { CompileOptions } from "../../src/model/options.js";
import { isCommon } from "../../src/plan/common.js";
import { addEveryMetric } from "../../src/specs/metrics/every.js";
import { addEveryOptimizer } from "../../src/specs/optimizers/more.js";
import { blobs, stateOf } from "../model/models.js";
import { wasmBytes } from "../support/rawWasm.js";

const softmax = dense({ units: 3, activation: "softmax" });

describe("the choice", () => {
  it.each([
    ["dense layers and dropout", [dense({ units: 4, activation: "relu" }), dropout(0.5), softmax], true],
    ["a layer in TypeScript", [glu(), softmax], true],
    ["frozen layers", [dense({ units: 4, trainable: false }), softmax], true],
    ["a rare activation", [dense({ units: 4, activation: "gelu" }), softmax], false],
    ["a regularizer", [dense({ units: 4, kernelRegularizer: l2() }), softmax], false],
    ["a constraint", [dense({ units: 4, biasConstraint: nonNeg() }), softmax], false],
    ["normalization", [batchNormalization(), softmax], false],
    ["prelu", [prelu(), softmax], false],
  ] as const)("%s: %s", (_, layers, isSmall) => {
    expect(needsOnlyCommonKernels({ layers, inputShape: [4], seed: 0 })).toBe(isSmall);
  });

  it("is right for every layer and activation: the whole program has no other records", async () => {
    const layers = [
      ...activationNames.map((type) => dense({ units: 4, activation: type })),
      ...activationNames.map((type) => activation(type)),
      ...[activityRegularization({ l2: 0.1 }), alphaDropout(0.1), batchNormalization(), dropout(0.1), flatten()],
      ...[gaussianDropout(0.1), gaussianNoise(0.1), glu(), groupNormalization({ groups: 2 }), layerNormalization()],
      ...[prelu(), rescaling({ scale: 2 }), reshape([2, 2]), rmsNormalization(), softmaxLayer()],
      ...[spectralNormalization(dense({ units: 4 })), unitNormalization(), normalization()],
    ];
    let small = 0;
    for (const layer of layers) {
      const stack = [layer, flatten(), dense({ units: 2 })];
      if (!needsOnlyCommonKernels({ layers: stack, inputShape: [4], seed: 0 })) continue;
      small++;
      const model = await Sequential.create({ inputShape: [4], layers: stack });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      const rare = model[CORE].state.program.plan.records.filter((record) => !isCommon(record));
      expect(
        rare.map(({ op }) => op.name),
        layer.type,
      ).toEqual([]);
    }
    expect(small).toBeGreaterThan(15);
  });

  it("leaves layers that do not fit to those who say why", () => {
    const layers = [
      { ...dense({ units: 4 }), name: "a" },
      { ...softmax, name: "a" },
    ];
    expect(needsOnlyCommonKernels({ layers, inputShape: [4], seed: 0 })).toBe(false);
  });
});

describe("the small build", () => {
  addEveryMetric();
  addEveryOptimizer();
  const options: CompileOptions[] = [
    ...optimizerNames.map((optimizer) => ({ optimizer, loss: "meanSquaredError" }) as const),
    ...lossNames.map((loss) => ({ optimizer: "sgd", loss }) as const),
    ...metricNames.map((name) => ({ optimizer: "sgd", loss: "meanSquaredError", metrics: [name] }) as const),
    { optimizer: sgd({ clipNorm: 1, momentum: 0.5, useEma: true }), loss: "meanSquaredError" },
    { optimizer: adamw({ clipValue: 1, gradientAccumulationSteps: 2 }), loss: "meanSquaredError" },
    { optimizer: adamw({ globalClipNorm: 1, amsgrad: true }), loss: "meanSquaredError" },
  ];

  it("has the kernels of everything that a model may be compiled with", async () => {
    const model = await Sequential.create({ inputShape: [4], layers: [dense({ units: 4 })] });
    for (const one of options) {
      try {
        model.compile(one);
      } catch {
        continue; // a metric or loss for other outputs
      }
      const rare = model[CORE].state.program.plan.records.filter((record) => !isCommon(record));
      expect(
        rare.map(({ op }) => op.name),
        JSON.stringify(one),
      ).toEqual([]);
    }
  });

  it("trains to the bits of the whole build", async () => {
    const layers = [dense({ units: 9, activation: "tanh" }), dropout(0.2), dense({ units: 2, activation: "softmax" })];
    const files = [];
    for (const wasm of [undefined, wasmBytes("simd")]) {
      const model = await Sequential.create({ inputShape: [2], layers, threads: 1, ...(wasm && { wasm }) });
      model.compile({ optimizer: "nadam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
      await model.fit(blobs(40, { classes: 2 }), { epochs: 2 });
      files.push(stateOf(model));
    }
    expect(files[0]).toBe(files[1]);
  });
});
