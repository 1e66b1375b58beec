/** From import to first prediction, then the end of the process. Argument: the setup as JSON. Prints the engine. */
import { dense, Sequential } from "simdgrad";

const model = await Sequential.create({
  inputShape: [784],
  layers: [dense({ units: 128, activation: "relu" }), dense({ units: 10, activation: "softmax" })],
  ...JSON.parse(process.argv[2]),
});
const output = model.predict(new Float32Array(784));
if (output.length !== 10) throw new Error(`cold start: expected 10 outputs, got ${output.length}.`);
const { variant, backend, threads } = model.info();
process.stdout.write(JSON.stringify({ variant: variant ?? backend, threads }));
