// The tape from compile, as the readable dump shows it: one training step of a small network.
import { expect, it } from "vitest";
import { describePlan } from "../../src/plan/describe.js";
import { buildProgram } from "../../src/program/program.js";
import { dense } from "../../src/specs/layers/dense.js";
import { placeLayers } from "../../src/specs/layers/facts.js";
import { resolveLoss } from "../../src/specs/losses/table.js";
import { resolveMetrics } from "../../src/specs/metrics/table.js";
import { adam } from "../../src/specs/optimizers/adam.js";

it("describes the plan of a small network", () => {
  const layers = placeLayers(
    [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })],
    [784],
  );
  const loss = resolveLoss("", "sparseCategoricalCrossentropy");
  const { plan } = buildProgram(layers, [784], { optimizer: adam(), loss, metrics: resolveMetrics("", ["accuracy"]) });
  expect(describePlan(plan)).toMatchInlineSnapshot(`
    "predict:
      0  CheckFinite x=x[*, 784] columns=784
      1  DenseForward x=x[*, 784] kernel=dense_1/kernel[784, 128] bias=dense_1/bias[128] y=dense_1/h[*, 128] inputs=784 units=128 activation=Relu alpha=0
      2  DenseForward x=dense_1/h[*, 128] kernel=dense_2/kernel[128, 10] bias=dense_2/bias[10] y=dense_2/z[*, 10] inputs=128 units=10 activation=Linear alpha=0
      3  ActivationForward x=dense_2/z[*, 10] y=dense_2/h[*, 10] columns=10 activation=Softmax alpha=0 threshold=0 maxValue=0
    evaluate:
      4  DenseForward x=x[*, 784] kernel=dense_1/kernel[784, 128] bias=dense_1/bias[128] y=dense_1/h[*, 128] inputs=784 units=128 activation=Relu alpha=0
      5  DenseForward x=dense_1/h[*, 128] kernel=dense_2/kernel[128, 10] bias=dense_2/bias[10] y=dense_2/z[*, 10] inputs=128 units=10 activation=Linear alpha=0
      6  Loss predictions=dense_2/z[*, 10] targets=y[*] sampleWeights=sampleWeights[*] rowLoss=rowLoss[*] dPredictions=none columns=10 kind=SparseCategoricalCrossentropyLogits smoothing=0 alpha=1 beta=0 gamma=0 weights=none
      7  LossTotal rowLoss=rowLoss[*]
      8  Metric predictions=dense_2/z[*, 10] targets=y[*] columns=10 kind=SparseCategoricalAccuracy slot=0 threshold=0
    train:
      9  DenseForward x=x[*, 784] kernel=dense_1/kernel[784, 128] bias=dense_1/bias[128] y=dense_1/h[*, 128] inputs=784 units=128 activation=Relu alpha=0
      10  DenseForward x=dense_1/h[*, 128] kernel=dense_2/kernel[128, 10] bias=dense_2/bias[10] y=dense_2/z[*, 10] inputs=128 units=10 activation=Linear alpha=0
      11  Loss predictions=dense_2/z[*, 10] targets=y[*] sampleWeights=sampleWeights[*] rowLoss=rowLoss[*] dPredictions=dense_2/dz[*, 10] columns=10 kind=SparseCategoricalCrossentropyLogits smoothing=0 alpha=1 beta=0 gamma=0 weights=none
      12  LossTotal rowLoss=rowLoss[*]
      13  Metric predictions=dense_2/z[*, 10] targets=y[*] columns=10 kind=SparseCategoricalAccuracy slot=0 threshold=0
      14  DenseKernelGradient x=dense_1/h[*, 128] dy=dense_2/dz[*, 10] dKernel=dense_2/kernel[128, 10] sums=sums[4160] inputs=128 units=10
      15  ColumnSum x=dense_2/dz[*, 10] out=dense_2/bias[10] columns=10
      16  DenseInputGradient dy=dense_2/dz[*, 10] kernel=dense_2/kernel[128, 10] dx=dense_1/dh[*, 128] inputs=128 units=10
      17  ActivationBackward saved=dense_1/h[*, 128] dy=dense_1/dh[*, 128] dx=dense_1/dh[*, 128] columns=128 activation=Relu alpha=0 threshold=0 maxValue=0
      18  DenseKernelGradient x=x[*, 784] dy=dense_1/dh[*, 128] dKernel=dense_1/kernel[784, 128] sums=sums[201216] inputs=784 units=128
      19  ColumnSum x=dense_1/dh[*, 128] out=dense_1/bias[128] columns=128
      20  Adam params=params[102832] grads=grads[102832] m=slot1[102832] v=slot2[102832] count=102832 beta1=0.9 beta2=0.999 epsilon=1e-7 epsilonInside=0"
  `);
});
